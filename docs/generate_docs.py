#!/usr/bin/env python3
"""Write the generated parts of docs/ from the code, so that they cannot say anything else.

A page holds them between `<!-- generated: name -->` and `<!-- end -->`; all around is by hand. What
tables, views and functions are is asked of a database that has them. The number of the database's
schema, which rises with each change of it, is kept by this program too.
`python docs/generate_docs.py` writes the pages, with `--check` it only names those that are stale.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from inspect import getdoc
from math import ceil
from operator import itemgetter
from pathlib import Path

import click
import psycopg
import sample_parts
import testing_parts
from described_database import described_functions, described_relations, migrated_database

from crash_rate_aggregates import errors
from crash_rate_aggregates.applications import KNOWN_APPLICATIONS
from crash_rate_aggregates.cli import cli
from crash_rate_aggregates.crash_kinds import CRASH_KINDS
from crash_rate_aggregates.database import schema
from crash_rate_aggregates.database.schema.program_schema import (
    NUMBER_FILE,
    number_text,
    program_schema,
)
from crash_rate_aggregates.decode.layouts.kinds import (
    LAYOUTS,
    LayoutName,
    PingKind,
    field_places,
)
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.normalize.fields import PLACED_FIELDS
from crash_rate_aggregates.outcomes import (
    ADJUSTMENT_DESCRIPTIONS,
    OUTCOME_DESCRIPTIONS,
)
from crash_rate_aggregates.questions.catalog import PARAMETERS, questions
from crash_rate_aggregates.settings.declared import DECLARED, GROUPS, Declared

DOCS = Path(__file__).parent
_PART = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_BUSY = 0.8
"""Share of the time that a core of a cluster works: the last tasks of a stage leave some idle."""


def _table(head: list[str], rows: list[list[str]]) -> str:
    safe = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    cells = [head, ["---"] * len(head), *safe]
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)


def _outcomes() -> str:
    rows = [
        [str(number), f"`{outcome.value}`", text]
        for number, (outcome, text) in enumerate(OUTCOME_DESCRIPTIONS.items(), 1)
    ]
    return _table(["#", "outcome", "when"], rows)


def _adjustments() -> str:
    rows = [
        [f"`{str(adjustment.name).lower()}`", text]
        for adjustment, text in ADJUSTMENT_DESCRIPTIONS.items()
    ]
    return _table(["adjustment", "what is done"], rows)


def _dimensions() -> str:
    rows = [[f"`{d.name}`", f"`{'.'.join(d.path)}`", d.description] for d in DIMENSIONS]
    return _table(["dimension", "path in the ping", "what it says"], rows)


def _applications() -> str:
    rows = [
        [
            one.name,
            ", ".join(f"`{each}`" for each in one.identifiers),
            f"`{one.usage_ping}`",
            *(
                "" if since is None else f"{since}"
                for since in (one.sends_both_since, one.sends_twice_since)
            ),
        ]
        for one in KNOWN_APPLICATIONS
    ]
    head = ["application", "other identifiers", "usage", "sends both since", "sends twice since"]
    return _table(head, rows)


def _places() -> str:
    """Say where each kind of ping carries the fields of the rules, and the dimensions."""
    kinds = [field_places(PingKind(name), DIMENSIONS) for name in LAYOUTS]
    slots = [(*kind.fields.values(), *kind.dimensions) for kind in kinds]
    names = [
        *(name.replace("_", " ") for name in PLACED_FIELDS),
        *(f"`{dimension.name}`" for dimension in DIMENSIONS),
    ]
    rows = [
        [name, *(", ".join(f"`{'.'.join(place.path)}`" for place in places) for places in found)]
        for name, *found in zip(names, *slots, strict=True)
    ]
    return _table(["what", *(_LAYOUT_HEADS[name] for name in LAYOUTS)], rows)


_LAYOUT_HEADS = {
    LayoutName.V4: "v4 ping as JSON",
    LayoutName.BIGQUERY: "BigQuery's main_v5, crash_v4",
    LayoutName.GLEAN: "Glean crash ping, crash_v1",
}


def _tables(connection: psycopg.Connection) -> str:
    sections = []
    for relation in described_relations(connection):
        section = f"### {relation.name}\n\n{relation.comment}"
        if relation.columns:
            head = ["column", "type", "unit", "what it says"]
            section += "\n\n" + _table(head, relation.columns)
        sections.append(section)
    return "\n\n".join(sections)


def _functions(connection: psycopg.Connection) -> str:
    rows = [[f"`{name}`", comment] for name, comment in described_functions(connection)]
    return _table(["function", "what it says"], rows)


def _kinds() -> str:
    rows = [[f"`{kind.name}`", kind.label, kind.description] for kind in CRASH_KINDS]
    return _table(["kind", "people say", "crashes"], rows)


def _questions() -> str:
    rows = [
        [f"`{one.name}`", one.title, one.description, ", ".join(f"`{p}`" for p in one.parameters)]
        for one in questions().values()
    ]
    return _table(["question", "title", "what it says", "parameters"], rows)


def _parameters() -> str:
    return _table(["parameter", "what it is"], [[f"`{k}`", text] for k, text in PARAMETERS.items()])


def _messages() -> str:
    rows = [
        [
            f"`{error.slug}`",
            str(error.exit_code.value),
            (getdoc(error) or "").partition("\n")[0],
            error.remedy,
        ]
        for error in _error_classes(errors.CrashRateAggregatesError)
    ]
    return _table(["slug", "exit code", "what it means", "remedy"], rows)


def _error_classes(
    base: type[errors.CrashRateAggregatesError],
) -> Iterator[type[errors.CrashRateAggregatesError]]:
    for error in base.__subclasses__():
        yield error
        yield from _error_classes(error)


def _settings() -> str:
    """Make a section for each part: how its settings are given, what they take and are."""
    head = ["in the TOML file", "flag", "environment variable", "takes", "default", "what it is"]
    sections = []
    for group, options in GROUPS.items():
        rows = [_setting_row(one) for one in DECLARED.values() if one.group == group]
        title = (getdoc(options) or "").partition("\n")[0].rstrip(".")
        sections.append(f"### {title}\n\n{_table(head, rows)}")
    return "\n\n".join(sections)


def _setting_row(setting: Declared) -> list[str]:
    if setting.flag is None:
        flag = "none: `ps` would show it"
    else:
        flag = f"`{setting.flag}`" + (", which `ps` shows" if setting.is_secret else "")
    says, page = setting.note.says, setting.note.page
    if page:
        says += f" More in [{page.partition('.')[0]}]({page})."
    return [f"`{setting.key}`", flag, f"`{setting.variable}`", setting.takes, setting.usually, says]


def _commands() -> str:
    context = click.Context(
        cli, info_name="crash-rate-aggregates", terminal_width=100, **cli.context_settings
    )
    return "\n\n".join(_command_sections(context))


def _command_sections(context: click.Context) -> Iterator[str]:
    command = context.command
    yield f"## {context.command_path}\n\n```\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _command_sections(click.Context(found, context, name))


def _cores() -> str:
    """Say how many cores a day on Spark needs, from what `make benchmark` left."""
    measured = json.loads((DOCS / "benchmarks" / "engines.json").read_text(encoding="utf-8"))
    day = min((d for d in measured["days"] if d["compression"] == "gz"), key=itemgetter("files"))
    seconds = {
        one["system"]: one["cpu"] for one in measured["systems"] if one["compression"] == "gz"
    }
    rows = [
        [name, *(f"{seconds[name] / day[kind] * 1e9:.1f}" for kind in ("json", "stored"))]
        for name in ("embedded", "spark")
    ]
    ratio = day["json"] / day["stored"]
    head = [
        "engine",
        "CPU s for a GB of JSON",
        f"CPU s for a GB of gzip ({ratio:.1f} times smaller)",
    ]
    # As it is shown, so that whoever reckons again finds the same.
    shown = round(seconds["spark"] / day["stored"] * 1e9, 1)
    return f"{_table(head, rows)}\n\n{_cores_by_size(shown)}"


def _cores_by_size(seconds: float) -> str:
    """Show the arithmetic for a cost in CPU seconds for a gigabyte of gzip."""
    cores = seconds * 1000 / (3600 * _BUSY)
    rows = [
        [
            f"{size:g} TB",
            f"{seconds * size / 3.6:.1f}",
            *(str(ceil(cores * size * n)) for n in (1, 4)),
        ]
        for size in (0.1, 1, 5, 10)
    ]
    return (
        f"So for a day stored as gzip, done within an hour, with cores busy {_BUSY:.0%} of the "
        f"time:\n\n```\ncores = terabytes * 1000 GB * {seconds:.1f} CPU s / (3600 s * {_BUSY})"
        f" = {cores:.1f} * terabytes\n```\n\n"
        + _table(["a day as gzip", "CPU hours", "cores for an hour", "for 15 minutes"], rows)
    )


_SENDER_HEAD = ["application", "channel", "builds", "share of usage", "with `--bad-release`"]
_SENDER_HEAD += ["usage ping", "crash pings"]
PARTS: dict[str, Callable[[], str]] = {
    "outcomes": _outcomes,
    "adjustments": _adjustments,
    "dimensions": _dimensions,
    "places": _places,
    "applications": _applications,
    "kinds": _kinds,
    "questions": _questions,
    "parameters": _parameters,
    "messages": _messages,
    "settings": _settings,
    "commands": _commands,
    "cores": _cores,
    "test-commands": lambda: _table(["command", "what it does"], testing_parts.commands()),
    "test-folders": lambda: _table(["folder", "what is held"], testing_parts.folders()),
    "long-proofs": lambda: _table(["file", "what it proves"], testing_parts.long_proofs()),
    "sample-senders": lambda: _table(_SENDER_HEAD, sample_parts.senders()),
    "sample-rates": lambda: _table(["whose", *sample_parts.processes()], sample_parts.rates()),
    "sample-kills": sample_parts.kill_rate,
    "sample-classes": lambda: _table(["process", "class", "share"], sample_parts.classes()),
    "sample-arrivals": lambda: _table(["days later", "share"], sample_parts.arrivals()),
    "sample-adoption": lambda: _table(sample_parts.adoption_head(), sample_parts.adoption()),
    "sample-flaws": lambda: _table(["what", "share of pings"], sample_parts.flaws()),
    "run-as-user": testing_parts.run_as_user,
    "allowed-skips": testing_parts.allowed_skips,
}
"""What each name between the markers stands for, but for what the database says of itself."""


def rewritten(page: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """Return a page's text with all its generated parts new."""
    return _PART.sub(lambda part: f"{part[1]}{parts[part[2]]()}\n{part[3]}", page)


def stale_pages(folder: Path, parts: Mapping[str, Callable[[], str]]) -> dict[Path, str]:
    """Return the pages that the code has outgrown, with the text that they should have."""
    pages = {page: page.read_text(encoding="utf-8") for page in sorted(folder.rglob("*.md"))}
    return {page: new for page, old in pages.items() if (new := rewritten(old, parts)) != old}


def stale_number() -> dict[Path, str]:
    """Return the file with the schema's number, raised, where the schema was changed since."""
    file = Path(schema.__path__[0]) / NUMBER_FILE
    recorded = file.read_text(encoding="ascii")
    text = number_text(program_schema(), recorded)
    return {} if text == recorded else {file: text}


def main() -> int:
    """Write or check the pages; 1 if --check found a stale one."""
    parser = argparse.ArgumentParser(description="Write the generated parts of docs/.")
    parser.add_argument("--check", action="store_true", help="only name stale pages")
    parser.add_argument("--folder", type=Path, default=DOCS, help="where the pages are")
    parser.add_argument("--database", help="URL of an empty database; default: one made for this")
    arguments = parser.parse_args()
    with migrated_database(arguments.database) as connection:
        described = {
            "tables": partial(_tables, connection),
            "functions": partial(_functions, connection),
        }
        stale = stale_pages(arguments.folder, {**PARTS, **described})
    if arguments.folder == DOCS:  # Pages elsewhere are copies of ours.
        stale |= stale_number()
    for file, text in stale.items():
        if arguments.check:
            sys.stderr.write(f"{file.name} is stale: run make docs\n")
        else:
            file.write_text(text, encoding="utf-8")
    return 1 if arguments.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
