"""The playground on the site, where `make playground` has built it, and links to it from the cells of lessons."""

from __future__ import annotations

import base64
import re
import shutil
import zlib
from pathlib import Path
from typing import Any

BUILT = Path(__file__).resolve().parents[2] / "build" / "playground"
NOT_THERE = re.compile(
    r"^\s*(?:%|import (?:matplotlib|numpy|torch|subprocess)|from (?:matplotlib|numpy|nn\.plot))", re.M
)
"""What Python in a browser has not, or only a notebook."""

WORDS = {"en": "open in the playground", "zh": "在练习场中打开"}

OPEN = "<!-- playground -->"
"""Stands in a page where the link to the playground is."""


def exists() -> bool:
    """Whether there is a playground to put on the site."""
    return (BUILT / "index.html").exists()


def copy_to(site: Path) -> None:
    """Put the playground into the site."""
    shutil.copytree(BUILT, site / "playground")


def link() -> str:
    """The link to the playground, or how to get it."""
    if not exists():
        return "This copy of the site was made without it: `make playground`, then `make docs`."
    return '<p class="playground"><a href="playground/index.html">Open the playground</a></p>'


def hash_of(program: str) -> str:
    """The part of the playground's address that has a program in it.

    >>> hash_of("1 + 1")
    '#v1=M1TQVjAEAA'
    """
    packed = zlib.compress(program.encode(), 9, wbits=-15)
    return "#v1=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def with_links(cells: list[Any], markdown_cell: Any, language: str | None = None) -> list[Any]:
    """The cells of a lesson, and after each that shows something a link with the program as far as it.

    Args:
        cells: of the notebook.
        markdown_cell: makes a cell of a text.
        language: of the lesson, whose page is in a folder of that name; None for English.
    """
    up = "../.." if language else ".."
    words = WORDS.get(language or "en", WORDS["en"])
    program: list[str] = []
    found = []
    can_run = True  # as far as all cells before it can
    for cell in cells:
        found.append(cell)
        if cell.cell_type != "code":
            continue
        can_run = can_run and not NOT_THERE.search(cell.source)
        program.append(cell.source)
        if can_run and cell.outputs:
            address = f"{up}/playground/index.html{hash_of(chr(10).join(program))}"
            text = f'<p class="playground"><a href="{address}">{words}</a></p>'
            found.append(markdown_cell(text))
    return found
