"""`History`: look up, save and draw what training recorded, a table with one row for each epoch."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.core.atomic import at_once, updating
from autograd.files import write_text
from autograd.text.tables import html_lines, html_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class History(Mapping[str, list[float]]):
    """What training recorded: one column for each quantity, one row for each epoch.

    Attributes:
        columns: the numbers of each column, by its name; a column is an attribute as well, ``history.loss``.
        monitor: the column that tells which epoch was the best.
        mode: ``"min"`` if less of it is better, ``"max"`` if more is.
        interrupted: whether Ctrl-C ended the training.
        stopped_because: why the training ended, in words.

    >>> history = History()
    >>> history.append({"epoch": 1, "loss": 0.5})
    >>> history.append({"epoch": 2, "loss": 0.25})
    >>> history["loss"], history.loss[-1], history.rows[0]
    ([0.5, 0.25], 0.25, {'epoch': 1, 'loss': 0.5})
    >>> history.best
    {'epoch': 2, 'loss': 0.25}
    """

    def __init__(self, monitor: str = "loss", mode: str = "min") -> None:
        self.columns: dict[str, list[float]] = {}
        self.monitor = monitor
        self.mode = mode
        self.interrupted = False
        self.stopped_because = ""

    def append(self, row: Mapping[str, float]) -> None:
        """Add the row of one epoch.

        Raises:
            ValueError: if its columns are not those of the rows before.
        """
        at_once(self.appending(row))

    def appending(self, row: Mapping[str, float]) -> tuple[Any, ...]:
        """What `append` does, as a change for `autograd.core.atomic.at_once`: all columns or none."""
        if not self.columns:
            return updating(self.columns, {name: [number] for name, number in row.items()})
        if set(row) != set(self.columns):
            raise ValueError(f"a row must have the columns {', '.join(self.columns)}, got {', '.join(row) or 'none'}")
        return list, map(list.append, [self.columns[name] for name in row], row.values())

    @property
    def rows(self) -> list[dict[str, float]]:
        """One dictionary for each epoch."""
        return [dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]

    @property
    def best(self) -> dict[str, float]:
        """The row of the epoch with the best number in the column `monitor`, the first of them if there are several.

        Raises:
            ValueError: if no epoch was completed, or the column holds nothing but nan.
        """
        numbers = self.columns.get(self.monitor, [])
        places = [place for place, number in enumerate(numbers) if not math.isnan(number)]
        if not places:
            raise ValueError(f"no epoch has a number for {self.monitor}, so none is the best; train for longer")
        place = (min if self.mode == "min" else max)(places, key=numbers.__getitem__)
        return {name: column[place] for name, column in self.columns.items()}

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write the table as CSV, with all digits, so that `from_csv` reads the same numbers; all or nothing.

        Raises:
            OSError: if the folder does not exist or cannot be written to.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(zip(*self.columns.values(), strict=True))
        write_text(path, text.getvalue())

    @classmethod
    def from_csv(cls, path: str | PathLike[str]) -> History:
        """Read a file that `to_csv` wrote; `stopped_because` is not in it and stays empty.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it is not a table of numbers.

        >>> import tempfile
        >>> history = History()
        >>> history.append({"epoch": 1, "loss": 0.1})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     history.to_csv(Path(folder, "history.csv"))
        ...     dict(History.from_csv(Path(folder, "history.csv")))
        {'epoch': [1], 'loss': [0.1]}
        """
        names, *lines = list(csv.reader(Path(path).read_text(encoding="utf-8").splitlines())) or [[]]
        history = cls("val_loss" if "val_loss" in names else "loss")
        for place, line in enumerate(lines, start=2):
            try:
                history.append({name: _number(text) for name, text in zip(names, line, strict=True)})
            except ValueError:
                raise ValueError(
                    f"line {place} of {path} is not {len(names)} numbers, got {','.join(line)!r}; pass a file that "
                    "History.to_csv wrote"
                ) from None
        return history

    def plot(self, ax: Axes | None = None, *, log: bool = True) -> Axes:
        """Draw the loss against the epoch: `nn.plot.loss_curves` of this history.

        Raises:
            ModuleNotFoundError: if matplotlib is not installed.
        """
        from nn.plot import loss_curves

        return loss_curves(self, ax, log=log)

    def __getitem__(self, name: str) -> list[float]:
        if name not in self.columns:
            raise KeyError(f"no column {name!r}; there are {', '.join(self.columns) or 'none yet'}")
        return self.columns[name]

    def __getattr__(self, name: str) -> list[float]:
        if name != "columns" and name in self.columns:
            return self.columns[name]
        raise AttributeError(f"History has no attribute or column {name!r}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __repr__(self) -> str:
        rows = self.rows
        last = ", ".join(f"{name}={number:.4g}" for name, number in rows[-1].items()) if rows else "empty"
        return f"History({last})"

    def _repr_html_(self) -> str:
        """The table for a notebook; of more than eleven epochs the first five and the last five."""
        rows = [[f"{number:.4g}" for number in row.values()] for row in self.rows]
        if len(rows) > 11:
            rows[5:-5] = [["…"] * len(self.columns)]
        columns = list(self.columns)
        return html_table([columns, *rows], align=">" * len(columns)) + html_lines(self.stopped_because)


def _number(text: str) -> float:
    # A whole number, such as the epoch, stays an int.
    return int(text) if text.lstrip("-").isdecimal() else float(text)
