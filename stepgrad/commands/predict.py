"""``stepgrad predict``: the rows of a table with what a trained model says of them, printed or written, as CSV."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from stepgrad.argument_types import add_reading, path
from stepgrad.commands import Command
from stepgrad.errors import UsageError, check_installed, reason


def add_arguments(parser: ArgumentParser) -> None:
    """What may be typed."""
    parser.add_argument("model", type=path, metavar="DIR", help="the folder that train has written")
    parser.add_argument("data", type=path, metavar="NEW.csv", help="a table with the columns the model reads")
    parser.add_argument("--out", type=path, metavar="FILE", help="file to write, with all digits (default: print)")
    add_reading(parser)


def run(options: Namespace) -> None:
    """Predict for every row, or for none: what is wrong with one is said before anything is printed or put in place."""
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

    from autograd.files import new_file
    from autograd.text.labels import counted
    from stepgrad.tables.model import TabularModel
    from stepgrad.tables.predicting import Predictions
    from stepgrad.tables.reading import open_table
    from stepgrad.tables.runs import check_not_replaced

    model = TabularModel.load(options.model)
    if options.out:
        check_not_replaced(options.out, options.model, options.data)
    with open_table(options.data, delimiter=options.delimiter, encoding=options.encoding) as (columns, numbered):
        predictions = Predictions(model, options.data, columns)
        with new_file(options.out) if options.out else nullcontext(io.StringIO()) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(predictions.header)
            writer.writerows(predictions.rows(numbered, repr if options.out else "{:.6g}".format))
    for notice in predictions.notices:
        print(f"stepgrad: {options.data}, {notice}", file=sys.stderr)
    if predictions.filled:
        filled = (
            f"{counted(predictions.filled, 'missing value')} filled with the mean or the commonest text of training"
        )
        print(f"stepgrad: {options.data}: {filled}", file=sys.stderr)
    if isinstance(file, io.StringIO):
        print(file.getvalue(), end="")
        return
    print(f"{counted(predictions.count, 'prediction')} of {model.target.name!r} written to {options.out}")
    if known := predictions.known:
        agree = f"{predictions.right / known:.1%} of its {counted(known, 'row')} agree"
        print(f"The table has that column: {agree}")


COMMAND = Command(
    add_arguments,
    run,
    help="predict with a model that `stepgrad train` has written",
    example="stepgrad predict flowers-run new.csv --out predictions.csv",
    order=5,
)
