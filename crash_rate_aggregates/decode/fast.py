"""The fast path: decode only the fields that the rules read, skip the rest.

It gives up on anything that is not plainly as expected; the plain path then decides. So it must
never succeed with other values than the plain path: test/decode holds that for arbitrary bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec

from crash_rate_aggregates.decode.nesting import may_nest_too_deep
from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.normalize.fields import (
    KILL_HARD_PATH,
    SCALAR_PATHS,
    SUBSESSION_LENGTH_PATH,
    WITH_DUMP_PATH,
    PingFields,
)
from crash_rate_aggregates.normalize.values import IntegerLiteral

_RAW_PATHS = (SUBSESSION_LENGTH_PATH, WITH_DUMP_PATH, KILL_HARD_PATH)
# Keys that msgspec's field names cannot stand for: those that JSON writes with an escape, lone
# surrogates, and U+FFFD, which on the plain path any key that is no UTF-8 has.
_NO_FIELD_NAME = re.compile('[\x00-\x1f"\\\\\ud800-\udfff\ufffd]')
_ABSENT_RAW = msgspec.Raw()
_SCALARS = len(SCALAR_PATHS)
_RAWS = len(_RAW_PATHS)

SURPRISES = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError)
"""What sends a line to the plain path."""


class FastDecoder:
    """Decode the fields of pings for a given choice of dimensions."""

    def __init__(self, dimensions: Sequence[Dimension]) -> None:
        paths = [*SCALAR_PATHS.values(), *_RAW_PATHS, *(d.path for d in dimensions)]
        tree = _path_tree(paths)
        self.is_usable = tree is not None and not _NO_FIELD_NAME.search("".join(chain(*paths)))
        """False where msgspec has no type for the paths: then the plain path does it all."""
        if self.is_usable and tree is not None:
            self._decode = msgspec.json.Decoder(_struct_type(tree, ())).decode
            self._values = attrgetter(*(_attribute_chain(path, tree) for path in paths))

    def fields(self, line: bytes | memoryview) -> PingFields:
        """Return the fields of one ping's JSON text.

        Raises:
            One of `SURPRISES`: The plain path must decide.
        """
        values = self._values(self._decode(line))
        length, with_dump, kill_hard = values[_SCALARS : _SCALARS + _RAWS]
        if may_nest_too_deep(line):
            raise ValueError("only the plain path counts levels")
        return PingFields._make(
            (
                *values[:_SCALARS],
                None if length is _ABSENT_RAW else _integer_literal(length),
                None,
                None if with_dump is _ABSENT_RAW else decode_json(bytes(with_dump)),
                None if kill_hard is _ABSENT_RAW else decode_json(bytes(kill_hard)),
                values[_SCALARS + _RAWS :],
            )
        )


def _integer_literal(raw: msgspec.Raw) -> IntegerLiteral | None:
    literal = bytes(raw)
    if literal == b"null":
        return None
    if not literal.removeprefix(b"-").isdigit():
        raise ValueError("no integer literal")
    return IntegerLiteral(literal.decode("ascii"))


def _path_tree(paths: Sequence[tuple[str, ...]]) -> dict[str, Any] | None:
    """Nest the paths; a leaf is None. None where one path is the start of another."""
    tree: dict[str, Any] = {}
    for path in paths:
        node: Any = tree
        for key in path[:-1]:
            node = node.setdefault(key, {})
            if node is None:
                return None
        if node.setdefault(path[-1], None) is not None:
            return None
    return tree if _raw_paths_are_apart(paths) else None


def _raw_paths_are_apart(paths: Sequence[tuple[str, ...]]) -> bool:
    return all(list(paths).count(path) == 1 for path in _RAW_PATHS)


def _struct_type(tree: dict[str, Any], path: tuple[str, ...]) -> type[msgspec.Struct]:
    """Make a struct with an attribute a key, each with the default that stands for absent."""
    fields = []
    for number, (key, subtree) in enumerate(tree.items()):
        kind: Any
        default: Any
        if subtree is not None:
            kind = _struct_type(subtree, (*path, key))
            default = kind()
        elif (*path, key) in _RAW_PATHS:
            kind, default = msgspec.Raw, _ABSENT_RAW
        else:
            kind, default = str | bool | None, None
        fields.append((f"key_{number}", kind, msgspec.field(default=default, name=key)))
    return msgspec.defstruct("Fields", fields, frozen=True, gc=False)


def _attribute_chain(path: tuple[str, ...], tree: dict[str, Any]) -> str:
    names = []
    for key in path:
        names.append(f"key_{list(tree).index(key)}")
        tree = tree[key]
    return ".".join(names)
