"""What makes a Value behave as the number it holds: comparisons and conversions, none of them recorded."""

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, le, lt

from autograd.real import as_float, is_foreign

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any


watchers: list[Callable[[NumberLike], None]] = []
"""The first is called with whatever is turned into a float; there are some only while a transform runs."""


class NumberLike:
    """A base class for things with a number in `_data`. Equality and hash stay those of the object itself."""

    __slots__ = ()

    _data: float

    def __lt__(self, other: Any) -> bool:
        return _compare(lt, self, other)

    def __le__(self, other: Any) -> bool:
        return _compare(le, self, other)

    def __gt__(self, other: Any) -> bool:
        return _compare(gt, self, other)

    def __ge__(self, other: Any) -> bool:
        return _compare(ge, self, other)

    def __float__(self) -> float:
        if watchers:
            for watcher in watchers[:1]:  # another thread may have taken it away meanwhile
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

    def conjugate(self) -> Any:
        """The number itself, being real; NumPy asks for it in the variance of an array of objects."""
        return self


def _compare(relation: Callable[[Any, Any], bool], x: NumberLike, y: Any) -> bool:
    if isinstance(y, NumberLike):
        return relation(x._data, y._data)
    if isinstance(y, int | float):  # as floats compare with integers of any size
        return relation(x._data, y)
    return NotImplemented if is_foreign(y) else relation(x._data, as_float(y))


def number_in(operand: Any) -> float:
    """The number of a Value, or a number of any kind as a float."""
    return operand._data if isinstance(operand, NumberLike) else as_float(operand)
