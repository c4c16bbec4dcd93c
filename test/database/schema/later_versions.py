"""What this version of the program wants in a database, and what later ones could."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crash_rate_aggregates.database.schema.migrate import DEFINITIONS
from crash_rate_aggregates.database.schema.program_schema import Schema, program_schema

OURS = program_schema()
ALL = [*(step.name for step in OURS.migrations), DEFINITIONS]
"""What is applied to an empty database, and to one of the migrations before these."""


def later(by: int = 1, **changes: Any) -> Schema:
    """Return the schema of a later version, which has these parts otherwise."""
    return replace(OURS, number=OURS.number + by, **changes)


def later_with(by: int = 1, *, functions: str = "", views: str = "") -> Schema:
    """Return the schema of a later version that defines some more."""
    return later(by, functions=OURS.functions + functions, views=OURS.views + views)


WITH_SHORT = later_with(
    functions="CREATE FUNCTION crash_short() RETURNS float8 RETURN 0.5;",
    views="CREATE VIEW crash_shortest AS SELECT 1 AS one, crash_short() AS two;"
    "COMMENT ON VIEW crash_shortest IS 'One and two.';",
)
"""Has a function and a view on it."""
SHORT_OTHERWISE = later_with(
    2,
    functions="CREATE FUNCTION crash_short() RETURNS text RETURN 'half';",
    views="CREATE VIEW crash_shortest AS SELECT crash_short() AS two;"
    "COMMENT ON VIEW crash_shortest IS 'Two.';",
)
"""Has another type of the function and fewer columns of the view: no OR REPLACE could do that."""
