"""``stepgrad operations``: print the table of operations with their derivatives, or some of its rows."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from stepgrad.commands import Command
from stepgrad.errors import UsageError
from stepgrad.printing import echo


def add_arguments(parser: ArgumentParser) -> None:
    """The names of the rows to print; without names, all rows."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")


def run(options: Namespace) -> None:
    """Print the rows that are named, or the whole table."""
    from autograd.text.operations_table import listing

    try:
        echo(*listing(options.names).split("\n"))
    except KeyError as error:
        raise UsageError(str(error.args[0])) from None


COMMAND = Command(add_arguments, run, help="print the table of operations with their derivatives", order=2)
