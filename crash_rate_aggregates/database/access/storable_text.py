"""Texts from outside, like file names, that PostgreSQL's text cannot hold as they are."""

from __future__ import annotations

import re

_REFUSED = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return the text with U+FFFD for each U+0000 and each lone surrogate."""
    return _REFUSED.sub("\ufffd", text)
