"""Turns the text of an argument into a path, a number or a list of names.

Each function is a `type` for argparse's `add_argument`. For a wrong text it raises an `ArgumentTypeError` that says
what was expected. Whole numbers are read here, not by `autograd.core.number.whole_number`,
which refuses all texts.

    parser.add_argument("--epochs", type=whole(1), default=200)
"""

from __future__ import annotations

import csv
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path


def path(text: str) -> Path:
    """A file or folder, which need not exist.

    >>> path("")
    Traceback (most recent call last):
        ...
    argparse.ArgumentTypeError: expected a path, got ''
    """
    if not text:  # Path("") is the current folder
        raise ArgumentTypeError("expected a path, got ''")
    return Path(text)


def integer(text: str) -> int:
    """A whole number of either sign.

    >>> integer("-3")
    -3
    """
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a whole number, got {text!r}") from None


def whole(least: int) -> Callable[[str], int]:
    """A type for whole numbers of at least `least`.

    >>> whole(1)("20")
    20
    >>> whole(1)("0")
    Traceback (most recent call last):
        ...
    argparse.ArgumentTypeError: expected a whole number of at least 1, got '0'
    """

    def number(text: str) -> int:
        if not text.isdecimal() or integer(text) < least:
            raise ArgumentTypeError(f"expected a whole number of at least {least}, got {text!r}")
        return int(text)

    return number


def port(text: str) -> int:
    """A port of this machine; 0 stands for one that is free.

    >>> port("8000")
    8000
    """
    if not text.isdecimal() or integer(text) > 65_535:
        raise ArgumentTypeError(f"expected a port, a whole number up to 65535, got {text!r}")
    return int(text)


def positive(text: str) -> float:
    """A finite number above 0.

    >>> positive("1e-3")
    0.001
    """
    if not 0 < _number(text) < float("inf"):
        raise ArgumentTypeError(f"expected a number above 0, got {text!r}")
    return float(text)


def part(text: str) -> float:
    """A fraction above 0 and below 1.

    >>> part("0.25")
    0.25
    """
    if not 0 < _number(text) < 1:
        raise ArgumentTypeError(f"expected a part between 0 and 1, such as 0.2, got {text!r}")
    return float(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def sizes(text: str) -> tuple[int, ...]:
    """Sizes of layers, separated by commas; an empty text is for no layers.

    >>> sizes("16,16"), sizes("")
    ((16, 16), ())
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() and integer(part) for part in parts):
        raise ArgumentTypeError(f"expected sizes such as 16,16, got {text!r}")
    return tuple(map(int, parts))


def names(text: str) -> tuple[str, ...]:
    """Names of columns, separated by commas; a name with a comma is quoted.

    >>> names('age,"height, in cm"')
    ('age', 'height, in cm')
    """
    return tuple(name.strip() for name in next(csv.reader([text]), []))


def delimiter(text: str) -> str:
    """The character that separates the fields of a table; ``tab`` stands for a tab.

    >>> delimiter("tab"), delimiter(";")
    ('\\t', ';')
    """
    text = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(text) != 1 or text in '\r\n"':
        raise ArgumentTypeError(f"expected one character, or tab, got {text!r}")
    return text


def add_reading(parser: ArgumentParser) -> None:
    """Add the options of every subcommand that reads a table, ``--delimiter`` and ``--encoding``."""
    parser.add_argument("--delimiter", metavar="CHARACTER", type=delimiter, help="between fields (default: guessed)")
    parser.add_argument("--encoding", default="utf-8", help="of the file (default: utf-8)")
