"""Give every node of a graph a unique name that fits into formulas; explanations are written with these names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from autograd.core.engine import Value


def names_of(order: Sequence[Value], variables: Mapping[Value, str] | None = None) -> dict[Value, str]:
    """A name for every node: its label, or its variable; without one, x1, x2, ... for leaves, v1, v2, ... for results.

    Names are unique: of several nodes called h the first is ``h``, the others are ``h_2``, ``h_3``, ... A label goes
    before a variable of the same name.

    Args:
        order: the nodes, in the order in which they are to be numbered.
        variables: names for nodes that have no label.

    >>> a, b = Value(2.0, "a"), Value(3.0)
    >>> list(names_of([a, b, Value(4.0, "a"), a * b]).values())
    ['a', 'x1', 'a_2', 'v1']
    >>> list(names_of([b, a], variables={a: "x", b: "a"}).values())
    ['a_2', 'a']
    """
    given = {value: one_line(value.label) for value in order}
    labelled = set(given.values())
    labels = {value: label or one_line((variables or {}).get(value)) for value, label in given.items()}
    taken = set(labels.values())
    names: dict[Value, str] = {}
    used: set[str] = set()
    numbers: dict[str, int] = {}
    for value, label in labels.items():
        name = label
        reserved = labelled if not given[value] else set()
        while not name or name in used or name in (reserved if name == label else taken):
            stem = f"{label}_" if label else "x" if value.is_leaf else "v"
            numbers[stem] = numbers.get(stem, 1 if label else 0) + 1
            name = f"{stem}{numbers[stem]}"
        used.add(name)
        names[value] = name
    return names


def operation_of(value: Value) -> str:
    """How the operation that made a node is written: its symbol or its name; "" for a leaf.

    >>> x = Value(2.0)
    >>> operation_of(x * x), operation_of(x**3), operation_of(x.tanh())
    ('*', '**', 'tanh')
    """
    return value._op if value.op is None else value.op.symbol or value.op.name


def one_line(label: Any) -> str:
    """A label as a short piece of one line, without characters that move the cursor of a terminal.

    >>> one_line("the loss" + chr(10) + "of the validation set, averaged over batches")
    'the loss�of the validation set, average…'
    """
    text = "".join(c if c.isprintable() else "�" for c in str("" if label is None else label))
    return text if len(text) <= 40 else text[:39] + "…"


def listed(items: Sequence[str], most: int = 4) -> str:
    """The first items of a list for a sentence, and how many more there are.

    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")


def in_formula(name: str) -> str:
    """A name as it stands in a formula: a label such as ``a + b`` in brackets.

    >>> in_formula("a"), in_formula("a + b"), in_formula("w[0]"), in_formula("layers.0.bias")
    ('a', '(a + b)', 'w[0]', 'layers.0.bias')
    """
    return name if _PLACE.fullmatch(name) else f"({name})"


# A variable with its indices, or a path: w[0], w['a'], layers.0.bias.
_PLACE = re.compile(r"[^\W\d]\w*(?:\.\w+|\[(?:\w+|'\w+')\]\w*)*")


def differential(name: str) -> str:
    """The differential of a name.

    >>> differential("x"), differential("a + b")
    ('dx', 'd(a + b)')
    """
    return f"d{in_formula(name)}"
