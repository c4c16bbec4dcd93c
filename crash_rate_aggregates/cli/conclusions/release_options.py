"""Options that the commands about releases share, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crash_rate_aggregates.cli.options import connection_options, together

if TYPE_CHECKING:
    from crash_rate_aggregates.assess.asked import AskedRelease
    from crash_rate_aggregates.verdicts.judged_kinds import JudgedKind

_Command = TypeVar("_Command", bound=Callable[..., Any])


class ShareOfChange(click.ParamType[float]):
    """A change of a rate, written like 20% or 0.2."""

    name = "share"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the share, above 0 and up to 10."""
        if isinstance(value, float):
            return value
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = 0.0
        if not 0 < share <= 10:  # noqa: PLR2004  Ten times as many crashes; more is a typing error.
            self.fail(f"{value!r} is no change: write it like 20% or 0.2.", param, ctx)
        return share


def _kind(_context: click.Context, option: click.Parameter, value: str | None) -> JudgedKind | None:
    from crash_rate_aggregates.verdicts.judged_kinds import JUDGED_KINDS, kind_named

    if value is None:
        return None
    kind = kind_named(value)
    if kind is None:
        names = ", ".join(one.name.replace("_", "-") for one in JUDGED_KINDS)
        raise click.BadParameter(f"there is no kind {value!r}: choose from {names}.", param=option)
    return kind


def _application(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
    from crash_rate_aggregates.questions.asking import USUAL_APPLICATION

    return value or USUAL_APPLICATION


release_options: Callable[[_Command], _Command] = together(
    click.option(
        "--application", callback=_application, help="As people call it; default: Firefox."
    ),
    click.option("--channel", help="Only of this one."),
    click.option("--kind", callback=_kind, help="Of crashes, like main; default: all that count."),
    click.option("--json", "as_json", is_flag=True, help="Print all that is known for machines."),
    connection_options,
)


def asked_release(
    version: str, against: str | None, change: float | None, asked: dict[str, Any]
) -> AskedRelease:
    """Return which release is meant, as `assess.asked` takes it.

    Args:
        version: What was typed, like the rest.
        against: None for the one before it.
        change: None for the usual.
        asked: Application, and the channel, None where it was left out.
    """
    from crash_rate_aggregates.assess.asked import AskedRelease
    from crash_rate_aggregates.verdicts.releases.judged import CHANGE

    return AskedRelease(
        asked["application"],
        version,
        against,
        asked["channel"],
        CHANGE if change is None else change,
    )
