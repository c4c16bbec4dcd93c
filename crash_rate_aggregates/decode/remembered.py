"""Remember what short texts decode to: most are one of few in a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_Text = TypeVar("_Text", bytes, str)
_ENTRIES = 256
_SHORT = 512


def remembered(decode: Callable[[_Text], Any]) -> Callable[[_Text], Any]:
    """Return the function with a memory for the first 256 texts of up to 512 bytes or characters.

    None of them is ever forgotten: where all texts differ, a cache that makes room costs more than
    it saves. Nobody may change what the function returns.
    """
    known: dict[_Text, Any] = {}

    def decoded(text: _Text) -> Any:
        value = known.get(text)
        if value is None:
            # Or the text stands for None: so short a one is soon decoded again.
            value = decode(text)
            if len(known) < _ENTRIES and len(text) <= _SHORT:
                known[text] = value
        return value

    return decoded
