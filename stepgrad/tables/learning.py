"""`learn` trains a model on a table and tests it.

The rows are split into three parts: training, validation, which decides when to stop, and test. The test rows are used
only for the scores.
"""

from __future__ import annotations

import math
import random
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import nn
from autograd.core.elementary import total
from autograd.core.number import whole_number
from autograd.text.labels import counted
from nn.data import train_test_split
from nn.metrics import (
    accuracy_score,
    confusion_matrix,
    mean_absolute_error,
    r2_score,
    root_mean_squared_error,
)
from stepgrad.tables.columns import (
    CategoryColumn,
    Column,
    NumberColumn,
    check_is_text,
    hold_dates,
    is_missing,
    is_numeric,
    number_in,
    numbers_in,
    place_of,
    texts_in,
    without_missing,
)
from stepgrad.tables.model import TabularModel, check_size, network
from stepgrad.tables.reading import Table, TableError, no_column

FEWEST_ROWS = 10
FEWEST_LEFT = 5  # beside the rows to test with
FEWEST_OF_A_CLASS = 3  # one to learn from, one to stop by, one to test with
MOST_CLASSES = 20
LARGEST_ERROR = 1e150
MOST_CATEGORIES = 100
VALIDATION = 0.15


@dataclass
class Options:
    """The options of `learn`.

    Attributes:
        target: the column to predict.
        task: "classification", "regression" or "auto".
        hidden: the sizes of the hidden layers.
        activation: between layers.
        epochs: at most this many.
        lr: the learning rate of Adam.
        batch_size: rows in a step.
        patience: stop when the validation loss has not improved for this many epochs; 0 never stops early.
        test_size: the part of the rows kept for the test.
        seed: of the split, the weights and the order of the rows.
        ignore: columns to leave out.
        text: columns of numbers to read as texts.
        missing: what to do with rows in which a value is missing. "error" refuses the table. "drop" leaves them out,
            and `predict` refuses such rows. "mean" puts in the mean of the rows learned from, or their commonest text,
            and the model keeps it, so `predict` does the same.

    Raises:
        ValueError: if what should be a whole number is none, or is too small.
    """

    target: str
    task: str = "auto"
    hidden: Sequence[int] = (16, 16)
    activation: str = "relu"
    epochs: int = 200
    lr: float = 0.01
    batch_size: int = 16
    patience: int = 30
    test_size: float = 0.2
    seed: int = 0
    ignore: Sequence[str] = ()
    text: Sequence[str] = ()
    missing: str = "error"

    def __post_init__(self) -> None:
        for name, least in (("epochs", 1), ("batch_size", 1), ("patience", 0), ("seed", None)):
            setattr(self, name, whole_number(name, getattr(self, name), least))


@dataclass
class Learned:
    """The result of `learn`.

    Attributes:
        model: the trained model, with its scores among its facts.
        history: the history of the training.
        notices: sentences for the user: what was guessed, what was left out.
        scores: the scores on the test rows, by name.
        truths: the targets of the test rows: classes, or numbers.
        predictions: the predictions for the test rows.
        confusion: for classification, the confusion matrix: a row for each true class, a column for each predicted one.
        lines: the lines of the file on which the test rows end.
    """

    model: TabularModel
    history: nn.History
    notices: list[str]
    scores: dict[str, float]
    truths: list[Any]
    predictions: list[Any]
    confusion: list[list[int]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def learn(table: Table, options: Options, *, progress: bool | None = None) -> Learned:
    """Train a model on a table.

    Raises:
        TableError: if the table cannot be learned from; the message says why and what to do.
        nn.DivergenceError: if the loss becomes infinite or nan.
    """
    notices: list[str] = []
    names = feature_names(table.path, table.columns, options)
    table = _whole_rows(table, names, options, notices)
    if len(table) < FEWEST_ROWS:
        raise TableError(
            f"{table.path} has {counted(len(table), 'row')} to learn from; at least {FEWEST_ROWS} are needed"
        )
    task = _task(table, options, notices)
    target, truths = _target(table, options.target, task)
    train, validation, test = _split(table, truths if task == "classification" else None, options)
    if task == "classification":
        for part, purpose in ((train, "to learn from"), (validation, "to stop by"), (test, "to test on")):
            if missing := sorted(set(truths) - {truths[i] for i in part}):
                classes = ", ".join(map(repr, missing))
                notices.append(f"none of the {counted(len(part), 'row')} {purpose} is of the class {classes}")
    # Columns are scaled by the training rows alone, since the others stand for rows that are not known yet.
    seen = table.taken(train)
    features = [_feature(seen, table, name, options) for name in names]
    notices += _about(table, features)
    if isinstance(target, NumberColumn):
        target = NumberColumn.fitted(target.name, [truths[i] for i in train])

    random.seed(options.seed)
    outputs = len(target.categories) if isinstance(target, CategoryColumn) else 1
    hidden = list(options.hidden)
    module = network(sum(column.width for column in features), hidden, outputs, options.activation)
    model = TabularModel(features, target, hidden, options.activation, module, {})
    inputs = model.inputs(table, training=True)
    targets = [_encoded(target, truth) for truth in truths]
    for row, encoded in enumerate(targets if task == "regression" else []):
        if not math.isfinite(encoded[0]):
            raise TableError(
                f"{place_of(table, row, target.name)} is too large to be scaled with the rows learned from; mend it, "
                "or leave the row out"
            )
    history = nn.fit(
        module,
        ([inputs[i] for i in train], [targets[i] for i in train]),
        nn.CrossEntropyLoss() if task == "classification" else nn.MSELoss(),
        nn.optim.Adam(module.parameters(), lr=options.lr),
        options.epochs,
        validation=([inputs[i] for i in validation], [targets[i] for i in validation]),
        metrics=["accuracy"] if task == "classification" else [],
        batch_size=options.batch_size,
        seed=options.seed,
        progress=progress,
        early_stopping=nn.EarlyStopping(patience=options.patience) if options.patience else None,
    )
    if not history.rows:  # Ctrl-C in the first epoch
        raise KeyboardInterrupt
    learned = Learned(model, history, notices, {}, [truths[i] for i in test], [])
    learned.lines = [table.lines[i] for i in test]
    _score(learned, table.taken(test), [truths[i] for i in train])
    model.facts = {
        "seed": options.seed,
        "rows": {"training": len(train), "validation": len(validation), "test": len(test)},
        "epochs": len(history["epoch"]),
        "weights_of_epoch": history.best["epoch"] if options.patience else history["epoch"][-1],
        "test_scores": learned.scores,
    }
    return learned


# ---------------------------------------------------------------------- features, target and split


def feature_names(path: str | PathLike[str], columns: Sequence[str], options: Options) -> list[str]:
    """The columns to learn from. All that can be said of a table by its header alone is said here.

    Raises:
        TableError: if a column of the options is not there, none is left to learn from, or there are so many that the
            network would be too large even if each were a single number.
    """
    known = set(columns)
    for name in (options.target, *options.ignore, *options.text):
        if name not in known:
            raise no_column(path, name, columns)
    left_out = {options.target, *options.ignore}
    names = [name for name in columns if name not in left_out]
    if not names:
        raise TableError(f"{path} has no column but {options.target!r} left to learn from; add one or ignore fewer")
    check_size([len(names), *options.hidden, 1], "at least ")
    return names


def _whole_rows(table: Table, names: list[str], options: Options, notices: list[str]) -> Table:
    """The table without the rows that `options.missing` leaves out, and a notice of how many these are."""
    for name in (*names, options.target):
        if all(map(is_missing, table.column(name))):
            raise TableError(f"column {name!r} of {table.path} is empty; leave it out with --ignore {name!r}")
    if options.missing == "error":
        return table
    whole = without_missing(table, [options.target] if options.missing == "mean" else [*names, options.target])
    if len(whole) < len(table):
        notices.append(f"{len(table) - len(whole):,} of {counted(len(table), 'row')} left out, for want of a value")
    return whole


def _task(table: Table, options: Options, notices: list[str]) -> str:
    fields = table.column(options.target)
    if options.task != "auto":
        if options.task == "regression" and not is_numeric(fields):
            check_is_text(table, options.target, "--task classification")
            raise TableError(f"column {options.target!r} of {table.path} holds text, which regression cannot predict")
        return options.task
    task, reason = guess_task(fields)
    if not is_numeric(fields):
        check_is_text(table, options.target, "--task classification")
    other = "regression" if task == "classification" else "classification"
    may_be_classes = is_numeric(fields) and len(set(fields)) <= MOST_CATEGORIES and 2 * len(set(fields)) <= len(fields)
    change = f"; --task {other} would change that" if may_be_classes else ""
    notices.append(f"the target {options.target!r} holds {reason}, so this is {task}{change}")
    return task


def guess_task(fields: Sequence[str]) -> tuple[str, str]:
    """The task for a target column, classification or regression, and a description of the column.

    Texts are classes; so are whole numbers of at most 20 kinds, each of which occurs five times on average.

    >>> guess_task(["yes", "no", "yes"])
    ('classification', '2 different texts')
    >>> guess_task(["1.5", "2.5", "2.25"])
    ('regression', 'numbers')
    """
    if not is_numeric(fields):
        return "classification", counted(len(set(fields)), "different text")
    numbers = {number for number in map(number_in, fields) if number is not None}
    few = len(numbers) <= MOST_CLASSES and len(fields) >= 5 * len(numbers)
    if few and all(number.is_integer() for number in numbers):
        return "classification", f"{len(numbers)} different whole numbers"
    return "regression", "numbers"


def class_name(text: str) -> str:
    """The class of a field of the target column; ``1`` and ``1.0`` are one class.

    >>> class_name("1.0"), class_name("setosa")
    ('1', 'setosa')
    """
    number = number_in(text)
    return text if number is None or not number.is_integer() else str(int(number))


def _target(table: Table, name: str, task: str) -> tuple[Column, list[Any]]:
    """The target column, for regression not yet scaled, and its values."""
    if task == "regression":
        numbers = numbers_in(table, name)
        if len(set(numbers)) == 1:
            raise TableError(
                f"column {name!r} of {table.path} is {numbers[0]:g} in every row: there is nothing to learn"
            )
        return NumberColumn(name, 0.0, 1.0), numbers
    classes = [class_name(text) for text in texts_in(table, name)]
    counts = Counter(classes)
    if len(counts) == 1:
        raise TableError(
            f"column {name!r} of {table.path} holds one class only, {classes[0]!r}: there is nothing to learn; add "
            "rows of another class"
        )
    if len(counts) > MOST_CATEGORIES or 2 * len(counts) > len(classes):
        raise TableError(
            f"column {name!r} of {table.path} holds {len(counts)} different texts in {len(classes)} rows, too many to "
            "be classes; choose another target"
        )
    rare = [name for name, count in counts.items() if count < FEWEST_OF_A_CLASS]
    if rare:
        raise TableError(
            f"class {rare[0]!r} of column {name!r} occurs in {counts[rare[0]]} of {len(classes)} rows; at least "
            f"{FEWEST_OF_A_CLASS} are needed: add rows, or leave that class out"
        )
    numeric = all(number_in(text) is not None for text in counts)
    return CategoryColumn(name, sorted(counts, key=float if numeric else str)), classes


def _feature(seen: Table, whole: Table, name: str, options: Options) -> Column:
    """A feature column: its kind and categories are those of the whole table, its scale that of the training rows."""
    fill = options.missing == "mean"
    if fill and all(map(is_missing, seen.column(name))):
        raise TableError(
            f"column {name!r} of {whole.path} has no value in the rows learned from; leave it out with "
            f"--ignore {name!r}"
        )
    if name not in options.text and is_numeric(whole.column(name)):
        numbers_in(whole, name, skip_missing=fill)  # raises for a wrong field also outside the training rows
        return NumberColumn.fitted(name, numbers_in(seen, name, skip_missing=fill), fill=fill)
    if name not in options.text:
        check_is_text(whole, name, f"--text {name!r}")
    categories = sorted(set(texts_in(whole, name, skip_missing=fill)))
    if len(categories) > MOST_CATEGORIES or (len(whole) >= 20 and 2 * len(categories) > len(whole)):
        raise TableError(
            f"column {name!r} of {whole.path} holds {len(categories)} different texts in {len(whole)} rows, so nothing "
            f"can be learned from it; leave it out with --ignore {name!r}"
        )
    # most_common returns the first of equally frequent texts.
    filling = Counter(texts_in(seen, name, skip_missing=True)).most_common(1)[0][0] if fill else None
    return CategoryColumn(name, categories, filling)


def _about(table: Table, features: list[Column]) -> list[str]:
    """Notices about the columns that are read as text, and about columns of one number, which cannot help."""
    notices = []
    for column in features:
        if isinstance(column, CategoryColumn):
            dates = ", which look like dates; their order is lost" if hold_dates(column.categories) else ""
            texts = counted(len(column.categories), "different text")
            notices.append(f"column {column.name!r} is read as text: {texts}{dates}")
        elif len(set(numbers_in(table, column.name, skip_missing=True))) == 1:
            notices.append(f"column {column.name!r} is constant")
    return notices


def _split(table: Table, classes: list[str] | None, options: Options) -> tuple[list[int], list[int], list[int]]:
    rows = len(table)

    def parts(indices: list[int], size: float) -> tuple[list[int], list[int]]:
        stratify = None if classes is None else [classes[i] for i in indices]
        # A part has at least one row, for classification at least one of each class if there are enough rows.
        least = 1 if classes is None else min(len(set(classes)), len(indices) // 3)
        count = min(max(least, round(size * len(indices))), len(indices) - least)
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # `learn` tells of a missing class
            first, second = train_test_split(indices, test_size=count, random_state=options.seed, stratify=stratify)
        return first, second

    left = rows - round(options.test_size * rows)
    if left < FEWEST_LEFT:
        raise TableError(
            f"--test-size {options.test_size:g} leaves {left} of {rows} rows of {table.path} to learn from and to stop "
            f"by; at least {FEWEST_LEFT} are needed: pass a smaller one"
        )
    rest, test = parts(list(range(rows)), options.test_size)
    if classes is not None:
        counts = Counter(classes[i] for i in rest)
        for name in dict.fromkeys(classes):
            if counts[name] < FEWEST_OF_A_CLASS - 1:
                raise TableError(
                    f"--test-size {options.test_size:g} leaves {counts[name]} of the rows of class {name!r} in "
                    f"{table.path} to learn from and to stop by; at least {FEWEST_OF_A_CLASS - 1} are needed: pass a "
                    "smaller one, or add rows of that class"
                )
    train, validation = parts(rest, VALIDATION)
    return train, validation, test


def _encoded(target: Column, truth: Any) -> Any:
    return target.categories.index(truth) if isinstance(target, CategoryColumn) else target.encoded(truth)


# ---------------------------------------------------------------------- scores


def _score(learned: Learned, table: Table, trained_on: list[Any]) -> None:
    """Set the predictions and scores, and the scores of a baseline: always the commonest class, or the mean."""
    model, truths = learned.model, learned.truths
    outputs = model.predictions(table)
    if model.task == "classification":
        classes = model.classes
        learned.predictions = [classes[max(range(len(row)), key=row.__getitem__)] for row in outputs]
        commonest = Counter(trained_on).most_common(1)[0][0]
        learned.scores = {
            "accuracy": accuracy_score(truths, learned.predictions),
            "accuracy_of_commonest_class": accuracy_score(truths, [commonest] * len(truths)),
        }
        learned.confusion = confusion_matrix(truths, learned.predictions, labels=classes)
        return
    learned.predictions = outputs
    for row, output in enumerate(outputs):
        if abs(output) > LARGEST_ERROR:  # its square would overflow
            raise model.overflow(table, row, model.inputs(table)[row])
    mean = total(trained_on) / len(trained_on)
    learned.scores = {
        "root_mean_squared_error": root_mean_squared_error(truths, outputs),
        "mean_absolute_error": mean_absolute_error(truths, outputs),
        "root_mean_squared_error_of_mean": root_mean_squared_error(truths, [mean] * len(truths)),
    }
    if len(set(truths)) > 1:  # otherwise r2 would divide by a variance of zero
        learned.scores["r2"] = r2_score(truths, outputs)
