"""The command as it is typed, in this process."""

from __future__ import annotations

from stepgrad.cli import main


def typed(capsys, *arguments):
    """Exit code, output and errors."""
    capsys.readouterr()
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def refused(capsys, *arguments):
    """What it says of wrong input: one line on the standard error, with exit code 2."""
    code, _, err = typed(capsys, *arguments)
    assert code == 2
    assert err.startswith("stepgrad: ") and err.count("\n") == 1
    return err
