"""Convert any real number to a float (`as_float`), and make a Value behave as its number (`RealNumber`).

Operands from outside are checked here and nowhere else, and so are options that are whole numbers, of every package.
Comparisons and conversions are not recorded in the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, index, le, lt

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Number(Protocol):
        """A plain real number of any kind. Lists and arrays have no hash, a Value has no `real`."""

        @property
        def real(self) -> Any:
            """The number itself."""

        def __float__(self) -> float: ...
        def __hash__(self) -> int: ...


# ---------------------------------------------------------------------- what is accepted


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
    """Whether an operator should return NotImplemented for an operand: an array, or a type that is not a number."""
    return bool(getattr(operand, "ndim", 0)) or _advice(operand) == _UNKNOWN


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


# ---------------------------------------------------------------------- whole numbers


def as_integer(number: Any) -> int | None:
    """An integer of any type, such as NumPy's, as an int; None for anything else, also for bools and floats.

    >>> as_integer(2), as_integer(2.0), as_integer(True)
    (2, None, None)
    """
    try:
        return None if isinstance(number, bool) else index(number)
    except TypeError:
        return None


def whole_number(
    name: str,
    value: Any,
    least: int | None = 1,
    most: int | None = None,
    more: str = "",
    *,
    kind: type[Exception] = ValueError,
) -> int:
    """The value of an option as an int, if it is a whole number of any type, such as NumPy's.

    Args:
        name: the name of the option in the error, such as ``"dim"`` or ``"step_size of StepLR"``.
        value: what was passed.
        least: the smallest allowed number; None for no lower limit.
        most: the largest allowed number; None for no upper limit.
        more: text that the error adds to what is expected: ``", one for each moon"``, ``" or None"``.
        kind: the class of the error for something that is not a whole number.

    Raises:
        ValueError: if it is not a whole number, or is out of bounds; a bool, a float and a text are none.

    >>> whole_number("batch_size", 32)
    32
    >>> whole_number("batch_size", 0)
    Traceback (most recent call last):
        ...
    ValueError: batch_size must be a whole number of at least 1, got 0
    """
    whole = as_integer(value)
    if whole is not None and (least is None or whole >= least) and (most is None or whole <= most):
        return whole
    bounds = "" if least is None else f" of at least {least}" if most is None else f" from {least} to {most}"
    error = kind if whole is None else ValueError
    raise error(f"{name} must be a whole number{bounds}{more}, got {value!r}")


# ---------------------------------------------------------------------- behaving as a number


watchers: list[Callable[[RealNumber], None]] = []
"""The first function in this list is called with each Value that is converted to a float.

A transform adds one while it runs, to warn that the history of that Value is lost.
"""


class RealNumber:
    """A base class for things with a number in `_data`. Equality and hash stay those of the object itself."""

    __slots__ = ()

    _data: float

    def __lt__(self, other: RealNumber | Number) -> bool:
        return _compare(lt, self, other)

    def __le__(self, other: RealNumber | Number) -> bool:
        return _compare(le, self, other)

    def __gt__(self, other: RealNumber | Number) -> bool:
        return _compare(gt, self, other)

    def __ge__(self, other: RealNumber | Number) -> bool:
        return _compare(ge, self, other)

    def __float__(self) -> float:
        if watchers:
            for watcher in watchers[:1]:  # a slice, since another thread may have emptied the list meanwhile
                watcher(self)
        return self._data

    def __int__(self) -> int:
        return int(self._data)

    __trunc__ = __int__

    def __bool__(self) -> bool:
        return bool(self._data)

    def __round__(self, digits: int | None = None) -> float:
        return round(self._data, digits)

    def __floor__(self) -> int:
        return self._data.__floor__()

    def __ceil__(self) -> int:
        return self._data.__ceil__()

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else str(self)

    def item(self) -> float:
        """The number as a plain float."""
        return self._data

    def as_integer_ratio(self) -> Any:
        """Refused: `statistics.mean` asks for it and would drop the history of the number."""
        raise TypeError(
            "a Value has no exact ratio that a gradient could pass through; use autograd.mean, var or std instead of "
            "the module statistics, or float(value) for the plain number"
        )

    def conjugate(self) -> Any:
        """The number itself, since it is real. NumPy calls this in the variance of an array of objects."""
        return self


def _compare(relation: Callable[[Any, Any], bool], x: RealNumber, y: Any) -> bool:
    if isinstance(y, RealNumber):
        return relation(x._data, y._data)
    if isinstance(y, int | float):
        return relation(x._data, y)
    if is_foreign(y):
        return NotImplemented  # type: ignore[no-any-return]
    try:
        number: Any = as_float(y)
    except OverflowError:
        number = y
    try:
        return bool(relation(x._data, y))  # Python compares fractions and decimals with a float exactly
    except (TypeError, ArithmeticError):  # a type of number that only converts, or a Decimal that is nan
        return bool(relation(x._data, number))


def is_sequence(thing: Any) -> bool:
    """Whether this is a sequence of any kind rather than one number.

    Texts, bytes, sets and dictionaries are none, although one can iterate over them.

    >>> from autograd import Value
    >>> is_sequence((1.0, 2.0)), is_sequence(1.0), is_sequence(Value(1.0)), is_sequence({1.0: 2.0})
    (True, False, False, False)
    """
    return hasattr(thing, "__iter__") and getattr(thing, "ndim", 1) != 0 and not isinstance(thing, _OTHERS)


_OTHERS = (str, bytes, bytearray, set, frozenset, dict)


def number_in(operand: Any) -> float:
    """The number of a Value, or a number of any kind as a float."""
    return operand._data if isinstance(operand, RealNumber) else as_float(operand)
