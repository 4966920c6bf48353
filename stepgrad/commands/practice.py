"""``stepgrad practice``: a page of exercises in backpropagation, in the browser or in a file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from stepgrad.argument_types import path
from stepgrad.commands import Command
from stepgrad.errors import UsageError, reason
from stepgrad.printing import echo


def add_arguments(parser: ArgumentParser) -> None:
    """The file to write, if it is to be kept, and the language."""
    parser.add_argument("--save", metavar="FILE", type=path, help="write the page here, and do not open it")
    parser.add_argument("--lang", choices=("en", "zh"), help="language of the page (default: that of the browser)")


def run(options: Namespace) -> None:
    """Write the page to the file of ``--save``; without it to a temporary file, and show that."""
    from autograd.files import write_text
    from autograd.trace.browser import in_temporary_file, opened, somebody_looks
    from stepgrad.practice_page import practice_page

    page = practice_page(lang=options.lang)
    try:
        if options.save:
            write_text(options.save, page)
        where = options.save or in_temporary_file(page)
    except OSError as error:
        place = options.save or "a temporary file"
        raise UsageError(f"cannot write {place}: {reason(error)}; choose another place with --save") from None
    echo(f"The exercises are in {where}")
    if not options.save and not (somebody_looks() and opened(where)):
        echo("There is no browser here: open the file in one, or write it elsewhere with --save FILE.")


COMMAND = Command(
    add_arguments,
    run,
    help="practice backpropagation: exercises with a tutor, in the browser",
    example="stepgrad practice --save practice.html",
    order=4,
)
