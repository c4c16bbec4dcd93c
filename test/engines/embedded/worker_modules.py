"""A task for a worker process that says what the worker holds; imported by it, so kept small."""

from __future__ import annotations

import sys
from pathlib import Path

from crash_rate_aggregates.engines.embedded.worker_tasks import Task, judge_files
from crash_rate_aggregates.engines.interface import DayRequest


def modules_after_judging(request: DayRequest, row_file: Path) -> set[str]:
    """Judge a day as a worker does and name the top-level modules that are loaded then."""
    judge_files(request, request.files, Task(0, row_file))
    return {name.partition(".")[0] for name in sys.modules}
