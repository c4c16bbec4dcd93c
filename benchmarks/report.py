"""What a benchmark leaves: a section of docs/benchmarks.md, a JSON file and a plot."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import matplotlib as mpl

from benchmarks.figures import Figures, Target
from benchmarks.measure import GROWTH, Measurements, Plan
from benchmarks.page import table
from benchmarks.systems import SPARK, SYSTEMS

_TITLES = {system.name: system.title for system in SYSTEMS}
_WHOLE_FROM = 100
_OURS = {system.name for system in SYSTEMS if system.is_ours}


def section(
    found: Measurements, plan: Plan, facts: Mapping[str, str], loads: Sequence[float]
) -> str:
    """Return the section's Markdown."""
    figures = Figures(found)
    return "\n\n".join(
        [
            _data(found, plan, facts, loads),
            _systems(figures.summary(), found.groups),
            "![CPU seconds of each system](benchmarks/engines.png)",
            targets_table(figures.targets()),
        ]
    )


def _data(found: Measurements, plan: Plan, facts: Mapping[str, str], loads: Sequence[float]) -> str:
    day = {(d["compression"], d["files"]): d for d in found.days}
    gz, zst = day["gz", plan.files], day["zst", plan.files]
    versions = ", ".join(f"{name} {value}" for name, value in facts.items() if name != "processor")
    return (
        f"{gz['pings']:,} pings, {gz['json'] / 1e9:.2f} GB of JSON in {plan.files} files "
        f"({gz['stored'] / 1e6:.0f} MB as gzip -6, {zst['stored'] / 1e6:.0f} MB as zstd -3), and "
        f"{GROWTH} times as much with new ids. Medians of {plan.rounds} rounds of alternating "
        f"runs, one in {plan.spark_every} with those on Spark too, on {plan.cores} cores of "
        f"{facts['processor']}; load average {loads[0]:.1f} before, {loads[1]:.1f} after. "
        f"{versions}."
    )


def _systems(rows: Sequence[Mapping[str, Any]], groups: int) -> str:
    head = [
        "system",
        "stored as",
        "CPU s",
        "MB/s a core",
        "start-up CPU s",
        "wall s",
        "peak MB",
        f"peak MB, {GROWTH} times the data",
        f"wrong groups of {groups:,}",
        "with copies",
    ]
    return table(
        head,
        [
            [
                f"**{_TITLES[row['system']]}**"
                if row["system"] in _OURS
                else _TITLES[row["system"]],
                row["compression"],
                f"{row['cpu']:.2f}",
                f"{row['speed']:.0f}",
                f"{row['start_up']:.1f}",
                f"{row['wall']:.1f}",
                f"{row['peak']:.0f}",
                f"{row['large_peak']:.0f}",
                str(row["wrong"]["one of each id" if row["system"] in _OURS else "copies counted"]),
                str(row["wrong"]["one of each id"]),
            ]
            for row in rows
        ],
    )


def targets_table(targets: Sequence[Target]) -> str:
    """Return the table of what was to be reached."""
    return table(
        ["measure", "reach", "aim", "found", "reached"],
        [
            [
                target.measure,
                f"{'≤' if target.is_ceiling else '≥'} {target.reach:,}{target.unit}",
                f"{target.aim:,}{target.unit}",
                f"{target.found:,.{0 if target.reach > _WHOLE_FROM else 2}f}{target.unit}",
                "yes" if target.is_reached else "**no**",
            ]
            for target in targets
        ],
    )


def quick_report(figures: Figures) -> str:
    """Return the table of a short run, and what is not to be read from it."""
    whole = figures.of(SPARK.name, "gz", figures.files * GROWTH, "cpu_seconds")
    start_up = figures.start_up(SPARK.name, "gz")
    return (
        f"{targets_table(figures.targets())}\n\n"
        f"Starting Java and compiling took {start_up:.0f} of the {whole:.0f} CPU seconds of our "
        "Spark engine, give or take as many as its work: see make benchmark for ratios with it."
    )


def write_json(
    path: Path, found: Measurements, facts: Mapping[str, str], loads: Sequence[float]
) -> None:
    """Write all runs, not only medians."""
    figures = Figures(found)
    content = {
        "machine": dict(facts),
        "load": list(loads),
        "targets": [asdict(target) for target in figures.targets()],
        "systems": figures.summary(),
        **asdict(found),
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_plot(path: Path, found: Measurements) -> None:
    """Draw the CPU seconds of each system, with its wrong groups beside the bar."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415  The backend must be chosen first.

    rows = sorted(Figures(found).summary(), key=lambda row: -float(row["cpu"]))
    names = [f"{_TITLES[row['system']]}, {row['compression']}" for row in rows]
    colours = ["tab:orange" if row["system"] in _OURS else "tab:blue" for row in rows]
    figure, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
    bars = axes.barh(names, [row["cpu"] for row in rows], color=colours)
    wrong = (
        row["wrong"]["one of each id" if row["system"] in _OURS else "copies counted"]
        for row in rows
    )
    labels = [f" {row['cpu']:.1f} s, {n} wrong" for row, n in zip(rows, wrong, strict=True)]
    axes.bar_label(bars, labels)
    axes.set_xlabel("CPU seconds for the smaller day, start-up removed (less is better)")
    axes.margins(x=0.25)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
