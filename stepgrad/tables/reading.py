"""Reads a table from a CSV file; errors name the file, the line and the column.

`read_table` reads a whole table, `open_table` a row at a time.

>>> import tempfile; from pathlib import Path
>>> with tempfile.TemporaryDirectory() as folder:
...     path = Path(folder, "pets.csv")
...     _ = path.write_text("name,legs\\nRex,4\\nTweety,2\\n")
...     table = read_table(path)
>>> table.columns, table.column("legs"), table.lines
(['name', 'legs'], ['4', '2'], [2, 3])
"""

from __future__ import annotations

import codecs
import csv
import difflib
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from os import PathLike, strerror
from pathlib import Path
from typing import Any

from autograd.core.number import whole_number
from autograd.text.labels import counted

DELIMITERS = (",", ";", "\t", "|")
MOST_ROWS = 100_000


class TableError(ValueError):
    """A table or a request about it is wrong; the message is one sentence for the user."""


@dataclass
class Table:
    """Rows of text under named columns.

    Attributes:
        path: the file it was read from, as it was passed.
        columns: the names in the header.
        rows: the fields of each row, without surrounding blanks.
        lines: for each row the line of the file on which it ends.
    """

    path: str
    columns: list[str]
    rows: list[list[str]]
    lines: list[int]

    def column(self, name: str) -> list[str]:
        """The fields of one column.

        Raises:
            TableError: if there is no such column.
        """
        index = self.index(name)
        return [row[index] for row in self.rows]

    def index(self, name: str) -> int:
        """The place of a column.

        Raises:
            TableError: if there is no such column.
        """
        place = self._places.get(name)
        if place is None:
            raise no_column(self.path, name, self.columns)
        return place

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.columns)}

    def taken(self, indices: Iterable[int]) -> Table:
        """A table of the rows at these indices, in this order."""
        chosen = list(indices)
        return Table(self.path, self.columns, [self.rows[i] for i in chosen], [self.lines[i] for i in chosen])

    def __len__(self) -> int:
        return len(self.rows)


def no_column(path: str | PathLike[str], name: str, columns: Sequence[str]) -> TableError:
    """The error for the name of a column that a table does not have."""
    return TableError(f"{path} has no column {name!r}; {suggestion(name, columns)}")


def suggestion(name: str, names: Sequence[str]) -> str:
    """The end of an error message for an unknown name: the closest name, or else a list of all.

    >>> suggestion("speces", ["species", "width"])
    "did you mean 'species'?"
    """
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    shown = ", ".join(map(repr, names[:20]))
    return f"it has {shown}{', ...' if len(names) > 20 else ''}"


def read_table(
    path: str | PathLike[str],
    *,
    delimiter: str | None = None,
    encoding: str = "utf-8",
    sample: int | None = None,
    seed: int = 0,
    check: Callable[[list[str]], object] = lambda columns: None,
) -> Table:
    """Read a whole table.

    Args:
        path: a CSV file whose first line names the columns.
        delimiter: the character between fields; by default the most frequent one of ``, ; tab |`` in the header.
        encoding: the encoding of the text.
        sample: keep this many rows, drawn at random with equal chances, in the order of the file.
        seed: the seed of that draw.
        check: called with the names of the columns before any row is read; it may raise a `TableError`.

    Raises:
        TableError: if the file cannot be read, is not text in this encoding, has no rows, rows of several lengths,
            columns without a name or of one name, or more than 100,000 rows and `sample` is not given.
        ValueError: if `sample` or `seed` is not a whole number.
    """
    sample = None if sample is None else whole_number("sample", sample)
    generator = random.Random(whole_number("seed", seed, None))
    kept: list[tuple[int, list[str]]] = []
    with open_table(path, delimiter=delimiter, encoding=encoding) as (columns, numbered_rows):
        check(columns)
        for count, numbered in enumerate(numbered_rows, start=1):
            if sample is None:
                if count > MOST_ROWS:
                    raise TableError(
                        f"{path} has more than {MOST_ROWS:,} rows, too many for an engine that computes one number at "
                        "a time; pass --sample 10000 to learn from that many of them, drawn at random"
                    )
                kept.append(numbered)
            elif len(kept) < sample:
                kept.append(numbered)
            elif (place := generator.randrange(count)) < sample:
                kept[place] = numbered
    kept.sort(key=lambda numbered: numbered[0])
    if not kept:
        raise TableError(f"{path} has a header but no rows; add the data")
    return Table(str(path), columns, [row for _, row in kept], [line for line, _ in kept])


@contextmanager
def open_table(
    path: str | PathLike[str], *, delimiter: str | None = None, encoding: str = "utf-8"
) -> Iterator[tuple[list[str], Iterator[tuple[int, list[str]]]]]:
    """The columns of a CSV file and its rows one by one, each with its line: for tables of any length.

    Raises:
        TableError: as `read_table` does; for a wrong row not before that row is reached.
    """
    with _errors_in_words(path, encoding):
        if Path(path).is_dir():
            raise TableError(f"{path} is a folder; pass a CSV file")
        file = Path(path).open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="")  # noqa: SIM115
    with file:
        numbered = _guarded(path, encoding, _parsed(str(path), file, delimiter))
        _, columns = next(numbered)
        yield columns, numbered


def _guarded(
    path: str | PathLike[str], encoding: str, rows: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    with _errors_in_words(path, encoding):
        yield from rows


@contextmanager
def _errors_in_words(path: str | PathLike[str], encoding: str) -> Iterator[None]:
    try:
        yield
    except UnicodeError as error:
        where = _line_of(path, error)
        raise TableError(f"{path} is not {encoding} text{where}; {_encoding_advice(path, encoding)}") from None
    except LookupError:
        raise TableError(f"there is no encoding {encoding!r}; pass one such as utf-8, latin-1 or utf-16") from None
    except OSError as error:
        reason = strerror(error.errno).lower() if error.errno else str(error)
        raise TableError(f"cannot read {path}: {reason}; check the path") from None


def _parsed(path: str, file: Iterable[str], delimiter: str | None) -> Iterator[tuple[int, list[str]]]:
    """The header, then every row that is not blank, each with its line; raises an error for a wrong one."""
    lines = _of_text(path, file)
    above = 0  # blank lines above the header
    first = next(lines, "")
    while first and not first.strip():
        above += 1
        first = next(lines, "")
    if not first:
        raise TableError(f"{path} is empty; its first line should name the columns")
    if delimiter is None:
        delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(_from(first, lines), delimiter=delimiter, strict=True, skipinitialspace=True)
    begins = above + 1  # the line on which the current row begins: a quoted text may extend over several lines
    try:
        columns = [name.strip() for name in next(reader)]
        _check_columns(path, columns, begins)
        yield begins, columns
        begins = above + reader.line_num + 1
        for row in reader:
            ends = above + reader.line_num
            fields = [field.strip() for field in row]
            if any(fields) or len(fields) > 1:
                if len(fields) != len(columns):
                    begun = "" if begins == ends else f", with which a row ends that begins on line {begins},"
                    raise TableError(
                        f"{path}, line {ends}{begun} has {counted(len(fields), 'field')}, but the header has "
                        f"{len(columns)}; mend that line{_hint(fields, columns)}"
                    )
                yield ends, fields
            begins = ends + 1
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise TableError(
                f"{path}, line {begins}: a quote opens in the row that begins there and is never closed; close it, or "
                "leave it out"
            ) from None
        ends = above + reader.line_num
        advice = "mend that line"
        if begins != ends:
            advice = f"its row begins on line {begins}, where a quote opens that may lack its end: mend these lines"
        raise TableError(f"{path}, line {ends} cannot be read as CSV: {error}; {advice}") from None


def _of_text(path: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        # Some encodings, such as UTF-7, can be read as halves of characters, which cannot be written.
        odd = "a NUL character" if "\0" in line else "half a character" if _HALF.search(line) else ""
        if odd:
            advice = _encoding_advice(path, "")
            raise TableError(f"{path}, line {number} holds {odd}, so this is no text as it is read; {advice}")
        yield line


_HALF = re.compile("[\ud800-\udfff]")


_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # tested before UTF-16, whose mark has the same first bytes
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def _encoding_advice(path: str | PathLike[str], encoding: str) -> str:
    """Advice for a file that is not text in this encoding; a byte order mark tells the right one."""
    start = b""
    if Path(path).is_file():  # a pipe cannot be read a second time
        with Path(path).open("rb") as file:
            start = file.read(4)
    marked = next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)
    if marked and marked != encoding.lower():
        return f"pass --encoding {marked}, as its first bytes say, or save it as UTF-8"
    return "save it as UTF-8, or pass its encoding, such as --encoding latin-1 or utf-16"


def _from(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _check_columns(path: str, columns: list[str], line: int) -> None:
    places: dict[str, int] = {}
    for place, name in enumerate(columns, start=1):
        if not name:
            raise TableError(f"{path}, line {line}: column {place} has no name; give each column one")
        first = places.setdefault(name, place)
        if first != place:
            raise TableError(f"{path}, line {line}: columns {first} and {place} are both called {name!r}; rename one")
    if all(_is_number(name) for name in columns):
        raise TableError(
            f"{path}, line {line} holds numbers only, but the first line should name the columns; add a header"
        )


def _hint(fields: list[str], columns: list[str]) -> str:
    return ", or quote the text that contains the delimiter" if len(fields) > len(columns) else ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _line_of(path: str | PathLike[str], error: UnicodeError) -> str:
    """The line of the first byte that cannot be decoded, unless the encoding is UTF-16 or UTF-32."""
    encoding: Any = getattr(error, "encoding", "").lower()
    if "16" in encoding or "32" in encoding:
        return ""
    with Path(path).open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(encoding or "utf-8")
            except UnicodeDecodeError as wrong:
                return f" (line {number} has the byte 0x{line[wrong.start]:02x})"
    return ""
