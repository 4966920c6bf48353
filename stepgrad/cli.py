"""The command ``stepgrad``.

This module is the roof of the house: it may use everything below it, `nn` included, and nothing imports it.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import importlib.util
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

EXPLAIN_EXAMPLE = 'stepgrad explain "tanh(w*x + b)" w=-3 x=2 b=6.88'


class UsageError(Exception):
    """Something the user can put right: printed as it is, with exit code 2."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 for wrong input, or 130 when interrupted.

    A request to terminate, SIGTERM, ends it with 143 after unfinished files have been removed.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a letter gets its number
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(_with_separator(arguments))
        run: Callable[[argparse.Namespace], None] = options.run
        with _removing_what_is_unfinished():
            run(options)
        if sys.stdout:
            sys.stdout.flush()
    except UsageError as error:
        print(f"stepgrad: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stepgrad: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, `head` for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:  # a full disk behind the redirection
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"stepgrad: cannot write the output: {_reason(error)}", file=sys.stderr)
        return 2
    return 0


@contextmanager
def _removing_what_is_unfinished() -> Iterator[None]:
    """Let SIGTERM end the program as an exception does, on whose way out unfinished files are removed."""

    def terminate(*_: object) -> NoReturn:
        raise SystemExit(128 + signal.SIGTERM)

    # Only where nobody else has a say in it, and only the main thread may.
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, terminate)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
    else:
        yield


def _parser() -> _Parser:
    from autograd import __version__

    parser = _Parser(prog="stepgrad", description="Backprop you can see, step through and check.")
    parser.add_argument("--version", action="version", version=f"stepgrad {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    explain = commands.add_parser(
        "explain",
        help="print the forward and backward pass of an expression, step by step",
        epilog=f"example: {EXPLAIN_EXAMPLE}",
    )
    explain.add_argument("expression", help="made of numbers, names, + - * / ** and the operations of the table")
    explain.add_argument("values", nargs="*", metavar="NAME=NUMBER", help="a value for each name")
    explain.add_argument("--html", metavar="FILE", type=_path, help="also write a page to step through both passes")
    explain.add_argument("--json", metavar="FILE", type=_path, help="also write all steps as JSON, see docs/trace.md")
    explain.add_argument("--svg", metavar="FILE", type=_path, help="also draw the graph into this file")
    explain.set_defaults(run=_explain)

    operations = commands.add_parser("operations", help="print the table of operations with their derivatives")
    operations.add_argument("names", nargs="*", metavar="NAME", help="only these")
    operations.set_defaults(run=_operations)

    demo = commands.add_parser("demo", help="explain a neuron, train on real data, write a page to look at")
    demo.add_argument("--out", metavar="DIR", type=_path, default=Path("demo"), help="folder to write (default: demo)")
    demo.add_argument("--seed", type=_integer, default=0, help="seed of the training run (default: 0)")
    demo.add_argument("--epochs", type=_integer, default=60, help="passes over the training data (default: 60)")
    demo.add_argument("--quiet", action="store_true", help="no progress bar")
    demo.set_defaults(run=_demo)

    _add_train(commands)
    _add_predict(commands)
    return parser


def _add_train(commands: Any) -> None:
    train = commands.add_parser(
        "train",
        help="learn to predict one column of a CSV file from the others",
        epilog="example: stepgrad train flowers.csv --target species",
    )
    train.add_argument("data", type=_path, metavar="DATA.csv", help="a table whose first line names the columns")
    train.add_argument("--target", required=True, metavar="COLUMN", help="the column to predict")
    train.add_argument("--out", type=_path, metavar="DIR", help="folder to write (default: DATA-run)")
    train.add_argument(
        "--overwrite", action="store_true", help="replace the files of an earlier run in that folder; others stay"
    )
    train.add_argument("--task", choices=("auto", "classification", "regression"), default="auto")
    train.add_argument("--hidden", type=_sizes, default=(16, 16), metavar="16,16", help="sizes of the hidden layers")
    train.add_argument("--activation", default="relu", metavar="NAME", help="between layers (default: relu)")
    train.add_argument("--epochs", type=_whole(1), default=200, help="at most so many (default: 200)")
    train.add_argument("--lr", type=_positive, default=0.01, help="learning rate of Adam (default: 0.01)")
    train.add_argument("--batch-size", type=_whole(1), default=16, help="rows in a step (default: 16)")
    train.add_argument(
        "--patience", type=_whole(0), default=30, help="stop after so many epochs without gain; 0: never (default: 30)"
    )
    train.add_argument("--test-size", type=_part, default=0.2, help="part of the rows to test with (default: 0.2)")
    train.add_argument("--seed", type=_integer, default=0, help="of split, weights and order (default: 0)")
    train.add_argument("--ignore", type=_names, default=(), metavar="COLUMNS", help="columns to leave out: a,b")
    train.add_argument("--text", type=_names, default=(), metavar="COLUMNS", help="columns of numbers to read as text")
    train.add_argument(
        "--missing",
        choices=("error", "drop", "mean"),
        default="error",
        help="rows that lack a value: refuse them (error, the default), leave them out and let predict refuse such "
        "rows (drop), or fill in the mean or the commonest text, in predict as well (mean)",
    )
    train.add_argument("--sample", type=_whole(1), metavar="N", help="learn from N rows drawn at random")
    train.add_argument("--quiet", action="store_true", help="no progress bar")
    _add_reading(train)
    train.set_defaults(run=_train)


def _add_predict(commands: Any) -> None:
    predict = commands.add_parser(
        "predict",
        help="predict with a model that `stepgrad train` has written",
        epilog="example: stepgrad predict flowers-run new.csv --out predictions.csv",
    )
    predict.add_argument("model", type=_path, metavar="DIR", help="the folder that train has written")
    predict.add_argument("data", type=_path, metavar="NEW.csv", help="a table with the columns the model reads")
    predict.add_argument("--out", type=_path, metavar="FILE", help="file to write, with all digits (default: print)")
    _add_reading(predict)
    predict.set_defaults(run=_predict)


def _add_reading(command: argparse.ArgumentParser) -> None:
    command.add_argument("--delimiter", metavar="CHARACTER", type=_delimiter, help="between fields (default: guessed)")
    command.add_argument("--encoding", default="utf-8", help="of the file (default: utf-8)")


# ---------------------------------------------------------------------- what options hold


def _path(text: str) -> Path:
    if not text:  # which Path would take for the folder that we are in
        raise argparse.ArgumentTypeError("expected a path, got ''")
    return Path(text)


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a whole number, got {text!r}") from None


def _whole(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or _integer(text) < least:
            raise argparse.ArgumentTypeError(f"expected a whole number of at least {least}, got {text!r}")
        return int(text)

    return number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _positive(text: str) -> float:
    if not 0 < _number(text) < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text!r}")
    return float(text)


def _part(text: str) -> float:
    if not 0 < _number(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a part between 0 and 1, such as 0.2, got {text!r}")
    return float(text)


def _sizes(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() and _integer(part) for part in parts):
        raise argparse.ArgumentTypeError(f"expected sizes such as 16,16, got {text!r}")
    return tuple(map(int, parts))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in next(csv.reader([text]), []))


def _delimiter(text: str) -> str:
    text = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(text) != 1 or text in '\r\n"':
        raise argparse.ArgumentTypeError(f"expected one character, or tab, got {text!r}")
    return text


_FILES = ("--html", "--json", "--svg")


def _with_separator(arguments: list[str]) -> list[str]:
    """Let an expression begin with a minus sign, which argparse would take for an option."""
    if arguments[:1] != ["explain"]:
        return arguments
    options, others = [], []
    rest = iter(arguments[1:])
    for argument in rest:
        if argument in _FILES:
            options += [argument, *islice(rest, 1)]
        elif argument in ("-h", "--help") or argument.partition("=")[0] in _FILES:
            options.append(argument)
        elif argument != "--":
            others.append(argument)
    return ["explain", *options, "--", *others]


def _explain(options: argparse.Namespace) -> None:
    from autograd.text.parser import ExpressionError, parse, parse_assignments
    from autograd.trace.trace import step_through

    try:
        result = parse(options.expression, parse_assignments(options.values))
    except ExpressionError as error:
        raise UsageError(str(error)) from None
    _check_different({name: getattr(options, name[2:]) for name in _FILES})
    trace = step_through(result)
    print(trace.to_text())
    written = []
    if options.html:
        _write(options.html, trace.to_html())
        written.append(f"The page to step through is {options.html}")
    if options.json:
        import json

        _write(options.json, json.dumps(trace.to_json(), allow_nan=False, indent=1) + "\n")
        written.append(f"All steps are in {options.json}")
    if options.svg:
        from autograd.drawing.draw import draw

        result.backward()
        try:
            picture = draw(result).svg()
        except RuntimeError as error:
            raise UsageError(str(error)) from None
        _write(options.svg, picture)
        written.append(f"The graph is drawn in {options.svg}")
    if written:
        print("", *written, sep="\n")


def _check_different(files: dict[str, Path | None]) -> None:
    """Refuse to write one file over another. A device, such as /dev/null, takes several."""
    names: dict[str, str] = {}
    for name, path in files.items():
        if path is None or (path.exists() and not path.is_file()):
            continue
        other = names.setdefault(os.path.realpath(path), name)
        if other != name:
            raise UsageError(f"{other} and {name} are one file, {path}; pass another for each")


def _operations(options: argparse.Namespace) -> None:
    from autograd.text.listing import listing

    try:
        print(listing(options.names))
    except KeyError as error:
        raise UsageError(str(error.args[0])) from None


def _demo(options: argparse.Namespace) -> None:
    try:
        from stepgrad.commands.demo import run
    except ModuleNotFoundError as error:
        raise UsageError(f"the demo needs {error.name}: pip install 'stepgrad[nn,plot]'") from None
    if options.epochs < 1:
        raise UsageError(f"--epochs must be at least 1, got {options.epochs}")
    check_folder(options.out)
    run(options.out, seed=options.seed, epochs=options.epochs, progress=not options.quiet)


def _train(options: argparse.Namespace) -> None:
    _check_installed("train", "numpy", "safetensors")
    from nn import DivergenceError
    from stepgrad.tables import Options, TableError
    from stepgrad.tables.commands import is_run, train
    from stepgrad.tables.model import ACTIVATIONS

    if options.activation not in ACTIVATIONS:
        raise UsageError(f"--activation is one of {', '.join(ACTIVATIONS)}, got {options.activation!r}")
    folder = options.out or Path(f"{options.data.stem}-run")
    chosen = {field.name: getattr(options, field.name) for field in dataclasses.fields(Options)}
    try:
        train(
            options.data,
            folder,
            Options(**chosen),
            delimiter=options.delimiter,
            encoding=options.encoding,
            sample=options.sample,
            overwrite=options.overwrite,
            progress=False if options.quiet else None,
        )
    except (TableError, DivergenceError) as error:
        raise UsageError(str(error)) from None
    except BrokenPipeError:
        raise
    except FileExistsError:
        found = "; pass --overwrite to replace that run, or" if is_run(folder) else " and is no run of train;"
        raise UsageError(f"{folder} is there already{found} choose another --out") from None
    except OSError as error:
        raise UsageError(f"cannot write the folder {folder}: {_reason(error)}; choose another --out") from None


def _predict(options: argparse.Namespace) -> None:
    _check_installed("predict", "numpy", "safetensors")
    from stepgrad.tables import TableError
    from stepgrad.tables.commands import predict

    try:
        predict(options.model, options.data, options.out, delimiter=options.delimiter, encoding=options.encoding)
    except TableError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        if options.out is None or isinstance(error, BrokenPipeError):
            raise
        raise UsageError(f"cannot write {options.out}: {_reason(error)}; choose another --out") from None


def _check_installed(command: str, *packages: str) -> None:
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise UsageError(f"stepgrad {command} needs {package}: pip install 'stepgrad[nn]'")


def check_folder(folder: Path) -> None:
    """Raise a `UsageError` now rather than after the work if nothing can be written to `folder`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(f"cannot write to the folder {folder}: {_reason(error)}; choose another") from None


def _write(path: Path, text: str) -> None:
    from autograd.files import write_text

    try:
        write_text(path, text)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {_reason(error)}; choose another place") from None


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


if __name__ == "__main__":
    sys.exit(main())
