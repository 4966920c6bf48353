"""Turn any text into a label for a picture: one short line, safe in DOT and in XML, of known width."""

from __future__ import annotations

import math
import re
from typing import Any
from unicodedata import combining, east_asian_width

LABEL_LENGTH = 32  # in characters

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def plain(text: Any, length: int = LABEL_LENGTH) -> str:
    """Any text as one short line that XML can hold: a line break as ``↵``, an unprintable character as ``�``.

    >>> plain("first\\nsecond"), plain("x" * 10_000)
    ('first↵second', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…')
    """
    text = str(text)
    if len(text) > length:
        text = text[: length - 1] + "…"
    text = re.sub("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", "↵", text).replace("\t", " ")
    return _UNPRINTABLE.sub("�", text)


def escaped(text: str) -> str:
    r"""One line of text with everything escaped that has a meaning in a Graphviz label.

    >>> print(escaped(r"a|b <i> \N &amp;"))
    a\|b \<i\> \\N &amp;amp;
    """
    text = re.sub(r"[\\{}|<>]", r"\\\g<0>", text).replace("&", "&amp;")
    return re.sub("^ | $|(?<= ) ", "\xa0", text)  # Graphviz drops leading, trailing and repeated spaces


def counted(number: int, singular: str, plural: str = "") -> str:
    """A number and its noun.

    >>> counted(1, "leaf", "leaves"), counted(2000, "leaf", "leaves")
    ('1 leaf', '2,000 leaves')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def text_width(text: str, font_size: float) -> float:
    """An upper bound for the width of a line in a sans-serif font.

    The font depends on the reader's machine. The widths are those of Helvetica, by classes of letters, plus an eighth
    for the widest common substitutes.

    >>> text_width("data", 12.0) < text_width("WWWW", 12.0)
    True
    """
    return 1.13 * font_size * math.fsum(map(_em, text))


def _em(character: str) -> float:
    if character in "iljtfrI.,:;'|!()[]{}/\\ ":
        return 0.31
    if character in "mwMW@%":
        return 0.88
    if character.isascii():
        return 0.7 if character.isupper() else 0.56
    if combining(character):
        return 0.0
    return 1.05 if east_asian_width(character) in "WF" else 0.65
