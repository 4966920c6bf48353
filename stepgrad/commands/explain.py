"""``stepgrad explain``: print both passes of an expression, and write them as a page, as JSON or as a picture."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from itertools import islice
from pathlib import Path

from stepgrad.argument_types import path
from stepgrad.commands import Command
from stepgrad.errors import UsageError, reason
from stepgrad.printing import echo

FILES = ("--html", "--json", "--svg")


def add_arguments(parser: ArgumentParser) -> None:
    """The expression, a value for each of its names, and the files to write."""
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
    """Write the files of ``--html``, ``--json`` and ``--svg``, and print the trace."""
    from autograd.text.parser import ExpressionError, parse, parse_assignments
    from autograd.trace.trace import step_through

    try:
        result = parse(options.expression, parse_assignments(options.values))
    except ExpressionError as error:
        raise UsageError(str(error)) from None
    _check_different({name: getattr(options, name[2:]) for name in FILES})
    trace = step_through(result)
    files: list[tuple[Path, str]] = []
    written = []
    if options.html:
        files.append((options.html, trace.to_html()))
        written.append(f"The page to step through is {options.html}")
    if options.json:
        import json

        files.append((options.json, json.dumps(trace.to_json(), allow_nan=False) + "\n"))
        written.append(f"All steps are in {options.json}")
    if options.svg:
        from autograd.drawing.draw import draw

        result.backward()
        try:
            files.append((options.svg, draw(result).svg()))
        except RuntimeError as error:
            raise UsageError(str(error)) from None
        written.append(f"The graph is drawn in {options.svg}")
    _write(files)
    echo(*trace.to_text().split("\n"))
    if written:
        echo("", *written)


def _check_different(files: dict[str, Path | None]) -> None:
    """Raise an error if two options name one file. A device, such as /dev/null, may be named twice."""
    names: dict[str, str] = {}
    for name, file in files.items():
        if file is None or (file.exists() and not file.is_file()):
            continue
        other = names.setdefault(os.path.realpath(file), name)
        if other != name:
            raise UsageError(f"{other} and {name} are one file, {file}; pass another for each")


def _write(files: list[tuple[Path, str]]) -> None:
    """Write these texts to these files, or none of them if one cannot be written."""
    from autograd.files import new_file

    if not files:
        return
    (path, text), *others = files
    try:
        with new_file(path) as file:
            file.write(text)
            _write(others)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {reason(error)}; choose another place") from None


COMMAND = Command(
    add_arguments,
    run,
    help="print the forward and backward pass of an expression, step by step",
    example='stepgrad explain "tanh(w*x + b)" w=-3 x=2 b=6.88',
    order=1,
    arranged=arranged,
)
