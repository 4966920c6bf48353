"""Encodes columns of text as inputs of a network, and decodes predicted numbers.

A column of numbers is scaled to mean 0 and standard deviation 1. A column of texts becomes one input for each text: 1
for the text of the row, 0 for the others. What is learned about a column is plain data, saved in ``model.json``.

    >>> number = NumberColumn.fitted("age", [20.0, 40.0])
    >>> number.encoded(50.0)
    [2.0]
    >>> CategoryColumn("pet", ["cat", "dog"]).encoded("dog")
    [0.0, 1.0]
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.schema import Cases, List, Number, Object, Schema, Text, shown
from autograd.text.labels import counted
from nn.preprocessing import StandardScaler
from stepgrad.tables.reading import Table, TableError

MISSING = frozenset(["", "na", "n/a", "nan", "null", "none", "?", "-"])
"""Fields that mark a missing value, in lower case."""

MOSTLY = 0.9
"""A column is numeric if at least this fraction of its fields are numbers; other fields are then errors."""

LARGEST = 1e100
"""The largest number that is read: its squares, and sums of them, stay far below the largest float, 1.8e308."""


@dataclass
class NumberColumn:
    """A column of numbers, scaled by ``(x - mean) / scale``.

    `filling` replaces a missing value; if it is None, a missing value is an error.
    """

    name: str
    mean: float
    scale: float
    filling: float | None = None

    @classmethod
    def fitted(cls, name: str, numbers: Sequence[float], *, fill: bool = False) -> NumberColumn:
        """Mean and standard deviation of these numbers; the scale of a constant column is 1.

        With `fill` a missing value counts as the mean.
        """
        scaler = StandardScaler().fit([[number] for number in numbers])
        return cls(name, scaler.mean_[0], scaler.scale_[0], scaler.mean_[0] if fill else None)

    @property
    def width(self) -> int:
        """The number of inputs: 1."""
        return 1

    def encoded(self, number: float) -> list[float]:
        """``(number - mean) / scale``, the one input of the network for this column."""
        return [(number - self.mean) / self.scale]

    def decoded(self, scaled: float) -> float:
        """The number for an output of the network: ``scaled * scale + mean``."""
        return scaled * self.scale + self.mean

    def as_json(self) -> dict[str, Any]:
        """The entry of ``model.json`` that `ColumnSchema` reads; without a filling it has no such key."""
        described = {"name": self.name, "kind": "number", "mean": self.mean, "scale": self.scale}
        return described if self.filling is None else {**described, "filling": self.filling}


@dataclass
class CategoryColumn:
    """A column of texts, each of which is one of the categories.

    `filling` replaces a missing text; if it is None, a missing text is an error.
    """

    name: str
    categories: list[str]
    filling: str | None = None

    @property
    def width(self) -> int:
        """The number of inputs: one for each category."""
        return len(self.categories)

    def encoded(self, text: str) -> list[float]:
        """1 for the category of this text, 0 for the others; all 0 for a text that did not occur in training."""
        return [float(text == category) for category in self.categories]

    def as_json(self) -> dict[str, Any]:
        """As `NumberColumn.as_json`, with the categories in their order, which is the order of the inputs."""
        described = {"name": self.name, "kind": "category", "categories": self.categories}
        return described if self.filling is None else {**described, "filling": self.filling}


Column = NumberColumn | CategoryColumn


_SCHEMA = Cases(
    "kind",
    {
        "number": Object(
            {"name": Text(), "mean": Number(finite=True), "scale": Number(finite=True)},
            optional={"filling": Number(finite=True)},
        ),
        "category": Object({"name": Text(), "categories": List(Text(), least=1)}, optional={"filling": Text()}),
    },
)


@dataclass(frozen=True)
class ColumnSchema(Schema):
    """The description of a column in ``model.json``; read as the column.

    >>> ColumnSchema().read({"name": "pet", "kind": "category", "categories": ["cat", "dog"]})
    CategoryColumn(name='pet', categories=['cat', 'dog'], filling=None)
    >>> ColumnSchema().read({"name": "age", "kind": "number", "mean": 30, "scale": 0}, "features[0]")
    Traceback (most recent call last):
        ...
    ValueError: features[0].scale must be above 0, got 0.0
    """

    def _read(self, data: Any, path: str) -> Column:
        described = _SCHEMA.read(data, path)
        if described.pop("kind") == "number":
            if described["scale"] <= 0:
                raise ValueError(f"{path}.scale must be above 0, got {described['scale']}")
            return NumberColumn(**described)
        column = CategoryColumn(**described)
        check_all_differ(column.categories, f"{path}.categories")
        if column.filling is not None and column.filling not in column.categories:
            raise ValueError(f"{path}.filling must be one of the categories, got {shown(column.filling)}")
        return column


def check_all_differ(texts: Sequence[str], path: str) -> None:
    """Raise a ValueError if two of these texts are the same."""
    if len(set(texts)) < len(texts):
        twice = next(text for text, count in Counter(texts).items() if count > 1)
        raise ValueError(f"{path} must differ from each other, got {shown(twice)} twice")


# ---------------------------------------------------------------------- from text


def number_in(text: str) -> float | None:
    """The number in a field; None if there is none, or if it is infinite or nan.

    >>> number_in("1e3"), number_in("abc"), number_in("inf")
    (1000.0, None, None)
    """
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def is_missing(text: str) -> bool:
    """Whether a field is one of the marks of a missing value, such as ``NA`` or ``?``."""
    return text.lower() in MISSING


def overflows(text: str) -> bool:
    """Whether a field has a number that is larger than the largest float.

    >>> overflows("3e308"), overflows("1e308"), overflows("inf")
    (True, False, False)
    """
    try:
        return math.isinf(float(text)) and any(map(str.isdigit, text)) and "_" not in text
    except ValueError:
        return False


def is_numeric(fields: Iterable[str]) -> bool:
    """Whether at least 90% of the fields of a column that are not missing are numbers.

    >>> is_numeric(["1", "2", "?", "3"]), is_numeric(["1", "two", "three"])
    (True, False)
    """
    known = [field for field in fields if not is_missing(field)]
    return bool(known) and sum(map(_is_number, known)) >= MOSTLY * len(known)


def _is_number(text: str) -> bool:
    return number_in(text) is not None or overflows(text)


def numbers_in(table: Table, name: str, *, skip_missing: bool = False) -> list[float]:
    """The numbers of a column.

    Args:
        table: the table.
        name: the column.
        skip_missing: leave missing values out, instead of raising an error.

    Raises:
        TableError: if a field is not a number; the message has its line and column.
    """
    fields = table.column(name)
    return [number_at(table, row, name) for row, field in enumerate(fields) if not (skip_missing and is_missing(field))]


FILL_IN = "fill it in, or pass --missing drop or mean"
FILL_IN_NOW = "fill it in, leave the row out, or train again with --missing mean to have such values filled in"
READ_AS_TEXT = "mend it, or pass --text {} to read the column as text"
NUMBER_NOW = "mend it, for the model reads numbers there"


def number_at(table: Table, row: int, name: str, *, training: bool = True) -> float:
    """The number in one field.

    Args:
        table: the table.
        row: the index of the row.
        name: the column.
        training: whether the advice in an error is for `train`, which has other options than `predict`.

    Raises:
        TableError: if it is not a number or too large; the message has its line and column.
    """
    text = table.rows[row][table.index(name)]
    number = number_in(text)
    where = place_of(table, row, name)
    if number is None and is_missing(text):
        raise missing_error(table, row, name, training=training)
    if overflows(text) or (number is not None and abs(number) > LARGEST):
        raise TableError(
            f"{where} is {text!r}, which is too large to compute with; numbers may go up to 1e100: mend it, or give "
            "the column in another unit"
        )
    if number is None:
        advice = READ_AS_TEXT.format(repr(name)) if training else NUMBER_NOW
        raise TableError(f"{where} is {text!r}, which is not a number as the others in this column are; {advice}")
    return number


def place_of(table: Table, row: int, name: str) -> str:
    """File, line and column of a field, for messages."""
    return f"{table.path}, line {table.lines[row]}, column {name!r}"


def missing_error(table: Table, row: int, name: str, *, training: bool) -> TableError:
    """The error for a missing value, with advice for `train` or for `predict`."""
    text = table.rows[row][table.index(name)]
    advice = FILL_IN if training else FILL_IN_NOW
    return TableError(f"{place_of(table, row, name)} is {text!r}: the value is missing; {advice}")


def texts_in(table: Table, name: str, *, skip_missing: bool = False) -> list[str]:
    """The texts of a column; with `skip_missing`, without the fields that mark a missing value.

    Raises:
        TableError: if a text is missing; the message has its line and column.
    """
    fields = table.column(name)
    if skip_missing:
        return [field for field in fields if not is_missing(field)]
    for row, field in enumerate(fields):
        if is_missing(field):
            raise missing_error(table, row, name, training=True)
    return fields


# ---------------------------------------------------------------------- texts that are meant as numbers

_WRITTEN = {
    "a decimal comma": (re.compile(r"[+-]?(\d+|\d{1,3}([. ]\d{3})+),\d+"), "write decimal points"),
    "a percent sign": (re.compile(r"[+-]?\d+([.,]\d+)?\s?%"), "write the numbers without it"),
    "a thousands separator": (
        re.compile(r"[+-]?\d{1,3}([,.'\u2019 \u00a0\u202f]\d{3})+(\.\d+)?"),
        "write the digits without it",
    ),
}
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?([T ].*)?|\d{4}/\d\d?/\d\d?|\d\d?([./-])\d\d?\2\d{2,4}")


def written_as(text: str) -> str | None:
    """The notation that keeps a number from being read, such as a decimal comma; None if the text has none of these.

    >>> written_as("5,1"), written_as("3%"), written_as("1'000"), written_as("red")
    ('a decimal comma', 'a percent sign', 'a thousands separator', None)
    """
    return next((kind for kind, (pattern, _) in _WRITTEN.items() if pattern.fullmatch(text)), None)


def check_is_text(table: Table, name: str, option: str) -> None:
    """Raise an error for a column of texts if more than half of them are, or look like, numbers.

    Args:
        table: the table.
        name: the column, which is about to be read as text.
        option: the option to pass if the column is text.

    Raises:
        TableError: naming the first field that is not read as a number.
    """
    fields = table.column(name)
    known = [row for row, field in enumerate(fields) if not is_missing(field)]
    numbers = sum(_is_number(fields[row]) for row in known)
    alike = sum(written_as(fields[row]) is not None for row in known)
    if 2 * (numbers + alike) <= len(known):
        return
    odd = [row for row in known if not _is_number(fields[row])]
    if alike:
        first = next(row for row in odd if written_as(fields[row]))
        kind = written_as(fields[first])
        assert kind is not None
        what = f"which looks like a number with {kind}, as {alike} of {len(known)} fields in this column do"
        advice = f"{_WRITTEN[kind][1]}, or pass {option} if it is text"
    else:
        first = odd[0]
        what = f"but {numbers} of {len(known)} fields in this column are numbers"
        advice = f"mend the {counted(len(odd), 'other')}, or pass {option} to read the column as text"
    raise TableError(f"{place_of(table, first, name)} is {fields[first]!r}, {what}; {advice}")


def hold_dates(fields: Iterable[str]) -> bool:
    """Whether more than half of the texts that are not missing are dates.

    >>> hold_dates(["2024-01-31", "31.1.2024", "soon"]), hold_dates(["1.5", "red"])
    (True, False)
    """
    known = [field for field in fields if not is_missing(field)]
    return 2 * sum(_DATE.fullmatch(field) is not None for field in known) > len(known)


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
