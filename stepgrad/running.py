"""Runs the command ``stepgrad``: `run` chooses the subcommand, and turns errors into messages and exit codes.

The subcommands are the modules of `stepgrad.commands`. This package may import `autograd` and `nn`; neither of them
imports it.
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
from stepgrad.printing import echo


def run(argv: Sequence[str]) -> int:
    """Run the command with these arguments and return its exit code: 0, or 2 for wrong input."""
    arguments = list(argv)
    for stream in (sys.stdout, sys.stderr):  # a letter that the terminal cannot show is written as an escape
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        commands = find_commands()
        if arguments and arguments[0] in commands:
            arguments[1:] = commands[arguments[0]].arranged(arguments[1:])
        elif arguments and not arguments[0].startswith("-"):
            raise UsageError(f"there is no command {arguments[0]!r}; the commands are {', '.join(commands)}")
        options = _parser(commands).parse_args(arguments)
        with _ended_by_signals():
            commands[options.COMMAND].run(options)
        if sys.stdout:
            sys.stdout.flush()
    except UsageError as error:
        echo(f"stepgrad: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, such as `head`, has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:  # stdout is redirected to a file and the disk is full, for one
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        echo(f"stepgrad: cannot write the output: {reason(error)}", file=sys.stderr)
        return 2
    return 0


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """In this block SIGTERM raises SystemExit, so that context managers remove unfinished files.

    Python swallows an exception that a signal raises in a callback, such as that of a weak reference, and prints a
    traceback. Here the signal is sent once more instead.
    """

    told: list[int] = []

    def terminate(*_: object) -> NoReturn:
        told.append(128 + signal.SIGTERM)
        raise SystemExit(told[0])

    def again(swallowed: Any) -> None:
        number = {KeyboardInterrupt: signal.SIGINT, SystemExit: signal.SIGTERM}.get(swallowed.exc_type)
        if number is None:
            hook(swallowed)
        else:  # by another thread, since the callback has to end first
            timer = threading.Timer(0.01, signal.raise_signal, [number])
            timer.daemon = True
            timer.start()

    # Only the main thread may set a handler, and a handler of the calling program is kept.
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        hook = sys.unraisablehook
        signal.signal(signal.SIGTERM, terminate)
        sys.unraisablehook = again
        try:
            yield
        except Exception:
            if told:  # the import of a compiled module made another error of it
                raise SystemExit(told[0]) from None
            raise
        finally:
            sys.unraisablehook = hook
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
    else:
        yield


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


class _Version(argparse.Action):
    """Print the version. It is in `autograd`, which is imported here, so that ``--help`` does not import it."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        from autograd import __version__

        echo(f"stepgrad {__version__}")
        parser.exit()


def _parser(commands: Mapping[str, Command]) -> _Parser:
    parser = _Parser(prog="stepgrad", description="Backprop you can see, step through and check.")
    parser.add_argument("--version", action=_Version, nargs=0, help="show program's version number and exit")
    parsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", dest="COMMAND")
    for name, command in commands.items():
        epilog = command.example and f"example: {command.example}"
        command.add_arguments(parsers.add_parser(name, help=command.help, epilog=epilog))
    return parser
