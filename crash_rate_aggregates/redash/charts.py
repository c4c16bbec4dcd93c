"""From a chart as the files describe it to the options of a visualization in Redash.

What holds for all charts stands here once: values that are missing leave a gap, axes are named, the
y axis begins at 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crash_rate_aggregates.redash.files import Chart, Counter, Plot, TableChart, TableColumn

_TYPES = {
    "line": "line",
    "points": "scatter",
    "columns": "column",
    "stacked-columns": "column",
}
_NUMBERS = "0,0[.]00"

Colors = Mapping[str, Mapping[str, str]]
"""Tables of colors, as #rrggbb by the name of the line or bar."""


def visualization(chart: Chart, colors: Colors) -> dict[str, Any]:
    """Return type, name, description and options for Redash."""
    if isinstance(chart, Plot):
        kind, options = "CHART", _plot(chart, colors)
    elif isinstance(chart, Counter):
        kind, options = "COUNTER", _counter(chart)
    else:
        kind, options = "TABLE", _table(chart)
    return {
        "type": kind,
        "name": chart.name,
        "description": chart.description,
        "options": options,
    }


def _plot(plot: Plot, colors: Colors) -> dict[str, Any]:
    kind = _TYPES[plot.look]
    is_stacked = plot.look == "stacked-columns"
    return {
        "globalSeriesType": kind,
        "columnMapping": _mapping(plot),
        "seriesOptions": _series(plot, kind, colors),
        "sortX": plot.sort,
        "xAxis": {
            "type": plot.x.type,
            "labels": {"enabled": True},
            "title": {"text": plot.x.title},
        },
        "yAxis": [
            {"type": "linear", "rangeMin": 0, "title": {"text": plot.y_title}},
            {"type": "linear", "opposite": True},
        ],
        "error_y": {"type": "data", "visible": plot.error is not None},
        "series": {
            "stacking": "stack" if is_stacked else None,
            "percentValues": False,
            "error_y": {"type": "data", "visible": plot.error is not None},
        },
        "legend": {
            "enabled": plot.series is not None or len(_values(plot)) > 1,
            "placement": "auto",
            "traceorder": "normal",
        },
        "numberFormat": _NUMBERS,
        # Redash's default draws a value that is not there as 0, which would read as no crashes.
        "missingValuesAsZero": False,
        "showDataLabels": False,
    }


def _mapping(plot: Plot) -> dict[str, str]:
    mapping = {plot.x.column: "x"}
    mapping.update(dict.fromkeys(_values(plot), "y"))
    if plot.error:
        mapping[plot.error] = "yError"
    if plot.series:
        mapping[plot.series] = "series"
    return mapping


def _values(plot: Plot) -> Mapping[str, str]:
    return {plot.y: plot.y_title} if isinstance(plot.y, str) else plot.y


def _series(plot: Plot, kind: str, colors: Colors) -> dict[str, Any]:
    """Give names to columns, and colors and an order to what has its own."""
    named = {} if plot.series else dict(_values(plot))
    colored = colors[plot.colors] if plot.colors else {}
    names = list(dict.fromkeys([*colored, *named]))
    return {
        name: {"type": kind, "yAxis": 0, "zIndex": place}
        | ({"name": named[name]} if name in named else {})
        | ({"color": colored[name]} if name in colored else {})
        for place, name in enumerate(names)
        if name in named or plot.series
    }


def _counter(counter: Counter) -> dict[str, Any]:
    return {
        "counterLabel": counter.label,
        "counterColName": counter.column,
        "rowNumber": 1,
        "stringDecimal": counter.decimals,
    }


def _table(table: TableChart) -> dict[str, Any]:
    columns = [
        _table_column(place, name, TableColumn(title=shown) if isinstance(shown, str) else shown)
        for place, (name, shown) in enumerate(table.columns.items())
    ]
    hidden = [{"name": name, "visible": False} for name in table.hidden]
    return {"itemsPerPage": table.rows, "columns": [*columns, *hidden]}


def _table_column(place: int, name: str, shown: TableColumn) -> dict[str, Any]:
    column: dict[str, Any] = {
        "name": name,
        "title": shown.title,
        "order": place,
        "visible": True,
        "allowSearch": False,
    }
    if shown.format:
        column |= {"displayAs": "number", "numberFormat": shown.format, "alignContent": "right"}
    return column
