"""What a subcommand says when it cannot go on: one sentence, which `stepgrad.cli` prints."""

from __future__ import annotations

import importlib.util


class UsageError(Exception):
    """Something the user can put right: printed as it is, with exit code 2."""


def reason(error: OSError) -> str:
    """What the system says about a file, to stand within a sentence.

    >>> reason(FileNotFoundError(2, "No such file or directory"))
    'no such file or directory'
    """
    return (error.strerror or str(error)).lower()


def check_installed(command: str, *packages: str, extras: str) -> None:
    """Refuse before the work what lacks a package.

    Args:
        command: the name of the subcommand.
        packages: what it imports.
        extras: those of ours that bring them.

    Raises:
        UsageError: naming the first package that is missing and how to install it.

    >>> check_installed("demo", "json", "snakes", extras="nn,plot")
    Traceback (most recent call last):
        ...
    stepgrad.errors.UsageError: stepgrad demo needs snakes: pip install 'stepgrad[nn,plot]'
    """
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise UsageError(f"stepgrad {command} needs {package}: pip install 'stepgrad[{extras}]'")
