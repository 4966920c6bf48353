"""`echo` prints for a person: all that the command says goes through it, whatever texts from files are in it.

The one exception is the CSV of ``stepgrad predict`` when it goes to a file or to another program.
"""

from __future__ import annotations

import sys
import unicodedata
from typing import TextIO


def echo(*lines: str, file: TextIO | None = None) -> None:
    r"""Print lines; a text in them cannot move the cursor, change colors or begin a line of its own.

    Args:
        lines: each becomes one line.
        file: where to, by default the standard output.

    >>> echo("the class is \x1b[2Jred\n")
    the class is \x1b[2Jred\n
    """
    print(*map(printable, lines), sep="\n", file=sys.stdout if file is None else file)


def printable(text: str) -> str:
    r"""A text as one line, with escapes as `repr` writes them for what a terminal obeys rather than shows.

    >>> print(printable("\x1b[31mred"))
    \x1b[31mred
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) == "Zs":  # spaces of every width
        return character
    return character.encode("unicode_escape").decode()
