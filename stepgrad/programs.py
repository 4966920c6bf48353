"""Functions made from the text of a program, whose lines the stepper then shows."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any


def typed(name: str, source: str, **variables: Any) -> Callable[..., Any]:
    """The function `name` of a source text, with `linecache` filled so that the stepper shows its lines.

    Args:
        name: of the function, and of the file that the stepper shows.
        source: its text.
        variables: what else it uses.

    >>> typed("double", "def double(x):\\n    return 2 * x")(21)
    42
    """
    file = f"{name}.py"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = dict(variables)
    exec(compile(source, file, "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    return function
