"""The command ``stepgrad``.

This module is the roof of the house: it may use everything below it, `nn` included, and nothing imports it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

EXPLAIN_EXAMPLE = 'stepgrad explain "tanh(w*x + b)" w=-3 x=2 b=6.88'


class UsageError(Exception):
    """Something the user can put right: printed as it is, with exit code 2."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 for wrong input, or 130 when interrupted."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a letter gets its number
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(_with_separator(arguments))
        run: Callable[[argparse.Namespace], None] = options.run
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
    explain.add_argument("--svg", metavar="FILE", type=Path, help="also draw the graph into this file")
    explain.set_defaults(run=_explain)

    demo = commands.add_parser("demo", help="explain a neuron, train on real data, write a page to look at")
    demo.add_argument("--out", metavar="DIR", type=Path, default=Path("demo"), help="folder to write (default: demo)")
    demo.add_argument("--seed", type=int, default=0, help="seed of the training run (default: 0)")
    demo.add_argument("--epochs", type=int, default=60, help="passes over the training data (default: 60)")
    demo.add_argument("--quiet", action="store_true", help="no progress bar")
    demo.set_defaults(run=_demo)
    return parser


def _with_separator(arguments: list[str]) -> list[str]:
    """Let an expression begin with a minus sign, which argparse would take for an option."""
    if arguments[:1] != ["explain"]:
        return arguments
    options, others = [], []
    rest = iter(arguments[1:])
    for argument in rest:
        if argument == "--svg":
            options += [argument, *(value for value, _ in zip(rest, range(1), strict=False))]
        elif argument in ("-h", "--help") or argument.startswith("--svg="):
            options.append(argument)
        elif argument != "--":
            others.append(argument)
    return ["explain", *options, "--", *others]


def _explain(options: argparse.Namespace) -> None:
    from autograd.expression import ExpressionError, parse, parse_assignments
    from autograd.trace import step_through

    try:
        result = parse(options.expression, parse_assignments(options.values))
    except ExpressionError as error:
        raise UsageError(str(error)) from None
    print(step_through(result).to_text())
    if options.svg:
        from autograd.drawing import draw

        result.backward()
        try:
            picture = draw(result).svg()
        except RuntimeError as error:
            raise UsageError(str(error)) from None
        _write(options.svg, picture)
        print(f"\nThe graph is drawn in {options.svg}")


def _demo(options: argparse.Namespace) -> None:
    try:
        from nn.demo import run
    except ModuleNotFoundError as error:
        raise UsageError(f"the demo needs {error.name}: pip install 'stepgrad[nn,plot]'") from None
    if options.epochs < 1:
        raise UsageError(f"--epochs must be at least 1, got {options.epochs}")
    check_folder(options.out)
    run(options.out, seed=options.seed, epochs=options.epochs, progress=not options.quiet)


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
