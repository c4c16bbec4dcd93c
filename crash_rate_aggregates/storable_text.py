"""Texts from outside, of pings or file names, that PostgreSQL cannot hold as they are."""

from __future__ import annotations

import re

# By text and by jsonb alike. A paired surrogate is one character in Python, so none of these.
_REFUSED = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return the text with U+FFFD for each U+0000 and each lone surrogate."""
    return _REFUSED.sub("\ufffd", text)
