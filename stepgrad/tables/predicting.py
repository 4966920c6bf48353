"""Adds predictions to the rows of a table.

    with open_table("new.csv") as (columns, numbered):
        predictions = Predictions(model, "new.csv", columns)
        writer.writerow(predictions.header)
        writer.writerows(predictions.rows(numbered))
    predictions.count, predictions.notices

Rows are read and predicted 1000 at a time, so the table may be larger than the memory.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from os import PathLike
from typing import Any

from stepgrad.tables.columns import CategoryColumn
from stepgrad.tables.learning import class_name
from stepgrad.tables.model import TabularModel
from stepgrad.tables.reading import Table, TableError

AT_ONCE = 1000
"""Rows that are predicted together."""

MOST_NOTICES = 10
MOST_COMPARED = 10_000
"""Pairs of names of columns that are compared to find a misspelling; each takes some microseconds."""


class Predictions:
    """Adds to each row the prediction, and for classification the probability of each class.

    Missing values are filled in if the model was trained with ``--missing mean``, and are errors otherwise.

    Args:
        model: the model.
        path: the file the rows come from, for messages.
        columns: the columns of that file.

    Attributes:
        header: the columns of the file and the added ones.
        count: the number of rows so far.
        filled: the number of missing values that were filled in.
        known: the number of rows whose class is in the table; 0 for regression.
        right: how many of the known classes equal the prediction.
        notices: a sentence for each text that did not occur in training, at most 10.

    Raises:
        TableError: if a column that the model reads is missing, or the table already has one of the added columns.
    """

    def __init__(self, model: TabularModel, path: str | PathLike[str], columns: Sequence[str]) -> None:
        _check_columns(model, path, columns)
        self._model = model
        self._path = str(path)
        self._columns = list(columns)
        self.header = [*columns, *_new_columns(model, columns)]
        self.count = self.filled = self.known = self.right = 0
        self.notices: list[str] = []

    def rows(
        self, numbered: Iterator[tuple[int, list[str]]], shown: Callable[[float], str] = repr
    ) -> Iterator[list[str]]:
        """The rows with the added fields.

        Args:
            numbered: the rows with their lines, as `open_table` yields them.
            shown: turns a number into text.

        Raises:
            TableError: if there are no rows, or a row has no prediction.
        """
        while piece := list(islice(numbered, AT_ONCE)):
            table = Table(self._path, self._columns, [row for _, row in piece], [line for line, _ in piece])
            predictions = self._model.predictions(table)
            labels = [self._label(prediction, shown) for prediction in predictions]
            self._count(table, labels)
            for row, label, prediction in zip(table.rows, labels, predictions, strict=True):
                probabilities = map(shown, prediction) if self._model.classes else ()
                yield [*row, label, *probabilities]
        if not self.count:
            raise TableError(f"{self._path} has a header but no rows; add the data")

    def _count(self, table: Table, labels: list[str]) -> None:
        self.count += len(table)
        self.filled += self._model.missing(table)
        self.notices += self._model.unknown(table)[: MOST_NOTICES - len(self.notices)]
        target = self._model.target
        if target.name in table.columns and isinstance(target, CategoryColumn):
            truths = map(class_name, table.column(target.name))
            self.right += sum(truth == label for truth, label in zip(truths, labels, strict=True))
            self.known += len(table)

    def _label(self, prediction: Any, shown: Callable[[float], str]) -> str:
        if classes := self._model.classes:
            return classes[max(range(len(prediction)), key=prediction.__getitem__)]
        return shown(prediction)


def _check_columns(model: TabularModel, path: str | PathLike[str], columns: Sequence[str]) -> None:
    there, read = set(columns), {column.name for column in model.features}
    missing = [column.name for column in model.features if column.name not in there]
    if not missing:
        return
    # A column that the model reads or predicts is not a misspelling of another.
    spare = [name for name in columns if name not in read and name != model.target.name]
    if len(spare) * len(missing) > MOST_COMPARED:  # it is another table rather than misspelled
        spare = []
    meant = {close[0]: name for name in spare if (close := difflib.get_close_matches(name, missing, n=1))}
    plural = len(missing) > 1
    advice = f"add {'them' if plural else 'it'}"
    if meant:
        advice = f"rename {', '.join(f'{there!r} to {name!r}' for name, there in meant.items())}, if that is meant"
    shown = ", ".join(map(repr, missing[:MOST_NOTICES])) + (", ..." if len(missing) > MOST_NOTICES else "")
    raise TableError(f"{path} has no column{'s' if plural else ''} {shown}, which the model reads; {advice}")


def _new_columns(model: TabularModel, columns: Sequence[str]) -> list[str]:
    names = [f"predicted_{model.target.name}", *(f"probability_{name}" for name in model.classes)]
    there = set(columns)
    taken = [name for name in names if name in there]
    if taken:
        raise TableError(f"the table has a column {taken[0]!r} already, which the predictions need; rename it")
    return names
