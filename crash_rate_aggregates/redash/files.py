"""The files that describe queries, charts, dashboards and alerts, checked as they are read.

`shipped/` beside this module holds those of the program; a person can copy the folder, edit the
copy and push that. docs/redash.md says what each entry means.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crash_rate_aggregates.errors import RedashFilesError
from crash_rate_aggregates.questions.asking import menus

_Shape = TypeVar("_Shape", bound=BaseModel)
_COLUMNS_OF_GRID = 12


# A misspelt entry would else be left out in silence.
class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Parameter(_Strict):
    """A parameter that people set above a dashboard."""

    title: str
    type: Literal["date-range", "enum"]
    value: Any
    """The default: a range that the browser resolves, like `d_last_90_days`, or options."""
    options: tuple[str, ...] = ()
    """What an enum offers."""
    menu: Literal["applications", "channels"] | None = None
    """What it offers in place of options of its own."""
    is_list: bool = False
    """Whether several options can be chosen."""
    placeholders: dict[str, str]
    """Parameters of the shared questions, and the text that stands for each in Redash's SQL."""


class Axis(_Strict):
    """One axis of a chart."""

    column: str
    """Column of the answer."""
    title: str
    """What it is, with its unit."""
    type: Literal["datetime", "category", "linear"] = "category"


class Plot(_Strict):
    """A chart that draws points, bars or lines."""

    look: Literal["line", "columns", "stacked-columns", "points"]
    name: str
    x: Axis
    y: str | dict[str, str]
    """Column with the values, or several with the name of each in the legend."""
    y_title: str
    """What the values are, with their unit."""
    error: str | None = None
    """Column with the half-width of the interval around each value."""
    series: str | None = None
    """Column that tells the lines or bars apart."""
    colors: str | None = None
    """Table of colors.toml that gives each of them its color."""
    sort: bool = True
    """False keeps the order of the rows on a category axis."""
    description: str = ""


class Counter(_Strict):
    """A single number."""

    look: Literal["counter"]
    name: str
    column: str
    label: str
    decimals: int = 0
    description: str = ""


class TableColumn(_Strict):
    """A column that a table shows."""

    title: str
    format: str | None = None
    """How numbers are written, like `0,0.00`."""


class TableChart(_Strict):
    """A table of rows."""

    look: Literal["table"]
    name: str
    columns: dict[str, str | TableColumn]
    """Columns of the answer in order, and the title of each."""
    hidden: tuple[str, ...] = ()
    """Columns of the answer that are not shown."""
    rows: int = 25
    """Rows on a page."""
    description: str = ""


Chart = Annotated[Plot | Counter | TableChart, Field(discriminator="look")]


class Query(_Strict):
    """A query: one of the shared questions, and its charts."""

    question: str
    """Name of the file among the shared questions."""
    description: str = ""
    """What stands above each of its charts, so better short; Markdown."""
    values: dict[str, str] = {}
    """Fixed values of some of its parameters."""
    refresh: int | None = None
    """Seconds after which Redash asks anew by itself; only for questions without parameters."""
    charts: dict[str, Chart] = {}


class Widget(_Strict):
    """One place of a dashboard."""

    chart: str | None = None
    """The query's and the chart's key, like `crash_rates_over_time/main`."""
    key: str | None = None
    """The key of a text."""
    text: str = ""
    """Markdown."""
    width: int = Field(ge=1, le=_COLUMNS_OF_GRID)
    """Of the 12 columns of the grid."""


class Row(_Strict):
    """Widgets side by side."""

    height: int = Field(ge=1)
    """In rows of the grid, 50 pixels each."""
    widgets: tuple[Widget, ...]


class Dashboard(_Strict):
    """A dashboard, row by row."""

    name: str
    parameters: tuple[str, ...] = ()
    """The order in which they stand above it."""
    rows: tuple[Row, ...]


class Alert(_Strict):
    """An alert: it fires while the column of the query's one row is as the condition says."""

    name: str
    query: str
    column: str
    condition: Literal[">", ">=", "<", "<=", "==", "!="]
    value: float
    remind: int
    """Seconds after which an alert that still fires is sent again; 0: never."""
    subject: str
    body: str


class Files(_Strict):
    """All files of a folder, each by its name without the ending."""

    parameters: dict[str, Parameter]
    colors: dict[str, dict[str, str]]
    queries: dict[str, Query]
    statements: dict[str, str]
    """SQL over an answer named `question`, for the queries that need another shape."""
    dashboards: dict[str, Dashboard]
    alerts: dict[str, Alert]


def shipped_files() -> Traversable:
    """Return the folder with the program's own files."""
    return resources.files(__package__) / "shipped"


def read_files(folder: Traversable, offered: Mapping[str, Sequence[str]] | None = None) -> Files:
    """Read and check all files of a folder like `shipped/`.

    Args:
        folder: Where they are.
        offered: What each menu offers; None for what `menus` gives.

    Raises:
        RedashFilesError: One is missing or cannot be meant; names it and the entry.
    """
    return Files(
        parameters={
            name: _with_options(parameter, menus() if offered is None else offered)
            for name, parameter in _named(folder / "parameters.toml", Parameter).items()
        },
        colors=_toml(folder / "colors.toml"),
        queries=_each(folder / "queries", Query),
        statements={
            file.name.removesuffix(".sql"): file.read_text(encoding="utf-8")
            for file in _files(folder / "queries", ".sql")
        },
        dashboards=_each(folder / "dashboards", Dashboard),
        alerts=_each(folder / "alerts", Alert),
    )


def _with_options(parameter: Parameter, offered: Mapping[str, Sequence[str]]) -> Parameter:
    if parameter.menu is None:
        return parameter
    return parameter.model_copy(update={"options": tuple(offered[parameter.menu])})


def _each(folder: Traversable, shape: type[_Shape]) -> dict[str, _Shape]:
    return {
        file.name.removesuffix(".toml"): _shaped(file, _toml(file), shape)
        for file in _files(folder, ".toml")
    }


def _named(file: Traversable, shape: type[_Shape]) -> dict[str, _Shape]:
    return {name: _shaped(file, entry, shape) for name, entry in _toml(file).items()}


def _files(folder: Traversable, ending: str) -> list[Traversable]:
    try:
        found = [file for file in folder.iterdir() if file.name.endswith(ending)]
    except OSError as error:
        raise RedashFilesError(f"the folder {str(folder)!r} cannot be read: {error}") from error
    return sorted(found, key=lambda file: file.name)


def _toml(file: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RedashFilesError(f"the file {str(file)!r} cannot be used: {error}") from error


def _shaped(file: Traversable, entry: Mapping[str, Any], shape: type[_Shape]) -> _Shape:
    try:
        return shape.model_validate(entry)
    except ValidationError as error:
        # The first alone: it is one sentence, and the next attempt names the next.
        fault = error.errors()[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise RedashFilesError(
            f"the file {str(file)!r}: {place}: {fault['msg'].lower()}"
        ) from error
