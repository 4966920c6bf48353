"""What makes a Value behave as the number it holds: comparisons and conversions, none of them recorded."""

from __future__ import annotations

from typing import Any

from autograd.real import as_float


class NumberLike:
    """A base class for things with a number in `data`. Equality and hash stay those of the object itself."""

    __slots__ = ()

    data: float

    def __lt__(self, other: Any) -> bool:
        return self.data < number_in(other)

    def __le__(self, other: Any) -> bool:
        return self.data <= number_in(other)

    def __gt__(self, other: Any) -> bool:
        return self.data > number_in(other)

    def __ge__(self, other: Any) -> bool:
        return self.data >= number_in(other)

    def __float__(self) -> float:
        return float(self.data)

    def __int__(self) -> int:
        return int(self.data)

    __trunc__ = __int__

    def __bool__(self) -> bool:
        return bool(self.data)

    def __round__(self, digits: int | None = None) -> float:
        return round(self.data, digits)

    def __floor__(self) -> int:
        return self.data.__floor__()

    def __ceil__(self) -> int:
        return self.data.__ceil__()

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else str(self)

    def item(self) -> float:
        """The number as a plain float."""
        return float(self.data)


def number_in(operand: Any) -> float:
    """The number of a Value, or a number of any kind as a float."""
    return operand.data if isinstance(operand, NumberLike) else as_float(operand)
