"""``stepgrad explain``: both passes of an expression, printed, and as a page, as JSON or as a picture."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from itertools import islice
from pathlib import Path

from stepgrad.argument_types import path
from stepgrad.commands import Command
from stepgrad.errors import UsageError, reason

FILES = ("--html", "--json", "--svg")


def add_arguments(parser: ArgumentParser) -> None:
    """What may be typed."""
    parser.add_argument("expression", help="made of numbers, names, + - * / ** and the operations of the table")
    parser.add_argument("values", nargs="*", metavar="NAME=NUMBER", help="a value for each name")
    parser.add_argument("--html", metavar="FILE", type=path, help="also write a page to step through both passes")
    parser.add_argument("--json", metavar="FILE", type=path, help="also write all steps as JSON, see docs/trace.md")
    parser.add_argument("--svg", metavar="FILE", type=path, help="also draw the graph into this file")


def arranged(arguments: list[str]) -> list[str]:
    """Options first: an expression may begin with a minus sign, which argparse would take for an option.

    >>> arranged(["-x**2", "x=3", "--svg", "graph.svg"])
    ['--svg', 'graph.svg', '--', '-x**2', 'x=3']
    """
    options, others = [], []
    rest = iter(arguments)
    for argument in rest:
        if argument in FILES:
            options += [argument, *islice(rest, 1)]
        elif argument in ("-h", "--help") or argument.partition("=")[0] in FILES:
            options.append(argument)
        elif argument != "--":
            others.append(argument)
    return [*options, "--", *others]


def run(options: Namespace) -> None:
    """Print the trace, then write the files that were asked for."""
    from autograd.text.parser import ExpressionError, parse, parse_assignments
    from autograd.trace.trace import step_through

    try:
        result = parse(options.expression, parse_assignments(options.values))
    except ExpressionError as error:
        raise UsageError(str(error)) from None
    _check_different({name: getattr(options, name[2:]) for name in FILES})
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
    for name, file in files.items():
        if file is None or (file.exists() and not file.is_file()):
            continue
        other = names.setdefault(os.path.realpath(file), name)
        if other != name:
            raise UsageError(f"{other} and {name} are one file, {file}; pass another for each")


def _write(file: Path, text: str) -> None:
    from autograd.files import write_text

    try:
        write_text(file, text)
    except OSError as error:
        raise UsageError(f"cannot write {file}: {reason(error)}; choose another place") from None


COMMAND = Command(
    add_arguments,
    run,
    help="print the forward and backward pass of an expression, step by step",
    example='stepgrad explain "tanh(w*x + b)" w=-3 x=2 b=6.88',
    order=1,
    arranged=arranged,
)
