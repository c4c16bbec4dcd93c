"""The fast path: decode only the fields that the rules read, skip the rest.

It gives up on anything that is not plainly as expected; the plain path then decides. So it must
never succeed with other values than the plain path: test/decode holds that for arbitrary bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from crash_rate_aggregates.decode.layouts.kinds import FieldPlaces
from crash_rate_aggregates.decode.layouts.places import Content, Place
from crash_rate_aggregates.decode.nesting import (
    SHORT_TEXT,
    has_too_many_values,
    may_nest_too_deep,
)
from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.decode.remembered import remembered
from crash_rate_aggregates.normalize.fields import FIELDS_OF_CRASHES, PingFields
from crash_rate_aggregates.normalize.values import IntegerLiteral

# Keys that msgspec's field names cannot stand for: those that JSON writes with an escape, lone
# surrogates, and U+FFFD, which on the plain path any key that is no UTF-8 has.
_NO_FIELD_NAME = re.compile('[\x00-\x1f"\\\\\ud800-\udfff\ufffd]')
_ABSENT_RAW = msgspec.Raw()
_ABSENT = "absent"
"""An attribute of each struct that is always None."""

_FIELDS = len(PingFields._fields)
_IS_GLEAN = PingFields._fields.index("is_glean")
_DIMENSIONS = PingFields._fields.index("dimensions")
_HAS_CRASH_ENVIRONMENT = PingFields._fields.index("has_crash_environment")

# msgspec's own: no JSON, or another type than expected, as a number for a string. Bad UTF-8, which
# the plain path replaces. Nesting beyond what the C stack takes. And what is raised here.
SURPRISES = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError)
"""What sends a line to the plain path."""


class _Other(NamedTuple):
    """A place where a value may lie that its first place does not have."""

    value: Callable[[Any], Any]
    """From the decoded struct to what lies there."""
    read: Callable[[Any], Any]
    """From what lies there, if it is present, to what the rules read."""


class _Experiment(msgspec.Struct, frozen=True, gc=False):
    """What is read of an experiment. Pings have a dozen: not decoded whole, as that takes long."""

    branch: str | bool | None = None


class FastDecoder:
    """Decode the fields of one kind of ping."""

    def __init__(self, places: FieldPlaces) -> None:
        # A slot for each field in its order, then one for each dimension. A field that the layout
        # has no place for stands as None: such is `keyed_histograms`, as no container that is not
        # an object comes this far. So do those of crashes whose build the environment does not
        # tell: these are few, each slot costs every ping, and the plain path judges them.
        slots = [
            *(
                () if name in FIELDS_OF_CRASHES else places.fields.get(name, ())
                for name in PingFields._fields
            ),
            *places.dimensions,
        ]
        mark = Place(places.layout.mark)
        leaves = {place.path: place.content for place in chain([mark], *slots) if place.path}
        tree = _path_tree(leaves, chain([mark], *slots))
        self.is_usable = tree is not None and not _NO_FIELD_NAME.search("".join(chain(*leaves)))
        """False where msgspec has no type for the paths: then the plain path does it all."""
        if self.is_usable and tree is not None:
            self._decode = msgspec.json.Decoder(_struct_type(tree)).decode
            self._is_glean = places.is_glean
            self._prepare([*slots, [mark]], tree)

    def _prepare(self, slots: Sequence[Sequence[Place]], tree: dict[str, Any]) -> None:
        """Say where the value of each slot lies first, and where else if it is not there."""
        firsts = [slot[0] if slot and slot[0].path else None for slot in slots]
        self._first_values = attrgetter(
            *(_attribute_chain(place.path, tree) if place else _ABSENT for place in firsts)
        )
        self._reads = [
            (number, _reader(place))
            for number, place in enumerate(firsts)
            if place and not place.is_plain
        ]
        others = [slot[first is not None :] for slot, first in zip(slots, firsts, strict=True)]
        self._others = [
            (number, [_Other(_getter(place, tree), _reader(place)) for place in rest])
            for number, rest in enumerate(others)
            if rest
        ]

    def fields(self, line: bytes | memoryview) -> PingFields:
        """Return the fields of one ping's JSON text.

        Raises:
            One of `SURPRISES`: The plain path must decide.
        """
        decoded = self._decode(line)
        *values, mark = self._first_values(decoded)
        # Not decided here: it may be a stray ping, which the plain path judges by its own layout.
        if mark is None:
            raise ValueError("perhaps a ping of another kind")
        # msgspec counts neither levels nor values in what it skips, and both paths must refuse the
        # same pings.
        if len(line) > SHORT_TEXT and (may_nest_too_deep(line) or has_too_many_values(line)):
            raise ValueError("only the plain path counts levels")
        for number, read in self._reads:
            value = values[number]
            # By identity: an absent Raw is not the text `null`, which has a reader.
            values[number] = None if value is None or value is _ABSENT_RAW else read(value)
        for number, others in self._others:
            if values[number] is None:
                values[number] = _other_value(decoded, others)
        if values[_HAS_CRASH_ENVIRONMENT] is False:
            raise ValueError("perhaps the build of another crash")
        values[_IS_GLEAN] = self._is_glean
        values[_DIMENSIONS] = tuple(values[_FIELDS:])
        return PingFields._make(values[:_FIELDS])


def _other_value(decoded: Any, others: Sequence[_Other]) -> Any:
    """Return what the first other place has that has a value."""
    for place, read in others:
        value = place(decoded)
        if value is not None and value is not _ABSENT_RAW:
            value = read(value)
            if value is not None:
                return value
    return None


def _getter(place: Place, tree: dict[str, Any]) -> Callable[[Any], Any]:
    # What a file states of all its pings lies nowhere: any value present will do.
    return attrgetter(_attribute_chain(place.path, tree)) if place.path else bool


def _reader(place: Place) -> Callable[[Any], Any]:
    if place.content is Content.INTEGER:
        return _integer_literal
    if place.content is Content.BRANCHES:
        return _branches_reader(place.convert)
    if place.content is Content.WHOLE:
        return _whole_reader(place.convert)
    return place.convert


def _whole_reader(convert: Callable[[Any], Any]) -> Callable[[msgspec.Raw], Any]:
    def decoded(text: bytes) -> Any:
        value = decode_json(text)
        return None if value is None else convert(value)

    known = remembered(decoded)
    return lambda raw: known(bytes(raw))


def _branches_reader(convert: Callable[[Any], Any]) -> Callable[[dict[str, _Experiment]], Any]:
    return lambda experiments: convert(
        {name: {"branch": experiment.branch} for name, experiment in experiments.items()}
    )


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
            # No number: msgspec would round its literal. It is a surprise, and rare.
            kind, default = str | bool | None, None
        elif subtree is Content.BRANCHES:
            kind, default = dict[str, _Experiment] | None, None
        else:
            kind, default = msgspec.Raw, _ABSENT_RAW
        # Numbered, as keys of pings like `crash.app_build` are no names in Python.
        fields.append((f"key_{number}", kind, msgspec.field(default=default, name=key)))
    # They hold nothing that could refer back to them, so the collector need not look at them.
    return msgspec.defstruct("Fields", fields, namespace={_ABSENT: None}, frozen=True, gc=False)


def _attribute_chain(path: tuple[str, ...], tree: dict[str, Any]) -> str:
    names = []
    for key in path:
        names.append(f"key_{list(tree).index(key)}")
        tree = tree[key]
    return ".".join(names)
