"""What counts as a number: the one place where operands from outside are checked and become floats."""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any


def as_float(number: Any) -> float:
    """A real number of any kind as a float.

    Accepts int, float, bool, NumPy scalars, `fractions.Fraction` and `decimal.Decimal`.

    >>> from fractions import Fraction
    >>> as_float(Fraction(1, 4))
    0.25

    Raises:
        TypeError: for anything else, with a word on what to do instead.
        OverflowError: for a number too large for a float.
    """
    kind = number.__class__
    if kind is float:
        return number  # type: ignore[no-any-return]
    if kind is not int and kind is not bool and (advice := _advice(number)):
        raise TypeError(f"expected a real number, got {_shown(number)}; {advice}")
    try:
        return float(number)
    except OverflowError:
        raise OverflowError(
            f"expected a number that fits a float (up to about 1.8e308), got {_shown(number)}; scale it first"
        ) from None
    except Exception:
        raise TypeError(
            f"expected a real number, got {_shown(number)}, which has no value as a float; pass an int or a float"
        ) from None


def is_foreign(operand: Any) -> bool:
    """Whether an operand is better asked for an operator of its own: an array, or a type unknown here."""
    if getattr(operand, "ndim", 0):
        return True
    kind = type(operand)
    return not (hasattr(kind, "__float__") or hasattr(kind, "__index__") or _advice(operand) != _UNKNOWN)


_UNKNOWN = "pass an int, a float or another real number"


def _advice(number: Any) -> str:
    """What to do about something that is not a real number; empty for one that is."""
    kind = type(number)
    dtype = getattr(getattr(number, "dtype", None), "kind", "")
    if issubclass(kind, float | int):
        return ""
    if issubclass(kind, str | bytes | bytearray):
        return "convert it with float(...)"
    if number is None:
        return "did the function that made it forget its return?"
    if hasattr(kind, "_backward"):
        return "it is a Value already: use it as it is, or .detach() for a copy without history"
    if issubclass(kind, complex) or dtype == "c":
        return "pass its .real and .imag as two Values"
    if getattr(number, "ndim", 0) or issubclass(kind, list | tuple | dict | set | range):
        return "make one Value per element, as in [Value(x) for x in xs]"
    if dtype == "O":
        return "take out what it holds with .item()"
    if getattr(number, "requires_grad", False):
        return "its history cannot be continued here: pass its number, .item()"
    if not (hasattr(kind, "__float__") or hasattr(kind, "__index__")):
        return _UNKNOWN
    return ""


def _shown(thing: Any) -> str:
    if isinstance(thing, int) and thing.bit_length() > 256:
        return f"an integer of {thing.bit_length()} bits"
    try:
        text = repr(thing)
    except Exception:  # an integer inside may have too many digits to print
        text = "one"
    if len(text) > 40:
        text = text[:36] + " ..."
    return f"{text} of type {type(thing).__name__}"
