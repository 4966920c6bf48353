"""What counts as a number: the one place where operands from outside are checked and become floats."""

from __future__ import annotations

from typing import Any


def as_float(number: Any) -> float:
    """A real number of any kind as a float.

    Accepts int, float, bool, NumPy scalars, `fractions.Fraction` and `decimal.Decimal`.

    >>> from fractions import Fraction
    >>> as_float(Fraction(1, 4))
    0.25

    Raises:
        TypeError: for anything else, with a word on what to do instead.
        OverflowError: for an integer too large for a float.
    """
    kind = number.__class__
    if kind is float:
        return number  # type: ignore[no-any-return]
    if advice := _advice(number):
        raise TypeError(f"expected a real number, got {_shown(number)}; {advice}")
    try:
        return float(number)
    except OverflowError:
        raise OverflowError(
            f"expected a number that fits a float (up to about 1.8e308), got an integer of "
            f"{number.bit_length()} bits; scale it first"
        ) from None


def _advice(number: Any) -> str:
    """What to do about something that is not a real number; empty for one that is."""
    kind = type(number)
    if issubclass(kind, str | bytes | bytearray):
        return "convert it with float(...)"
    if number is None:
        return "did the function that made it forget its return?"
    if hasattr(kind, "_backward"):
        return "it is a Value already: use it as it is, or .detach() for a copy without history"
    if issubclass(kind, complex) or getattr(getattr(number, "dtype", None), "kind", "") == "c":
        return "pass its .real and .imag as two Values"
    if getattr(number, "ndim", 0) or issubclass(kind, list | tuple | dict | set | range):
        return "make one Value per element, as in [Value(x) for x in xs]"
    if not (hasattr(kind, "__float__") or hasattr(kind, "__index__")):
        return "pass an int, a float or another real number"
    return ""


def _shown(thing: Any) -> str:
    text = repr(thing)
    if len(text) > 40:
        text = text[:36] + " ..."
    return f"{text} of type {type(thing).__name__}"
