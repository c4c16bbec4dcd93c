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

from crash_rate_aggregates.decode.layouts.experiments import branches_of
from crash_rate_aggregates.decode.layouts.kinds import FieldPlaces
from crash_rate_aggregates.decode.layouts.places import Content, Place
from crash_rate_aggregates.decode.nesting import (
    SHORT_TEXT,
    has_too_many_values,
    may_nest_too_deep,
)
from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.decode.remembered import remembered
from crash_rate_aggregates.normalize.fields import (
    CRASH_PING_FIELDS,
    FIELDS_OF_CRASHES,
    PingFields,
)
from crash_rate_aggregates.normalize.values import IntegerLiteral
from crash_rate_aggregates.outcomes import DocType

# Keys that msgspec's field names cannot stand for: those that JSON writes with an escape, lone
# surrogates, and U+FFFD, which on the plain path any key that is no UTF-8 has.
_NO_FIELD_NAME = re.compile('[\x00-\x1f"\\\\\ud800-\udfff\ufffd]')
_ABSENT_RAW = msgspec.Raw()
_ABSENT = "absent"
"""An attribute of each struct that is always None."""

_NAMES = PingFields._fields
_FIELDS = len(_NAMES)
_MARK = -3
"""The last slot, before the two that are always None."""
_CRASH = DocType.CRASH.value
_META_DOC_TYPE, _TYPE = _NAMES.index("meta_doc_type"), _NAMES.index("type")
_IS_GLEAN = _NAMES.index("is_glean")
_DIMENSIONS = _NAMES.index("dimensions")
_HAS_CRASH_ENVIRONMENT = _NAMES.index("has_crash_environment")
_CRASH_NAMES = [name for name in _NAMES if name in CRASH_PING_FIELDS]
_CRASH_NUMBERS = [_NAMES.index(name) for name in _CRASH_NAMES]

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


class _Slots:
    """Reads some values from a decoded struct, each from the first of its places that has one."""

    def __init__(self, slots: Sequence[Sequence[Place]], tree: dict[str, Any]) -> None:
        firsts = [slot[0] if slot and slot[0].path else None for slot in slots]
        self._first_values = attrgetter(
            # Twice more, as of one name it would return no tuple.
            *(_attribute_chain(place.path, tree) if place else _ABSENT for place in firsts),
            *(_ABSENT, _ABSENT),
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

    def values(self, decoded: Any) -> list[Any]:
        """Return a value a slot, and two that are None; a place without a value is no other's."""
        values = list(self._first_values(decoded))
        for number, read in self._reads:
            value = values[number]
            # By identity: an absent Raw is not the text `null`, which has a reader.
            values[number] = None if value is None or value is _ABSENT_RAW else read(value)
        for number, others in self._others:
            if values[number] is None:
                values[number] = _other_value(decoded, others)
        return values


class FastDecoder:
    """Decode the fields of one kind of ping."""

    def __init__(self, places: FieldPlaces) -> None:
        # A slot for each field in its order, then one for each dimension. A field that the layout
        # has no place for stands as None: such is `keyed_histograms`, as no container that is not
        # an object comes this far. So do those of crashes whose build the environment does not
        # tell: these are few, each slot costs every ping, and the plain path judges them.
        read = {name: places.fields.get(name, ()) for name in {*places.fields} - FIELDS_OF_CRASHES}
        usual = [
            *(() if name in CRASH_PING_FIELDS else read.get(name, ()) for name in _NAMES),
            *places.dimensions,
            [Place(places.layout.mark)],
        ]
        of_crashes = [read.get(name, ()) for name in _CRASH_NAMES]
        all_places = list(chain(*usual, *of_crashes))
        leaves = {place.path: place.content for place in all_places if place.path}
        tree = _path_tree(leaves, all_places)
        self.is_usable = tree is not None and not _NO_FIELD_NAME.search("".join(chain(*leaves)))
        """False where msgspec has no type for the paths: then the plain path does it all."""
        if self.is_usable and tree is not None:
            self._decode = msgspec.json.Decoder(_struct_type(tree)).decode
            self._is_glean = places.is_glean
            self._usual, self._of_crashes = _Slots(usual, tree), _Slots(of_crashes, tree)

    def fields(self, line: bytes | memoryview) -> PingFields:
        """Return the fields of one ping's JSON text; `CRASH_PING_FIELDS` only of a crash ping.

        Raises:
            One of `SURPRISES`: The plain path must decide.
        """
        decoded = self._decode(line)
        values = self._usual.values(decoded)
        # Not decided here: it may be a stray ping, which the plain path judges by its own layout.
        if values[_MARK] is None:
            raise ValueError("perhaps a ping of another kind")
        # msgspec counts neither levels nor values in what it skips, and both paths must refuse the
        # same pings.
        if len(line) > SHORT_TEXT and (may_nest_too_deep(line) or has_too_many_values(line)):
            raise ValueError("only the plain path counts levels")
        said = values[_META_DOC_TYPE]
        if (values[_TYPE] if said is None else said) == _CRASH:
            # The others are nearly all, and no rule asks what crashed in them.
            for number, value in zip(
                _CRASH_NUMBERS, self._of_crashes.values(decoded), strict=False
            ):
                values[number] = value
            if values[_HAS_CRASH_ENVIRONMENT] is False:
                raise ValueError("perhaps the build of another crash")
        values[_IS_GLEAN] = self._is_glean
        values[_DIMENSIONS] = tuple(values[_FIELDS:_MARK])
        # As _make does, without a call of Python: this is each ping.
        return tuple.__new__(PingFields, values[:_FIELDS])


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
        return _pairs if place.convert is branches_of else _branches_reader(place.convert)
    if place.content is Content.WHOLE:
        return _whole_reader(place.convert)
    return place.convert


def _whole_reader(convert: Callable[[Any], Any]) -> Callable[[msgspec.Raw], Any]:
    def decoded(text: bytes) -> Any:
        value = decode_json(text)
        return None if value is None else convert(value)

    known = remembered(decoded)
    return lambda raw: known(bytes(raw))


def _pairs(experiments: dict[str, _Experiment]) -> tuple[tuple[str, str], ...] | None:
    """Return what `branches_of` does, without the objects that it reads."""
    found = [(name, one.branch) for name, one in experiments.items() if type(one.branch) is str]
    return tuple(found) or None


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
