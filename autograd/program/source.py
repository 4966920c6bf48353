"""Choose the lines of the user's program to show beside the graph that it made."""

from __future__ import annotations

import ast
import linecache
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from autograd.program.frames import Line


class Source(NamedTuple):
    """The part of the program that made the graph."""

    name: str
    """The cell or file, such as ``In [3]`` or ``neuron.py``."""
    first: int
    """The number of the first line."""
    lines: tuple[str, ...]


_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def source_of(lines: Iterable[Line]) -> tuple[Source, str] | None:
    """The part of a program to show for these lines, and its file; None if its text is not at hand.

    The file is the one that most lines are in. A cell of a notebook is shown whole. Of a file, the part shown reaches
    from the first to the last function with one of the lines; for lines outside functions, it has their statements
    and those above that made the leaves.
    """
    numbers: dict[str, Counter[int]] = {}
    for line in lines:
        numbers.setdefault(line.filename, Counter())[line.number] += 1
    if not numbers:
        return None
    filename = max(numbers, key=lambda name: numbers[name].total())
    text = [line.rstrip("\r\n") for line in linecache.getlines(filename)]
    if not text or max(numbers[filename]) > len(text):
        return None
    first, last = 1, len(text)
    if Path(filename).is_file() and (tree := _parsed(text)):
        first, last = _region(tree, set(numbers[filename]))
    return Source(_shown_name(filename), first, tuple(text[first - 1 : last])), filename


def lines_of_leaves(source: Source, names: Iterable[str]) -> dict[str, int]:
    """The line that assigned ``Value(...)`` to a variable, by the variable's name, where there is just one.

    >>> source = Source("In [1]", 1, ("x = Value(2.0)", "w = [Value(1.0), Value(3.0)]", "y = x * w[0]"))
    >>> lines_of_leaves(source, ["x", "w[1]", "y"])
    {'x': 1, 'w[1]': 2}
    """
    tree = _parsed(source.lines)
    if tree is None:
        return {}
    found: dict[str, list[int]] = {}
    for variable, line in _assignments(tree):
        found.setdefault(variable, []).append(source.first - 1 + line)
    at = {name: found.get(name.partition("[")[0], []) for name in names}
    return {name: lines[0] for name, lines in at.items() if len(lines) == 1}


def _assignments(tree: ast.AST) -> Iterable[tuple[str, int]]:
    """Each variable to which something made with ``Value(...)`` is assigned, and the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            targets = [node.target]
        else:
            continue
        if node.value is not None and any(_makes_a_leaf(part) for part in ast.walk(node.value)):
            names = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
            yield from ((name.id, name.lineno) for name in names)


def _makes_a_leaf(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return "Value" in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))


def _parsed(text: Iterable[str]) -> ast.Module | None:
    try:
        with warnings.catch_warnings():  # Python gave these when it compiled the program
            warnings.simplefilter("ignore")
            return ast.parse("\n".join(_without_indent(list(text))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _without_indent(text: list[str]) -> list[str]:
    """The lines of a method as those of a function, which can be parsed on its own."""
    indent = len(text[0]) - len(text[0].lstrip()) if text else 0
    return [line[indent:] if not line[:indent].strip() else line for line in text]


def _region(tree: ast.Module, numbers: set[int]) -> tuple[int, int]:
    """The first and last line of all functions, or statements outside of functions, that have these lines."""
    functions = [_span(node) for node in ast.walk(tree) if isinstance(node, _Function)]
    spans = [*map(_span, tree.body), *functions]
    shown = [max((span for span in spans if _holds(span, number)), default=(number, number)) for number in numbers]
    if any(span not in functions for span in shown):  # a script, whose leaves are assigned above
        made = [line for _, line in _assignments(tree) if line < max(numbers)]
        shown += [(line, line) for line in made if not any(_holds(span, line) for span in functions)]
    return min(span[0] for span in shown), max(span[1] for span in shown)


def _span(node: ast.stmt) -> tuple[int, int]:
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    return first, node.end_lineno or node.lineno


def _holds(span: tuple[int, int], number: int) -> bool:
    return span[0] <= number <= span[1]


def _shown_name(filename: str) -> str:
    """What a file is called on the page: never with its folders, which may be private."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    cells: Mapping[str, int] = getattr(getattr(shell, "compile", None), "_filename_map", {})
    if filename in cells:
        return f"In [{cells[filename]}]"
    if filename.startswith("<"):
        return filename.strip("<>")
    path = Path(filename)
    typed_in = filename == path.name and path.suffix == ".py"  # text compiled under a file name
    return path.name if path.is_file() or typed_in else "cell"
