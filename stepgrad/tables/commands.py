"""``stepgrad train`` and ``stepgrad predict``: what they do, print and write."""

from __future__ import annotations

import csv
import difflib
import errno
import io
import json
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import IO, Any

from autograd.files import new_file, new_folder, write_text
from autograd.text.labels import counted
from stepgrad.tables.columns import CategoryColumn
from stepgrad.tables.learning import Options, class_name, learn
from stepgrad.tables.model import TabularModel
from stepgrad.tables.report import as_table, report, residual_lines, score_lines
from stepgrad.tables.table import Table, TableError, open_table, read_table

WRITTEN = ("model.safetensors", "model.json", "history.csv", "report.html")
MOST_SHOWN = 12  # classes in a confusion matrix in the terminal
AT_ONCE = 1000  # rows predicted together: a table of any length fits into memory


def train(
    path: Path,
    folder: Path,
    options: Options,
    *,
    delimiter: str | None = None,
    encoding: str = "utf-8",
    sample: int | None = None,
    overwrite: bool = False,
    progress: bool | None = None,
) -> None:
    """Learn from the table at `path`, print how well, and write the run folder: all of it, or nothing.

    With `overwrite` the four files of an earlier run are replaced; other files in its folder stay.

    Raises:
        TableError: if the table cannot be learned from, or the folder is taken.
        nn.DivergenceError: if training diverges.
        OSError: if the folder cannot be written.
    """
    earlier = overwrite and is_run(folder)
    if earlier:
        _check_not_read(path, folder)
    with new_folder(folder, overwrite_if="model.json" if earlier else None) as unfinished:
        table = read_table(path, delimiter=delimiter, encoding=encoding, sample=sample, seed=options.seed)
        print(f"{path}: {counted(len(table), 'row')}, {counted(len(table.columns), 'column')}")
        learned = learn(table, options, progress=progress)
        model = learned.model
        for notice in learned.notices:
            print(f"  {notice}")
        rows = model.facts["rows"]
        print(
            f"  {counted(rows['training'], 'row')} to learn from, {rows['validation']:,} to stop by, "
            f"{rows['test']:,} to test with; {counted(len(model.module.parameters()), 'parameter')}"
        )
        predict_command = f"stepgrad predict {shlex.quote(str(folder))} NEW.csv --out predictions.csv"
        model.save(unfinished)
        learned.history.to_csv(unfinished / "history.csv")
        write_text(unfinished / "report.html", report(learned, source=path.name, command=predict_command))
    print(f"  {learned.history.stopped_because or counted(options.epochs, 'epoch')}")
    print(f"\nOn the {counted(rows['test'], 'row')} held out:")
    print(as_table([[f"  {name}", score] for name, score in score_lines(learned)]))
    if model.task == "regression":
        print("\nThe largest residuals:")
        print(as_table(residual_lines(learned)))
    elif len(model.classes) > MOST_SHOWN:
        print(f"\nThe confusion matrix of {len(model.classes)} classes is too wide to print; it is in report.html")
    else:
        head = ["  true \\ predicted", *model.classes]
        body = [[f"  {n}", *map(str, c)] for n, c in zip(model.classes, learned.confusion, strict=True)]
        print("\n" + as_table([head, *body]))
    print(f"\nWritten to {folder}: {', '.join(WRITTEN)}")
    print(f"To predict: {predict_command}")


def is_run(folder: Path) -> bool:
    """Whether `train` has written to this folder: other programs write files called model.json as well."""
    try:
        described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(described, dict) and {"format", "task", "target", "features", "network"} <= described.keys()


def _check_not_read(path: Path, folder: Path) -> None:
    """Refuse before the work to replace the table itself, or a folder with the name of a file to write."""
    for name in WRITTEN:
        if _same(path, folder / name):
            raise TableError(f"{path} would be replaced by the {name} of the new run; choose another --out")
        if (folder / name).is_dir():
            raise IsADirectoryError(errno.EISDIR, f"{name} in it is a folder", str(folder))


def _same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, which is a file on a disk and no terminal or pipe."""
    return one.is_file() and other.is_file() and one.samefile(other)


def predict(
    folder: Path, path: Path, out: Path | None, *, delimiter: str | None = None, encoding: str = "utf-8"
) -> None:
    """Write the rows of `path` with the predictions of a trained model, as CSV: all of them, or nothing.

    Missing values are filled in if the model was trained with ``--missing mean``, and refused otherwise.

    Args:
        folder: what `train` has written.
        path: the table.
        out: the file to write, with all digits; without one they are printed, with 6 significant digits.
        delimiter: as for `read_table`.
        encoding: as for `read_table`.

    Raises:
        TableError: if the model or the table cannot be used.
        OSError: if the predictions cannot be written.
    """
    model = TabularModel.load(folder)
    if out and (taken := next((read for read in (path, *(folder / n for n in WRITTEN)) if _same(read, out)), None)):
        raise TableError(f"--out {out} would replace {taken}, which is read; choose another --out")
    shown = repr if out else "{:.6g}".format
    notices: list[str] = []
    right = known = count = filled = 0
    with ExitStack() as stack:
        columns, numbered = stack.enter_context(open_table(path, delimiter=delimiter, encoding=encoding))
        _check_columns(model, path, columns)  # said before anything is written
        file: IO[str] = stack.enter_context(new_file(out)) if out else io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*columns, *_new_columns(model, columns)])
        for table in _pieces(str(path), columns, numbered):
            notices += model.unknown(table)[: 10 - len(notices)]
            predictions = model.predictions(table)
            filled += model.missing(table)
            labels = [_label(model, prediction, shown) for prediction in predictions]
            for row, label, prediction in zip(table.rows, labels, predictions, strict=True):
                probabilities = map(shown, prediction) if isinstance(model.target, CategoryColumn) else ()
                writer.writerow([*row, label, *probabilities])
            count += len(table)
            if model.target.name in columns and isinstance(model.target, CategoryColumn):
                truths = map(class_name, table.column(model.target.name))
                right += sum(truth == label for truth, label in zip(truths, labels, strict=True))
                known += len(table)
        if not count:
            raise TableError(f"{path} has a header but no rows; add the data")
    for notice in notices:
        print(f"stepgrad: {path}, {notice}", file=sys.stderr)
    if filled:
        values = counted(filled, "missing value")
        print(f"stepgrad: {path}: {values} filled with the mean or the commonest text of training", file=sys.stderr)
    if out is None:
        assert isinstance(file, io.StringIO)
        print(file.getvalue(), end="")
        return
    print(f"{counted(count, 'prediction')} of {model.target.name!r} written to {out}")
    if known:
        print(f"The table has that column: {right / known:.1%} of its {counted(known, 'row')} agree")


def _pieces(path: str, columns: list[str], numbered: Iterator[tuple[int, list[str]]]) -> Iterator[Table]:
    while piece := list(islice(numbered, AT_ONCE)):
        yield Table(path, columns, [row for _, row in piece], [line for line, _ in piece])


def _check_columns(model: TabularModel, path: Path, columns: list[str]) -> None:
    names = [column.name for column in model.features]
    missing = [name for name in names if name not in columns]
    if not missing:
        return
    # A column that the model reads already, or predicts, is not one that somebody has misspelled.
    spare = [name for name in columns if name not in names and name != model.target.name]
    meant = {close[0]: name for name in spare if (close := difflib.get_close_matches(name, missing, n=1))}
    plural = len(missing) > 1
    advice = f"add {'them' if plural else 'it'}"
    if meant:
        advice = f"rename {', '.join(f'{there!r} to {name!r}' for name, there in meant.items())}, if that is meant"
    raise TableError(
        f"{path} has no column{'s' if plural else ''} {', '.join(map(repr, missing))}, which the model reads; {advice}"
    )


def _new_columns(model: TabularModel, columns: list[str]) -> list[str]:
    names = [f"predicted_{model.target.name}", *(f"probability_{name}" for name in model.classes)]
    taken = [name for name in names if name in columns]
    if taken:
        raise TableError(f"the table has a column {taken[0]!r} already, which the predictions need; rename it")
    return names


def _label(model: TabularModel, prediction: Any, shown: Callable[[float], str]) -> str:
    if isinstance(model.target, CategoryColumn):
        return model.classes[max(range(len(prediction)), key=prediction.__getitem__)]
    return shown(prediction)
