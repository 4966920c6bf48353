"""Columns of text as numbers that a network can take, and back.

A column of numbers is scaled to mean 0 and deviation 1; a column of texts becomes one input for each text, 1 for the
one that stands there and 0 for the others. What is learned about a column is plain data, kept in ``model.json``.

    >>> number = NumberColumn.fitted("age", [20.0, 40.0])
    >>> number.encoded(50.0)
    [2.0]
    >>> CategoryColumn("pet", ["cat", "dog"]).encoded("dog")
    [0.0, 1.0]
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nn.preprocessing import StandardScaler
from nn.tabular.table import Table, TableError

MISSING = frozenset(["", "na", "n/a", "nan", "null", "none", "?", "-"])
"""What stands for a value that is not known, in lower case."""

MOSTLY = 0.9
"""A column is one of numbers if at least this part of its fields are: then the others are mistakes."""


@dataclass
class NumberColumn:
    """A column of numbers and what scales it: ``(x - mean) / scale``."""

    name: str
    mean: float
    scale: float

    @classmethod
    def fitted(cls, name: str, numbers: Sequence[float]) -> NumberColumn:
        """Mean and standard deviation of these numbers; the scale of a constant column is 1."""
        scaler = StandardScaler().fit([[number] for number in numbers])
        return cls(name, scaler.mean_[0], scaler.scale_[0])

    @property
    def width(self) -> int:
        """How many inputs it makes."""
        return 1

    def encoded(self, number: float) -> list[float]:
        """A number as it goes into the network."""
        return [(number - self.mean) / self.scale]

    def decoded(self, scaled: float) -> float:
        """And back."""
        return scaled * self.scale + self.mean

    def as_json(self) -> dict[str, Any]:
        """For ``model.json``."""
        return {"name": self.name, "kind": "number", "mean": self.mean, "scale": self.scale}


@dataclass
class CategoryColumn:
    """A column of texts, each of which is one of the categories."""

    name: str
    categories: list[str]

    @property
    def width(self) -> int:
        """How many inputs it makes."""
        return len(self.categories)

    def encoded(self, text: str) -> list[float]:
        """1 for the category that it is, 0 for the others; all 0 for a text that was not there in training."""
        return [float(text == category) for category in self.categories]

    def as_json(self) -> dict[str, Any]:
        """For ``model.json``."""
        return {"name": self.name, "kind": "category", "categories": self.categories}


Column = NumberColumn | CategoryColumn


def from_json(described: dict[str, Any]) -> Column:
    """A column from its entry in ``model.json``.

    >>> from_json({"name": "pet", "kind": "category", "categories": ["cat", "dog"]})
    CategoryColumn(name='pet', categories=['cat', 'dog'])
    """
    if described["kind"] == "number":
        column = NumberColumn(str(described["name"]), float(described["mean"]), float(described["scale"]))
        if not (math.isfinite(column.mean) and math.isfinite(column.scale) and column.scale > 0):
            raise ValueError(f"the scaling of column {column.name!r} is not usable")
        return column
    if described["kind"] == "category":
        return CategoryColumn(str(described["name"]), [str(category) for category in described["categories"]])
    raise ValueError(f"a column is of kind number or category, got {described['kind']!r}")


# ---------------------------------------------------------------------- from text


def number_in(text: str) -> float | None:
    """The number that a field holds; None if it holds none. Infinities and nan are none.

    >>> number_in("1e3"), number_in("abc"), number_in("inf")
    (1000.0, None, None)
    """
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def is_missing(text: str) -> bool:
    """Whether a field says that its value is not known."""
    return text.lower() in MISSING


def is_numeric(fields: Iterable[str]) -> bool:
    """Whether a column holds numbers, but for mistakes and missing values.

    >>> is_numeric(["1", "2", "?", "3"]), is_numeric(["1", "two", "three"])
    (True, False)
    """
    known = [field for field in fields if not is_missing(field)]
    return bool(known) and sum(number_in(field) is not None for field in known) >= MOSTLY * len(known)


def numbers_in(table: Table, name: str) -> list[float]:
    """A column of numbers as numbers.

    Raises:
        TableError: if a field holds none, naming its line and column.
    """
    return [number_at(table, row, name) for row in range(len(table))]


def number_at(table: Table, row: int, name: str) -> float:
    """The number in one field.

    Raises:
        TableError: if it holds none, naming its line and column.
    """
    text = table.rows[row][table.index(name)]
    number = number_in(text)
    if number is None:
        where = f"{table.path}, line {table.lines[row]}, column {name!r}"
        if is_missing(text):
            raise TableError(f"{where} is {text!r}: the value is missing; fill it in, or pass --missing drop or mean")
        raise TableError(
            f"{where} is {text!r}, which is not a number as the others in this column are; mend it, or pass "
            f"--text {name!r} to read the column as text"
        )
    return number


def texts_in(table: Table, name: str) -> list[str]:
    """A column of texts.

    Raises:
        TableError: if one is missing, naming its line and column.
    """
    fields = table.column(name)
    for row, field in enumerate(fields):
        if is_missing(field):
            raise TableError(
                f"{table.path}, line {table.lines[row]}, column {name!r} is {field!r}: the value is missing; fill it "
                "in, or pass --missing drop or mean"
            )
    return fields


# ---------------------------------------------------------------------- missing values


def without_missing(table: Table, names: Sequence[str]) -> Table:
    """The rows in which all of these columns have a value.

    Raises:
        TableError: if no row is left.
    """
    places = [table.index(name) for name in names]
    whole = [i for i, row in enumerate(table.rows) if not any(is_missing(row[place]) for place in places)]
    if not whole:
        raise TableError(f"every row of {table.path} lacks some value; leave out columns with --ignore NAME")
    return table.taken(whole)


def with_filled(table: Table, names: Sequence[str], numeric: Iterable[str]) -> Table:
    """Missing values replaced: in columns of numbers by the mean, in others by the most frequent text.

    Raises:
        TableError: if a column has no value at all.
    """
    rows = [list(row) for row in table.rows]
    numeric = set(numeric)
    for name in names:
        place = table.index(name)
        known = [row[place] for row in rows if not is_missing(row[place])]
        if len(known) == len(rows):
            continue
        if not known:
            raise TableError(f"column {name!r} of {table.path} is empty; leave it out with --ignore {name!r}")
        if name in numeric:
            numbers = [number for number in map(number_in, known) if number is not None]
            filling = repr(math.fsum(numbers) / len(numbers))
        else:
            filling = Counter(known).most_common(1)[0][0]
        for row in rows:
            if is_missing(row[place]):
                row[place] = filling
    return Table(table.path, table.columns, rows, table.lines)
