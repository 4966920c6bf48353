"""`whole_number`: the one check of options that count something."""

from __future__ import annotations

from typing import Any

from autograd.arrays.dimensions import as_integer


def whole_number(name: str, value: Any, least: int | None = 1) -> int:
    """The value of an option that counts something, if it does, as an int; those of NumPy are welcome.

    Args:
        name: of the option, for the error; with the name of what has it where that helps.
        value: what was passed.
        least: the smallest that is allowed; None for any.

    Raises:
        ValueError: if it is not a whole number, or is below `least`; a bool is none.

    >>> whole_number("batch_size", 32)
    32
    """
    whole = as_integer(value)
    if whole is None or (least is not None and whole < least):
        bound = "" if least is None else f" of at least {least}"
        raise ValueError(f"{name} must be a whole number{bound}, got {value!r}")
    return whole
