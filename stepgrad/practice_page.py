"""Makes the page of ``stepgrad practice``: small graphs, level by level, with other numbers each time.

The page has a graph for each of these programs. It draws the numbers itself, until every mistake that can be made with
the chain rule leads to a number of its own: see ``autograd/stepper/assets/practice.js``.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from autograd import Trace, step_through
from autograd.stepper.page import bare_section_of, document
from autograd.stepper.script import script_of, style, words_element
from autograd.stepper.words import language_of_text, say
from stepgrad.programs import typed

PROGRAMS = {
    # A product and a sum.
    1: (
        "d = a * b; L = d + c",
        "s = a + b; L = s * c",
        "d = a - b; L = c * d",
        "p = a * b; L = c - p",
        "p = a * b; q = c * d; L = p + q",
        "s = a + b; t = c + d; L = s * t",
    ),
    # A chain of three in which something is used twice.
    2: (
        "p = a * b; q = p + a; L = q * c",
        "s = a + b; p = s * c; L = p * a",
        "s = a * b; q = s * s; L = q * c",
        "p = a * b; q = p - c; L = p * q",
        "s = a + b; p = s * a; L = p - s",
        "d = a - b; e = d * c; L = e - d",
    ),
    # Functions and powers.
    3: (
        "p = a * b; h = p.tanh(); L = h * c",
        "s = a + b; q = s**2; L = q * c",
        "r = a.relu(); p = r * b; L = c - p",
        "p = a * b; e = p.exp(); L = e * c",
        "d = a - b; q = d**3; L = q + c",
        "s = a + b; h = s.tanh(); p = h * a; L = p - h",
        "s = a + b; q = s**2; L = q - s",
    ),
    # A neuron with a loss.
    4: (
        "out = w * x + b; error = out - y; loss = error**2",
        "n = w * x + b; out = n.tanh(); error = out - y; loss = error**2",
        "n = w * x + b; out = n.relu(); error = out - y; loss = error**2",
        "n = w * x + b; out = n.sigmoid(); error = out - y; loss = error**2",
        "n = w1 * x1 + w2 * x2; out = n.tanh(); error = out - y; loss = error**2",
        "e1 = w * x1 - y1; e2 = w * x2 - y2; loss = e1**2 + e2**2",
    ),
}
"""The exercises by their level: statements, of which the last gives the result."""

NUMBERS = (0.5, -0.8, 1.5, 1.2, -0.4)
"""What the inputs are until the page draws others."""


def exercise(program: str, numbers: Sequence[float] = NUMBERS) -> Trace:
    """The trace of a program, whose inputs are the names that it reads without having set them, in their order.

    >>> [(node.name, node.expression) for node in exercise("d = a * b; L = d + c").nodes]
    [('a', ''), ('b', ''), ('c', ''), ('d', 'a * b'), ('L', 'd + c')]
    """
    names = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Name)]
    names.sort(key=lambda name: name.col_offset)
    made = {name.id: None for name in names if isinstance(name.ctx, ast.Store)}
    inputs = list({name.id: None for name in names if name.id not in made})
    lines = [*program.split("; "), f"return {[*made][-1]}"]
    source = f"def exercise({', '.join(inputs)}):\n    " + "\n    ".join(lines) + "\n"
    return step_through(typed("exercise", source), *numbers[: len(inputs)])


def practice_page(*, lang: str | None = None) -> str:
    """A whole HTML document with exercises, which needs no network.

    Args:
        lang: the language of the page, "en" or "zh"; None for that of the browser.

    Raises:
        ValueError: if the page does not have the language.

    >>> practice_page().count("<template")
    25
    """
    language = language_of_text(lang)
    templates: list[str] = []
    operations: dict[str, dict[str, Any] | None] = {}
    for level, programs in PROGRAMS.items():
        for trace in map(exercise, programs):
            operations.update(trace.programs)
            templates.append(f'<template data-level="{level}">\n{bare_section_of(trace, lang=lang)}</template>\n')
    script = script_of(operations, 'practise(document.querySelector("main"), programs);')
    title, note = say(language, "practice.title"), say(language, "practice.scripts")
    body = f"<style>{style()}</style>\n<noscript>{note}</noscript>\n{words_element()}{''.join(templates)}"
    return document(language, f"<title>{title}</title>", body, [script], after=f"<script>{script}</script>\n")
