"""The fast path: decode only the fields that the rules read, skip the rest.

It gives up on anything that is not plainly as expected; the plain path then decides. So it must
never succeed with other values than the plain path: test/decode holds that for arbitrary bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import msgspec

from crash_rate_aggregates.decode.layouts.kinds import FieldPlaces
from crash_rate_aggregates.decode.layouts.places import Content, Place
from crash_rate_aggregates.decode.nesting import may_nest_too_deep
from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.normalize.fields import PingFields
from crash_rate_aggregates.normalize.values import IntegerLiteral

# Keys that msgspec's field names cannot stand for: those that JSON writes with an escape, lone
# surrogates, and U+FFFD, which on the plain path any key that is no UTF-8 has.
_NO_FIELD_NAME = re.compile('[\x00-\x1f"\\\\\ud800-\udfff\ufffd]')
_ABSENT_RAW = msgspec.Raw()

SURPRISES = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError)
"""What sends a line to the plain path."""


class _Option(NamedTuple):
    """One place of a value, as the fast path reads it."""

    place: int
    """Among the decoded values."""
    read: Callable[[Any], Any]
    """From what msgspec decoded, None apart, to what the rules read."""


class FastDecoder:
    """Decode the fields of one kind of ping."""

    def __init__(self, places: FieldPlaces) -> None:
        slots = [*places.fields, *places.dimensions]
        leaves = {places.layout.mark: Content.SCALAR}
        leaves |= {place.path: place.content for place in chain(*slots) if place.path}
        tree = _path_tree(leaves, chain(*slots))
        self.is_usable = tree is not None and not _NO_FIELD_NAME.search("".join(chain(*leaves)))
        """False where msgspec has no type for the paths: then the plain path does it all."""
        if self.is_usable and tree is not None:
            self._decode = msgspec.json.Decoder(_struct_type(tree)).decode
            self._values = attrgetter(*(_attribute_chain(path, tree) for path in leaves))
            self._prepare(slots, list(leaves), places)

    def _prepare(
        self, slots: Sequence[Sequence[Place]], paths: list[tuple[str, ...]], places: FieldPlaces
    ) -> None:
        """Say which decoded value goes where: most as they are, the others by options."""
        absent, always = len(paths), len(paths) + 1
        self._mark = paths.index(places.layout.mark)
        self._fields = len(places.fields)
        self._is_glean = places.is_glean
        direct, self._options = [], []
        for slot, options in enumerate(slots):
            is_plain = bool(options) and options[0].is_plain
            direct.append(paths.index(options[0].path) if is_plain else absent)
            rest = [
                _Option(paths.index(place.path) if place.path else always, _reader(place))
                for place in options[is_plain:]
            ]
            if rest:
                self._options.append((slot, tuple(rest)))
        self._direct = itemgetter(*direct)

    def fields(self, line: bytes | memoryview) -> PingFields:
        """Return the fields of one ping's JSON text.

        Raises:
            One of `SURPRISES`: The plain path must decide.
        """
        values = (*self._values(self._decode(line)), None, True)
        if values[self._mark] is None:
            raise ValueError("perhaps a ping of another kind")
        if may_nest_too_deep(line):
            raise ValueError("only the plain path counts levels")
        found = list(self._direct(values))
        for slot, options in self._options:
            if found[slot] is None:
                for place, read in options:
                    value = values[place]
                    if value is not None and value is not _ABSENT_RAW:
                        found[slot] = value = read(value)
                        if value is not None:
                            break
        fields = self._fields
        return PingFields._make((*found[:fields], None, self._is_glean, tuple(found[fields:])))


def _reader(place: Place) -> Callable[[Any], Any]:
    if place.content is Content.INTEGER:
        return _integer_literal
    if place.content is Content.WHOLE:
        return lambda raw: _whole(raw, place.convert)
    return place.convert


def _whole(raw: msgspec.Raw, convert: Callable[[Any], Any]) -> Any:
    value = decode_json(bytes(raw))
    return None if value is None else convert(value)


def _integer_literal(raw: msgspec.Raw) -> IntegerLiteral | None:
    literal = bytes(raw)
    if literal == b"null":
        return None
    if not literal.removeprefix(b"-").isdigit():
        raise ValueError("no integer literal")
    return IntegerLiteral(literal.decode("ascii"))


def _path_tree(
    leaves: dict[tuple[str, ...], Content], places: Iterable[Place]
) -> dict[str, Any] | None:
    """Nest the paths; None where one is the start of another, or is read in two ways."""
    if any(place.path and leaves[place.path] is not place.content for place in places):
        return None
    tree: dict[str, Any] = {}
    for path, content in leaves.items():
        node: Any = tree
        for key in path[:-1]:
            node = node.setdefault(key, {})
            if isinstance(node, Content):
                return None
        if node.setdefault(path[-1], content) is not content:
            return None
    return tree


def _struct_type(tree: dict[str, Any]) -> type[msgspec.Struct]:
    """Make a struct with an attribute a key, each with the default that stands for absent."""
    fields = []
    for number, (key, subtree) in enumerate(tree.items()):
        kind: Any
        default: Any
        if isinstance(subtree, dict):
            kind = _struct_type(subtree)
            default = kind()
        elif subtree is Content.SCALAR:
            kind, default = str | bool | None, None
        else:
            kind, default = msgspec.Raw, _ABSENT_RAW
        fields.append((f"key_{number}", kind, msgspec.field(default=default, name=key)))
    return msgspec.defstruct("Fields", fields, frozen=True, gc=False)


def _attribute_chain(path: tuple[str, ...], tree: dict[str, Any]) -> str:
    names = []
    for key in path:
        names.append(f"key_{list(tree).index(key)}")
        tree = tree[key]
    return ".".join(names)
