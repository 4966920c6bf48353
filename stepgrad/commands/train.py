"""``stepgrad train``: learn to predict one column of a CSV file, print the scores, and write a folder for `predict`."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from stepgrad.argument_types import add_reading, integer, names, part, path, positive, sizes, whole
from stepgrad.commands import Command
from stepgrad.errors import UsageError, check_installed, reason
from stepgrad.printing import echo, printable

if TYPE_CHECKING:
    from stepgrad.tables import Learned

MOST_SHOWN = 12  # classes in a confusion matrix in the terminal
EXAMPLES = {"iris": "species"}  # tables in nn/datasets, with what is to be predicted
FEWEST_SAMPLED = 10  # rows that `stepgrad.tables` can learn from, which is not imported for --help


def add_arguments(parser: ArgumentParser) -> None:
    """The fields of `stepgrad.tables.Options`, the table to read and the folder to write."""
    parser.add_argument(
        "data", type=path, nargs="?", metavar="DATA.csv", help="a table whose first line names the columns"
    )
    parser.add_argument("--target", metavar="COLUMN", help="the column to predict")
    parser.add_argument("--example", choices=tuple(EXAMPLES), help="a table that is here already, in place of DATA.csv")
    parser.add_argument("--out", type=path, metavar="DIR", help="folder to write (default: DATA-run)")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace the files of an earlier run in that folder; others stay"
    )
    parser.add_argument("--task", choices=("auto", "classification", "regression"), default="auto")
    parser.add_argument("--hidden", type=sizes, default=(16, 16), metavar="16,16", help="sizes of the hidden layers")
    parser.add_argument("--activation", default="relu", metavar="NAME", help="between layers (default: relu)")
    parser.add_argument("--epochs", type=whole(1), default=200, help="at most so many (default: 200)")
    parser.add_argument("--lr", type=positive, default=0.01, help="learning rate of Adam (default: 0.01)")
    parser.add_argument("--batch-size", type=whole(1), default=16, help="rows in a step (default: 16)")
    parser.add_argument(
        "--patience", type=whole(0), default=30, help="stop after so many epochs without gain; 0: never (default: 30)"
    )
    parser.add_argument("--test-size", type=part, default=0.2, help="part of the rows to test with (default: 0.2)")
    parser.add_argument("--seed", type=integer, default=0, help="of split, weights and order (default: 0)")
    parser.add_argument("--ignore", type=names, default=(), metavar="COLUMNS", help="columns to leave out: a,b")
    parser.add_argument("--text", type=names, default=(), metavar="COLUMNS", help="columns of numbers to read as text")
    parser.add_argument(
        "--missing",
        choices=("error", "drop", "mean"),
        default="error",
        help="rows that lack a value: refuse them (error, the default), leave them out and let predict refuse such "
        "rows (drop), or fill in the mean or the commonest text, in predict as well (mean)",
    )
    parser.add_argument("--sample", type=whole(FEWEST_SAMPLED), metavar="N", help="learn from N rows drawn at random")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_reading(parser)


def run(options: Namespace) -> None:
    """Train, print the scores, and write the run folder; on an error nothing is written."""
    check_installed("train", "numpy", "safetensors", extras="nn")
    from nn import DivergenceError
    from stepgrad.tables import TableError
    from stepgrad.tables.model import ACTIVATIONS
    from stepgrad.tables.runs import is_run

    _take_example(options)
    if options.activation not in ACTIVATIONS:
        raise UsageError(f"--activation is one of {', '.join(ACTIVATIONS)}, got {options.activation!r}")
    folder = options.out or Path(f"{options.data.stem}-run")
    try:
        _train(options, folder)
    except (TableError, DivergenceError) as error:
        raise UsageError(str(error)) from None
    except BrokenPipeError:
        raise
    except FileExistsError:
        found = "; pass --overwrite to replace that run, or" if is_run(folder) else " and is no run of train;"
        raise UsageError(f"{folder} is there already{found} choose another --out") from None
    except OSError as error:
        raise UsageError(f"cannot write the folder {folder}: {reason(error)}; choose another --out") from None


def _take_example(options: Namespace) -> None:
    """Put the table of ``--example`` in the place of one that is passed, and its target."""
    if options.example is None:
        if options.data is None or options.target is None:
            raise UsageError("pass a table and its target, DATA.csv --target COLUMN, or --example iris")
        options.shown = str(options.data)
        return
    if options.data is not None:
        raise UsageError(f"pass {options.data} or --example {options.example}, not both")
    import nn.datasets

    options.shown = f"{options.example}.csv"
    options.data = Path(nn.datasets.__file__).parent / options.shown
    options.target = options.target or EXAMPLES[options.example]


def _train(options: Namespace, folder: Path) -> None:
    from dataclasses import fields

    from autograd.text.labels import counted
    from stepgrad.tables import Options, learn, read_table
    from stepgrad.tables.learning import feature_names
    from stepgrad.tables.runs import WRITTEN, new_run, write_run

    chosen = Options(**{field.name: getattr(options, field.name) for field in fields(Options)})
    predict = f"stepgrad predict {shlex.quote(str(folder))} NEW.csv --out predictions.csv"
    with new_run(folder, options.data, overwrite=options.overwrite) as unfinished:
        table = read_table(
            options.data,
            delimiter=options.delimiter,
            encoding=options.encoding,
            sample=options.sample,
            seed=options.seed,
            check=lambda columns: feature_names(options.data, columns, chosen),
        )
        echo(f"{options.shown}: {counted(len(table), 'row')}, {counted(len(table.columns), 'column')}")
        learned = learn(table, chosen, progress=False if options.quiet else None)
        for notice in learned.notices:
            echo(f"  {notice}")
        rows = learned.model.facts["rows"]
        echo(
            f"  {counted(rows['training'], 'row')} to learn from, {rows['validation']:,} to stop by, "
            f"{rows['test']:,} to test with; {counted(len(learned.model.module.parameters()), 'parameter')}"
        )
        write_run(unfinished, learned, source=options.data.name, command=predict)
    echo(f"  {learned.history.stopped_because or counted(options.epochs, 'epoch')}")
    echo("", f"On the {counted(rows['test'], 'row')} held out:")
    _print_scores(learned)
    echo("", f"Written to {folder}: {', '.join(WRITTEN)}", f"To predict: {predict}")


def _print_scores(learned: Learned) -> None:
    from stepgrad.tables.report import residual_lines, score_lines

    classes = learned.model.classes
    _print_table([[f"  {name}", score] for name, score in score_lines(learned)])
    if not classes:
        echo("", "The largest residuals:")
        _print_table(residual_lines(learned))
    elif len(classes) > MOST_SHOWN:
        echo("", f"The confusion matrix of {len(classes)} classes is too wide to print; it is in report.html")
    else:
        echo("")
        body = [[f"  {name}", *map(str, counts)] for name, counts in zip(classes, learned.confusion, strict=True)]
        _print_table([["  true \\ predicted", *classes], *body])


def _print_table(rows: list[list[str]]) -> None:
    """Print rows with the first column aligned to the left and the others to the right."""
    from autograd.text.tables import table

    cells = [list(map(printable, row)) for row in rows]  # before their widths are measured
    echo(*table(cells, align="<".ljust(len(rows[0]), ">"), heading=False))


COMMAND = Command(
    add_arguments,
    run,
    help="learn to predict one column of a CSV file from the others",
    example="stepgrad train flowers.csv --target species; stepgrad train --example iris",
    order=4,
)
