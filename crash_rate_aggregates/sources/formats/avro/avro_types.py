"""A file's schema as types: what follows what in a row, so that a reader can skip and choose.

Avro's specification 1.11, "Schema Declaration". Schemas come from outside, so whatever could take
forever or overflow the stack is refused: types that contain themselves, endless nesting, and arrays
of items that take no bytes, of which a few bytes can announce billions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

PRIMITIVES: Final = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
MAX_DEPTH: Final = 64
"""Levels of types in types; BigQuery's tables have at most 15 of records."""


class UnsoundAvroError(ValueError):
    """Bytes that are no Avro, or none that is read: what is wrong with them."""


@dataclass(frozen=True, slots=True, eq=False)
class AvroType:
    """One type. A named one stands once, wherever it is used."""

    kind: str
    """`record`, `enum`, `array`, `map`, `union`, `fixed` or one of `PRIMITIVES`."""
    logical: str | None = None
    """What the value stands for, like `timestamp-micros`."""
    size: int = 0
    """Of a fixed: bytes."""
    symbols: tuple[str, ...] = ()
    """Of an enum."""
    fields: tuple[tuple[str, AvroType], ...] = ()
    """Of a record: name and type of each, in the order in which they are stored."""
    parts: tuple[AvroType, ...] = ()
    """Of a union its branches; of an array its items; of a map its values."""
    is_empty: bool = False
    """Whether a value takes no bytes at all."""

    @property
    def present(self) -> AvroType:
        """The type of a value that is not null, where BigQuery's NULLABLE is a union with null."""
        others = [part for part in self.parts if part.kind != "null"]
        return others[0] if self.kind == "union" and len(others) == 1 else self

    def field(self, name: str) -> AvroType | None:
        """Return the type of a record's field, None if it has none of that name."""
        return next((kind for each, kind in self.fields if each == name), None)


def row_type(schema: Any) -> AvroType:
    """Return the type of a file's rows from its decoded schema.

    Raises:
        UnsoundAvroError: It is no schema, or one that is not read.
    """
    row = _Names().type_of(schema, "", 0)
    if row.kind != "record" or row.is_empty:
        raise UnsoundAvroError("its rows are no records with fields")
    return row


class _Names:
    """The named types that a schema has defined so far; None is one that is being defined."""

    def __init__(self) -> None:
        self._known: dict[str, AvroType | None] = {}

    def type_of(self, schema: Any, namespace: str, depth: int) -> AvroType:
        if depth > MAX_DEPTH:
            raise UnsoundAvroError(f"its schema nests deeper than {MAX_DEPTH} levels")
        if isinstance(schema, str):
            return self._referred(schema, namespace)
        if isinstance(schema, list):
            branches = tuple(self.type_of(each, namespace, depth + 1) for each in schema)
            if not branches:
                raise UnsoundAvroError("its schema has a choice of nothing")
            return AvroType("union", parts=branches)
        if not isinstance(schema, Mapping):
            raise UnsoundAvroError(f"{schema!r} is no type")
        return self._declared(schema, namespace, depth)

    def _referred(self, name: str, namespace: str) -> AvroType:
        if name in PRIMITIVES:
            return AvroType(name, is_empty=name == "null")
        for full in (_full_name(name, namespace), name):
            if full in self._known:
                found = self._known[full]
                if found is None:
                    raise UnsoundAvroError(f"its type {name!r} contains itself")
                return found
        raise UnsoundAvroError(f"its schema names no type {name!r}")

    def _declared(self, schema: Mapping[str, Any], namespace: str, depth: int) -> AvroType:
        kind = schema.get("type")
        match kind:
            case "array" | "map":
                key = "items" if kind == "array" else "values"
                part = self.type_of(schema.get(key), namespace, depth + 1)
                if kind == "array" and part.is_empty:
                    raise UnsoundAvroError("it has an array of items that take no bytes")
                return AvroType(kind, parts=(part,))
            case "record" | "error" | "enum" | "fixed":
                return self._named(schema, namespace, depth)
            case str() if kind in PRIMITIVES:
                return AvroType(kind, _logical(schema), is_empty=kind == "null")
            case _:
                # A type may stand in braces of its own: {"type": {"type": "array", …}}.
                return self.type_of(kind, namespace, depth + 1)

    def _named(self, schema: Mapping[str, Any], namespace: str, depth: int) -> AvroType:
        name = schema.get("name")
        if not isinstance(name, str):
            raise UnsoundAvroError("a type of its schema has no name")
        own = schema.get("namespace", namespace)
        full = _full_name(name, own if isinstance(own, str) else "")
        if full in self._known:
            raise UnsoundAvroError(f"its schema declares {name!r} twice")
        # Until its content is known: a type that is referred to meanwhile stands within itself.
        self._known[full] = None
        found = self._content(schema, full.rpartition(".")[0], depth)
        self._known[full] = found
        return found

    def _content(self, schema: Mapping[str, Any], namespace: str, depth: int) -> AvroType:
        kind = schema["type"]
        if kind == "fixed":
            size = schema.get("size")
            if not isinstance(size, int) or size < 0:
                raise UnsoundAvroError(f"{size!r} is no size")
            return AvroType("fixed", _logical(schema), size=size, is_empty=size == 0)
        if kind == "enum":
            symbols = schema.get("symbols")
            if not isinstance(symbols, list) or not all(isinstance(one, str) for one in symbols):
                raise UnsoundAvroError("an enum of its schema has no symbols")
            return AvroType("enum", symbols=tuple(symbols))
        declared = schema.get("fields")
        if not isinstance(declared, list):
            raise UnsoundAvroError("a record of its schema has no fields")
        fields = tuple(self._field(each, namespace, depth) for each in declared)
        return AvroType("record", fields=fields, is_empty=all(part.is_empty for _, part in fields))

    def _field(self, schema: Any, namespace: str, depth: int) -> tuple[str, AvroType]:
        name = schema.get("name") if isinstance(schema, Mapping) else None
        if not isinstance(name, str):
            raise UnsoundAvroError("a field of its schema has no name")
        return name, self.type_of(schema.get("type"), namespace, depth + 1)


def _full_name(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"


def _logical(schema: Mapping[str, Any]) -> str | None:
    logical = schema.get("logicalType")
    return logical if isinstance(logical, str) else None
