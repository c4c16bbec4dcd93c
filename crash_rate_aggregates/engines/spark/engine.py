"""The Spark engine: one application for all days, each day judged in tasks and grouped in SQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crash_rate_aggregates.engines.interface import DayRequest, DayResult, Progress
from crash_rate_aggregates.engines.spark.configuration import SparkSettings
from crash_rate_aggregates.engines.spark.driver.installation import check_installation
from crash_rate_aggregates.errors import EngineError

if TYPE_CHECKING:
    from crash_rate_aggregates.engines.spark.driver.application import Application


class SparkEngine:
    """Computes days on a Spark cluster."""

    name = "spark"

    def __init__(self, settings: SparkSettings) -> None:
        """Hold that Spark can be started; it is when the first day needs it.

        Raises:
            SparkSetupError: It cannot.
        """
        check_installation(settings, os.environ)
        self._settings = settings
        self._application: Application | None = None

    @contextmanager
    def aggregate_day(self, request: DayRequest, progress: Progress) -> Iterator[DayResult]:
        """Compute one day; see `Engine`."""
        # Imported here: nothing else of the program needs Spark.
        from crash_rate_aggregates.engines.spark.spark_day import SparkDay  # noqa: PLC0415

        application = self._running(progress)
        try:
            with SparkDay(application, request, progress).computed() as result:
                yield result
        except EngineError:
            if application.is_stopped():
                self.close()
            raise

    def close(self) -> None:
        """Stop the application, if any; a further day would start another."""
        if self._application is not None:
            self._application.stop()
            self._application = None

    def _running(self, progress: Progress) -> Application:
        from crash_rate_aggregates.engines.spark.driver.application import Application  # noqa: PLC0415

        if self._application is None:
            self._application = Application(self._settings)
            progress.note(f"Spark's page about this application: {self._application.ui_address}")
        return self._application
