"""Read data of unknown origin, such as JSON from a file: a description says what is expected, and reads it.

A description is made of the classes of this module. Reading gives the data, or a ValueError with the path of the first
field that does not fit:

>>> pet = Object({"name": Text(), "legs": Integer(0, 100)}, optional={"weight": Number(finite=True)})
>>> pets = Object({"format": Choice(1), "pets": List(pet)})
>>> pets.read(parse('{"format": 1, "pets": [{"name": "Rex", "legs": 4}]}'))
{'format': 1, 'pets': [{'name': 'Rex', 'legs': 4}]}
>>> pets.read({"format": 1, "pets": [{"name": "Rex", "legs": "4"}]})
Traceback (most recent call last):
    ...
ValueError: pets[0].legs must be a whole number from 0 to 100, got '4'

Nothing here goes deeper into data than its description does, so data nested without end are an error like any other.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn


class Schema:
    """The description of a value."""

    def read(self, data: Any, path: str = "") -> Any:
        """The value in `data`.

        Args:
            data: what `json.load` gave, or anything else.
            path: where the data stand, for errors, such as ``"nodes[3].data"``.

        Raises:
            ValueError: if they do not fit, with the path of the first field that does not.
        """
        return self._read(data, path)

    def _read(self, data: Any, path: str) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class Anything(Schema):
    """Any value, which is not looked at."""

    def _read(self, data: Any, path: str) -> Any:
        return data


@dataclass(frozen=True)
class Text(Schema):
    """A text.

    Attributes:
        pattern: a regular expression that it must match as a whole; None for any text.
        what: what such a text is, for errors.

    >>> Text(r"#[0-9a-f]{6}", "a color such as '#ff8800'").read("red", "style.fill")
    Traceback (most recent call last):
        ...
    ValueError: style.fill must be a color such as '#ff8800', got 'red'
    """

    pattern: str | None = None
    what: str = "a text"

    def _read(self, data: Any, path: str) -> str:
        if isinstance(data, str) and (self.pattern is None or re.fullmatch(self.pattern, data)):
            return data
        raise _misfit(path, self.what, data)


@dataclass(frozen=True)
class Integer(Schema):
    """A whole number, with bounds if they are given; True and 1.0 are none.

    >>> Integer(least=1).read(0, "layers[2]")
    Traceback (most recent call last):
        ...
    ValueError: layers[2] must be a whole number of at least 1, got 0
    """

    least: int | None = None
    most: int | None = None

    def _read(self, data: Any, path: str) -> int:
        is_integer = isinstance(data, int) and not isinstance(data, bool)
        if is_integer and (self.least is None or data >= self.least) and (self.most is None or data <= self.most):
            return data  # type: ignore[no-any-return]
        bounds = "" if self.least is None else f" of at least {self.least}"
        if self.most is not None:
            bounds = f" of at most {self.most}" if self.least is None else f" from {self.least} to {self.most}"
        raise _misfit(path, f"a whole number{bounds}", data)


NOT_IN_JSON = ("nan", "inf", "-inf", "-0")
"""How a `Number` is written that JSON lacks or that readers lose."""


@dataclass(frozen=True)
class Number(Schema):
    """A number, as a float; True is none.

    Unless `finite` is set, nan and infinities are numbers too, and so are the texts "nan", "inf", "-inf" and "-0".

    >>> Number().read("-inf"), Number().read(2)
    (-inf, 2.0)
    >>> Number(finite=True).read("nan", "mean")
    Traceback (most recent call last):
        ...
    ValueError: mean must be a finite number, got 'nan'
    """

    finite: bool = False

    def _read(self, data: Any, path: str) -> float:
        if isinstance(data, int | float) and not isinstance(data, bool):
            try:
                number = float(data)
            except OverflowError:
                raise _misfit(path, "a number that fits a float (up to about 1.8e308)", data) from None
            if math.isfinite(number) or not self.finite:
                return number
        elif not self.finite and isinstance(data, str) and data in NOT_IN_JSON:
            return float(data)
        raise _misfit(path, "a finite number" if self.finite else "a number, 'nan', 'inf', '-inf' or '-0'", data)


class Choice(Schema):
    """One of a few texts, whole numbers, booleans or None.

    >>> Choice("mean", "sum").read("max", "reduction")
    Traceback (most recent call last):
        ...
    ValueError: reduction must be 'mean' or 'sum', got 'max'
    """

    def __init__(self, *values: str | int | None) -> None:
        self.values = values

    def _read(self, data: Any, path: str) -> Any:
        # True == 1 == 1.0 in Python.
        if isinstance(data, str | int | None) and any(type(data) is type(x) and data == x for x in self.values):
            return data
        *others, last = map(repr, self.values)
        raise _misfit(path, f"{', '.join(others)} or {last}" if others else last, data)


@dataclass(frozen=True)
class Nullable(Schema):
    """What `schema` describes, or None, which is null in JSON.

    >>> Nullable(Text()).read(None), Nullable(Text()).read("a")
    (None, 'a')
    """

    schema: Schema

    def _read(self, data: Any, path: str) -> Any:
        return None if data is None else self.schema.read(data, path)


@dataclass(frozen=True)
class List(Schema):
    """A list of elements that one schema describes, with bounds for its length if they are given.

    >>> List(Integer(), most=2).read([1, 2, 3], "hidden")
    Traceback (most recent call last):
        ...
    ValueError: hidden must be a list of at most 2 elements, got a list of 3 elements
    """

    element: Schema
    least: int = 0
    most: int | None = None

    def _read(self, data: Any, path: str) -> list[Any]:
        if not isinstance(data, list | tuple):
            raise _misfit(path, "a list", data)
        if len(data) < self.least:
            raise _misfit(path, f"a list of at least {_count(self.least, 'element')}", data)
        if self.most is not None and len(data) > self.most:
            raise _misfit(path, f"a list of at most {_count(self.most, 'element')}", data)
        return [self.element.read(element, f"{path}[{index}]") for index, element in enumerate(data)]


@dataclass(frozen=True)
class Object(Schema):
    """An object with named fields, as a dictionary in the order of the description.

    Attributes:
        fields: those that it must have.
        optional: those that it may have.
        ignored: names of fields that it may have and that are not read, such as those of older files.
        others: the schema of fields of any other name; None if there must be none.

    >>> Object({"x": Number()}, ignored=["y"]).read({"x": 1, "y": "?", "z": 3}, "points[0]")
    Traceback (most recent call last):
        ...
    ValueError: points[0] must have no fields but x, got one called 'z'
    """

    fields: Mapping[str, Schema]
    optional: Mapping[str, Schema] = field(default_factory=dict)
    ignored: Sequence[str] = ()
    others: Schema | None = None

    def _read(self, data: Any, path: str) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise _misfit(path, "an object with named fields", data)
        described = {**self.fields, **self.optional}
        for name in self.fields:
            if name not in data:
                raise ValueError(f"{_within(path, name)} is missing")
        rest = [name for name in data if name not in described and name not in self.ignored]
        if rest and self.others is None:
            raise ValueError(
                f"{path or 'it'} must have no fields but {', '.join(described)}, got one called {shown(rest[0])}"
            )
        read = {
            name: schema.read(data[name], _within(path, name)) for name, schema in described.items() if name in data
        }
        if self.others is not None:
            read.update(Dictionary(self.others).read({name: data[name] for name in rest}, path))
        return read


@dataclass(frozen=True)
class Dictionary(Schema):
    """An object whose fields have any names, with values that one schema describes.

    >>> Dictionary(Integer()).read({"cats": 3, "dogs": None}, "counts")
    Traceback (most recent call last):
        ...
    ValueError: counts.dogs must be a whole number, got None
    """

    value: Schema

    def _read(self, data: Any, path: str) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise _misfit(path, "an object with named fields", data)
        for name in data:
            if not isinstance(name, str):
                raise ValueError(f"{path or 'it'} must have texts as names of fields, got {shown(name)}")
        return {name: self.value.read(value, _within(path, name)) for name, value in data.items()}


@dataclass(frozen=True)
class OneOf(Schema):
    """An object with a single field, whose name says what it holds. Read as a pair of name and value.

    >>> operand = OneOf({"node": Integer(0), "constant": Number()})
    >>> operand.read({"constant": 2})
    ('constant', 2.0)
    >>> operand.read({}, "operands[1]")
    Traceback (most recent call last):
        ...
    ValueError: operands[1] must be an object with the field node or the field constant, got an object with no fields
    """

    fields: Mapping[str, Schema]

    def _read(self, data: Any, path: str) -> tuple[str, Any]:
        if isinstance(data, Mapping) and len(data) == 1:
            for name, schema in self.fields.items():
                if name in data:
                    return name, schema.read(data[name], _within(path, name))
        raise _misfit(path, f"an object with {' or '.join(f'the field {name}' for name in self.fields)}", data)


@dataclass(frozen=True)
class Cases(Schema):
    """An object one of whose fields, a text, decides which other fields it has.

    >>> column = Cases("kind", {"number": Object({"mean": Number()}), "category": Object({"texts": List(Text())})})
    >>> column.read({"kind": "number", "mean": 1.5})
    {'kind': 'number', 'mean': 1.5}
    >>> column.read({"kind": "date"}, "target")
    Traceback (most recent call last):
        ...
    ValueError: target.kind must be 'number' or 'category', got 'date'
    """

    name: str
    cases: Mapping[str, Object]

    def _read(self, data: Any, path: str) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise _misfit(path, "an object with named fields", data)
        if self.name not in data:
            raise ValueError(f"{_within(path, self.name)} is missing")
        kind = Choice(*self.cases).read(data[self.name], _within(path, self.name))
        rest = {name: value for name, value in data.items() if name != self.name}
        return {self.name: kind, **self.cases[kind].read(rest, path)}


# ---------------------------------------------------------------------- text


def parse(text: str) -> Any:
    """The data in a text of JSON, before a schema reads them.

    Raises:
        ValueError: in one sentence, if it is not JSON, is nested too deeply or has integers too long to be read; and
            for what the standard library lets pass, though other readers do not or take it otherwise: NaN and
            Infinity, and an object with two fields of one name.

    >>> parse('{"a": [1, 2.5]}')
    {'a': [1, 2.5]}
    >>> parse('{"a": 1, "a": 2}')
    Traceback (most recent call last):
        ...
    ValueError: this is not JSON that can be read: an object has two fields called 'a'
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("this is not JSON that can be read: it is nested too deeply") from None
    except ValueError as error:
        # Python's limit for the digits of an integer comes with advice for programmers.
        why = "an integer in it is too long" if "integer string conversion" in str(error) else error
        raise ValueError(f"this is not JSON that can be read: {why}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in made if names.count(name) > 1)
        raise ValueError(f"an object has two fields called {shown(twice)}")
    return made


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


# ---------------------------------------------------------------------- errors


def shown(data: Any) -> str:
    """Any data as a short text for an error message, however large they are or deep.

    >>> shown("a" * 100), shown(10**400), shown([[], []])
    ("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...", 'an integer of 1329 bits', 'a list of 2 elements')
    """
    if isinstance(data, Mapping):
        return f"an object with {_count(len(data), 'field') if data else 'no fields'}"
    if isinstance(data, list | tuple):
        return f"a list of {_count(len(data), 'element')}"
    if isinstance(data, int) and data.bit_length() > 256:
        return f"an integer of {data.bit_length()} bits"
    if not isinstance(data, str | int | float | None):
        return f"something of type {type(data).__name__}"
    text = repr(data[:100] if isinstance(data, str) else data)
    return text if len(text) <= 60 and not (isinstance(data, str) and len(data) > 100) else f"{text[:36]}..."


def _misfit(path: str, expected: str, data: Any) -> ValueError:
    return ValueError(f"{path or 'it'} must be {expected}, got {shown(data)}")


def _within(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
