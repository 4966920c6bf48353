"""Checks saved numbers before an object takes them over: a text, None or a list is no number, `as_float` says what is.

Every `load_state_dict` and `nn.save` read numbers with these functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd.core.number import number_in
from nn.nested import as_sequence, is_sequence


def saved_number(found: Any, path: str) -> float:
    """A number as a float; a Value as its data.

    Args:
        found: the number.
        path: where it stands, for the error.

    Raises:
        ValueError: if it is none, or too large for a float.

    >>> saved_number("1", "weight")
    Traceback (most recent call last):
        ...
    ValueError: weight has something that is not a number (expected a real number, got '1' of type str; convert it \
with float(...))
    """
    try:
        return number_in(found)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"{path} has something that is not a number ({error})") from None


def check_like(found: Any, own: Any, path: str) -> None:
    """Raise an error unless saved data are of the kind of the data that they are to replace.

    Where there is a text, a text may stand; where there are None, a number or a boolean, one of these; where there is a
    list, a list of such elements; where there are names, each of the same kind.

    Args:
        found: the saved data.
        own: those that they are to replace; of a list the first element stands for all.
        path: where they stand, for the error.

    Raises:
        ValueError: naming the place that differs.

    >>> check_like([0.1, 0.2], [1.0], "lr"), check_like("max", "min", "mode")
    (None, None)
    >>> check_like([0.1, "0.2"], [1.0], "lr")
    Traceback (most recent call last):
        ...
    ValueError: lr[1] has something that is not a number (expected a real number, got '0.2' of type str; convert it \
with float(...))
    """
    if isinstance(own, Mapping):
        if not isinstance(found, Mapping):
            raise ValueError(f"{path} must have names, got {found!r}")
        for name in own:
            if name in found:
                check_like(found[name], own[name], f"{path}[{name!r}]")
    elif is_sequence(own):
        if not is_sequence(found):
            raise ValueError(f"{path} must be a list, got {found!r}")
        elements = as_sequence(own)
        for index, element in enumerate(as_sequence(found)):
            check_like(element, elements[0] if len(elements) else 0.0, f"{path}[{index}]")
    elif isinstance(own, str):
        if not isinstance(found, str):
            raise ValueError(f"{path} must be a text, got {found!r}")
    elif not (own is None and found is None):
        saved_number(found, path)
