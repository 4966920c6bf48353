"""``stepgrad predict``: add the predictions of a trained model to the rows of a table; print or write them as CSV."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from stepgrad.argument_types import add_reading, path
from stepgrad.commands import Command
from stepgrad.errors import UsageError, check_installed, reason
from stepgrad.printing import echo, printable


def add_arguments(parser: ArgumentParser) -> None:
    """The run folder of the model, the table, and the file to write."""
    parser.add_argument("model", type=path, metavar="DIR", help="the folder that train has written")
    parser.add_argument("data", type=path, metavar="NEW.csv", help="a table with the columns the model reads")
    parser.add_argument("--out", type=path, metavar="FILE", help="file to write, with all digits (default: print)")
    add_reading(parser)


def run(options: Namespace) -> None:
    """Predict for every row, or for none: after an error in a row nothing is printed and no file appears."""
    check_installed("predict", "numpy", "safetensors", extras="nn")
    from stepgrad.tables import TableError

    try:
        _predict(options)
    except TableError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        if options.out is None or isinstance(error, BrokenPipeError):
            raise
        raise UsageError(f"cannot write {options.out}: {reason(error)}; choose another --out") from None


def _predict(options: Namespace) -> None:
    import csv
    import io
    from contextlib import nullcontext
    from itertools import chain

    from autograd.files import new_file
    from autograd.text.labels import counted
    from stepgrad.tables.model import TabularModel
    from stepgrad.tables.predicting import Predictions
    from stepgrad.tables.reading import open_table
    from stepgrad.tables.runs import check_not_replaced

    on_terminal = not options.out and sys.stdout.isatty()  # another program reads the texts as they are
    model = TabularModel.load(options.model)
    if options.out:
        check_not_replaced(options.out, options.model, options.data)
    with open_table(options.data, delimiter=options.delimiter, encoding=options.encoding) as (columns, numbered):
        predictions = Predictions(model, options.data, columns)
        with new_file(options.out) if options.out else nullcontext(io.StringIO()) as file:
            writer = csv.writer(file, lineterminator="\n")
            rows = predictions.rows(numbered, repr if options.out else "{:.6g}".format)
            for row in chain([predictions.header], rows):
                writer.writerow(map(printable, row) if on_terminal else row)
    for notice in predictions.notices:
        echo(f"stepgrad: {options.data}, {notice}", file=sys.stderr)
    if predictions.filled:
        filled = (
            f"{counted(predictions.filled, 'missing value')} filled with the mean or the commonest text of training"
        )
        echo(f"stepgrad: {options.data}: {filled}", file=sys.stderr)
    if isinstance(file, io.StringIO):
        sys.stdout.write(file.getvalue())
        return
    echo(f"{counted(predictions.count, 'prediction')} of {model.target.name!r} written to {options.out}")
    if known := predictions.known:
        agree = f"{predictions.right / known:.1%} of its {counted(known, 'row')} agree"
        echo(f"The table has that column: {agree}")


COMMAND = Command(
    add_arguments,
    run,
    help="predict with a model that `stepgrad train` has written",
    example="stepgrad predict flowers-run new.csv --out predictions.csv",
    order=5,
)
