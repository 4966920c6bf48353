"""The command ``stepgrad``: which subcommand is meant, and how it ends.

The subcommands are the modules of `stepgrad.commands`. This package is the roof of the house: it may use everything
below it, `nn` included, and nothing imports it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from stepgrad.commands import Command, find_commands
from stepgrad.errors import UsageError, reason


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 for wrong input, or 130 when interrupted.

    A request to terminate, SIGTERM, ends it with 143 after unfinished files have been removed.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a letter gets its number
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        commands = find_commands()
        if arguments and arguments[0] in commands:
            arguments[1:] = commands[arguments[0]].arranged(arguments[1:])
        elif arguments and not arguments[0].startswith("-"):
            raise UsageError(f"there is no command {arguments[0]!r}; the commands are {', '.join(commands)}")
        options = _parser(commands).parse_args(arguments)
        with _removing_what_is_unfinished():
            commands[options.COMMAND].run(options)
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
        print(f"stepgrad: cannot write the output: {reason(error)}", file=sys.stderr)
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


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


class _Version(argparse.Action):
    """Print the version; `autograd`, which knows it, is not imported for ``--help``."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        from autograd import __version__

        print(f"stepgrad {__version__}")
        parser.exit()


def _parser(commands: Mapping[str, Command]) -> _Parser:
    parser = _Parser(prog="stepgrad", description="Backprop you can see, step through and check.")
    parser.add_argument("--version", action=_Version, nargs=0, help="show program's version number and exit")
    parsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="COMMAND")
    for name, command in commands.items():
        epilog = command.example and f"example: {command.example}"
        command.add_arguments(parsers.add_parser(name, help=command.help, epilog=epilog))
    return parser
