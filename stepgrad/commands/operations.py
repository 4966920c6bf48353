"""``stepgrad operations``: the table of operations with their derivatives, or some of its rows."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from stepgrad.commands import Command
from stepgrad.errors import UsageError


def add_arguments(parser: ArgumentParser) -> None:
    """What may be typed."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")


def run(options: Namespace) -> None:
    """Print the rows."""
    from autograd.text.operations_table import listing

    try:
        print(listing(options.names))
    except KeyError as error:
        raise UsageError(str(error.args[0])) from None


COMMAND = Command(add_arguments, run, help="print the table of operations with their derivatives", order=2)
