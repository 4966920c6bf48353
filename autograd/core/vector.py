"""Share a sequence of operands among several operations, so that it is read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

from autograd.core.number import RealNumber, number_in

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

# A node that keeps its operands in a tuple has this in place of its second local derivative.
MANY: Any = ()


class Vector:
    """A sequence of Values and numbers for operations that take vectors, such as `dot`.

    An operation looks at each element of a list, but not of a Vector: a layer makes one Vector of its inputs and
    shares it among its neurons. The numbers are read when the Vector is made: make a new one after changing the
    data of an element.

    Args:
        elements: Values and numbers.

    Attributes:
        elements: the Values, and constants as floats.
        data: their numbers.
        kind: of the elements: "leaves", "results", "constants" or "mixed".

    >>> from autograd import Value
    >>> vector = Vector([Value(1.0), 2])
    >>> vector.data, vector.kind
    ([1.0, 2.0], 'mixed')
    """

    __slots__ = ("data", "elements", "grad", "kind")

    _a = None  # as in a leaf, so that `order_and_clear` looks for no operands here
    kinds: dict[frozenset[type], str] = {frozenset([float]): "constants"}  # noqa: RUF012

    def __init__(self, elements: Iterable[Any] = ()) -> None:
        self.elements = tuple(elements)
        self.grad: Any = 0.0
        # The usual vectors, all of one kind, are read without a look at each element.
        self.kind = self.kinds.get(frozenset(map(type, self.elements)), "mixed")
        self.data: list[float]
        if self.kind in ("leaves", "results"):
            self.data = list(map(_data, self.elements))
        elif self.kind == "constants":
            self.data = list(self.elements)
        else:
            self.data = list(map(number_in, self.elements))
            self.elements = tuple(
                x if isinstance(x, RealNumber) else number for x, number in zip(self.elements, self.data, strict=True)
            )
            if not any(isinstance(x, RealNumber) for x in self.elements):
                self.kind = "constants"

    def __iter__(self) -> Iterator[Any]:
        return iter(self.elements)

    def __len__(self) -> int:
        return len(self.elements)

    def __repr__(self) -> str:
        return f"Vector({list(self.elements)})"


_data = attrgetter("_data")


def a_sequence(operation: str, argument: Any) -> Iterable[Any]:
    """The argument of an operation that takes a vector, if it is a sequence.

    Raises:
        TypeError: if it is a single number, for one.
    """
    if not hasattr(argument, "__iter__"):
        raise TypeError(f"{operation} takes a list of Values or numbers, got {argument!r}; put it into a list")
    return argument  # type: ignore[no-any-return]
