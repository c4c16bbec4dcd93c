"""The branches of experiments by submission date and release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from crash_rate_aggregates.questions.inputs.snapshot import Snapshot
from crash_rate_aggregates.verdicts.arrays import Floats
from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS

EXPERIMENT_DAYS = 56
"""Submission dates of an experiment that are compared, the newest."""
_CONTROL = "control"
_OF_EXPERIMENT = itemgetter("application", "channel", "experiment")


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment in one application's channel."""

    application: str
    channel: str
    name: str
    control: str
    """The branch called control, else the first by name."""
    first_day: date
    """Submission date of the first row of the arrays."""
    hours: Mapping[str, Floats]
    """By branch: usage hours by submission date and release."""
    crashes: Mapping[tuple[str, str], Floats]
    """By branch and headline kind, likewise."""

    @property
    def branches(self) -> Sequence[str]:
        """Those that are compared with the control."""
        return [branch for branch in self.hours if branch != self.control]


def experiments(snapshot: Snapshot) -> list[Experiment]:
    """Return the experiments of which two branches or more are told."""
    since = snapshot.day - timedelta(days=EXPERIMENT_DAYS - 1)
    rows = sorted(snapshot.rows("branches", since=since), key=_OF_EXPERIMENT)
    found = [_experiment([*group]) for _, group in groupby(rows, key=_OF_EXPERIMENT)]
    return [one for one in found if one.branches]


def _experiment(rows: Sequence[Mapping[str, Any]]) -> Experiment:
    application, channel, name = _OF_EXPERIMENT(rows[0])
    branches = sorted({row["branch"] for row in rows})
    days = [row["submission_date"] for row in rows]
    first_day = min(days)
    labels = {label: place for place, label in enumerate(sorted({_label(row) for row in rows}))}
    shape = ((max(days) - first_day).days + 1, len(labels))
    kinds = [kind.name for kind in HEADLINE_KINDS]
    hours = {branch: np.zeros(shape) for branch in branches}
    crashes = {(branch, kind): np.zeros(shape) for branch in branches for kind in kinds}
    for row in rows:
        at = (row["submission_date"] - first_day).days, labels[_label(row)]
        hours[row["branch"]][at] += row["hours"] or 0.0
        for kind in kinds:
            crashes[row["branch"], kind][at] += row[kind] or 0.0
    control = _CONTROL if _CONTROL in branches else branches[0]
    return Experiment(application, channel, name, control, first_day, hours, crashes)


def _label(row: Mapping[str, Any]) -> str:
    return row["label"] or ""
