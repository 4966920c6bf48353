"""`UsageError` ends a subcommand with one sentence, which `stepgrad.cli` prints; and helpers to write the sentence."""

from __future__ import annotations

import importlib.util


class UsageError(Exception):
    """An error that the user can correct: its message is printed as it is, and the exit code is 2."""


def reason(error: OSError) -> str:
    """The operating system's message for an error, in lower case for use within a sentence.

    >>> reason(FileNotFoundError(2, "No such file or directory"))
    'no such file or directory'
    """
    return (error.strerror or str(error)).lower()


def check_installed(command: str, *packages: str, extras: str) -> None:
    """Raise an error before a long computation if a package that it needs is missing.

    Args:
        command: the name of the subcommand.
        packages: the packages that it imports.
        extras: the extras of stepgrad that install them.

    Raises:
        UsageError: naming the packages that are missing and how to install them.

    >>> check_installed("train", "json", "snakes", "ladders", extras="nn")
    Traceback (most recent call last):
        ...
    stepgrad.errors.UsageError: stepgrad train needs snakes and ladders: pip install 'stepgrad[nn]'
    """
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        raise UsageError(f"stepgrad {command} needs {' and '.join(missing)}: pip install 'stepgrad[{extras}]'")
