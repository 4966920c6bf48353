"""Add a subcommand by adding a module: each module of this package is one, found by its name.

``hello.py`` makes ``stepgrad hello``:

    from stepgrad.commands import Command
    from stepgrad.printing import echo

    def add_arguments(parser):
        parser.add_argument("name", help="whom to greet")

    def run(options):
        echo(f"Hello, {options.name}!")

    COMMAND = Command(add_arguments, run, help="greet somebody")

``stepgrad --help`` imports all of these modules. To keep it fast, they import `autograd` and `nn` inside `run`.
"""

from __future__ import annotations

import importlib
import pkgutil
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import NamedTuple


class Command(NamedTuple):
    """A subcommand: its arguments, and the function that it runs.

    Attributes:
        add_arguments: adds the arguments of the subcommand to its parser.
        run: does the work; it raises a `stepgrad.errors.UsageError` for what the user can correct.
        help: its line in ``stepgrad --help``.
        example: a command line, for its own ``--help``.
        order: its place in ``stepgrad --help``; subcommands of equal order are sorted by name.
        arranged: changes the arguments before they are parsed, where argparse would misunderstand them.
    """

    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], None]
    help: str
    example: str | None = None
    order: int = 100
    arranged: Callable[[list[str]], list[str]] = list


def find_commands() -> dict[str, Command]:
    """The subcommands by name, in the order of ``stepgrad --help``.

    >>> list(find_commands())[:3]
    ['explain', 'operations', 'demo']
    """
    found: dict[str, Command] = {}
    for module in pkgutil.iter_modules(__path__):
        name = module.name.replace("_", "-")
        found[name] = importlib.import_module(f"{__name__}.{module.name}").COMMAND
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))
