"""`argnums`, the positions of the arguments to differentiate with respect to, as in JAX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.core.number import as_integer

Argnums = int | Sequence[int]


def positions(argnums: Argnums, count: int, named: dict[str, Any]) -> list[int]:
    """The positions of the arguments to differentiate with respect to; negative ones count from the end."""
    chosen = [argnums] if isinstance(argnums, int) else list(argnums)
    for index in chosen:
        if not -count <= index < count:
            if not count and named:
                name, x = next(iter(named.items()))
                advice = f"pass {name} by position, as in grad(f)({x!r})"
            elif not count:
                advice = "pass the point to differentiate at, as in grad(f)(2.0)"
            else:
                advice = "positions count from 0" + ", and arguments passed by name have none" * bool(named)
            raise ValueError(
                f"argnums is {argnums}, but the function was called with {count} positional "
                f"argument{'s' * (count != 1)}; {advice}"
            )
    chosen = [index % count for index in chosen]
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"argnums names an argument twice: {argnums}")
    return chosen


def checked(name: str, func: Any, argnums: Any = 0) -> Argnums:
    """The positions as one int or a tuple of them, if they are positions and the function is one."""
    if not callable(func):
        raise TypeError(f"{name} takes a function, got {func!r}; write {name}(f), without calling f")
    several = isinstance(argnums, list | tuple)
    given = map(as_integer, argnums if several else [argnums])
    indices = tuple(index for index in given if index is not None)
    if not indices or len(indices) < (len(argnums) if several else 1):
        raise TypeError(
            f"argnums must be a whole number, the position of an argument, or a tuple of positions, got {argnums!r}"
        )
    return indices if several else indices[0]
