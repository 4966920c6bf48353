"""Every notebook runs, and prints what the committed one shows."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
build = runpy.run_path(str(NOTEBOOKS / "build.py"))
ABSOLUTE_PATH = re.compile(r"""(?:^|[\s"'(=<>,:])/\w+/\w+""", re.MULTILINE)
NUMBER = re.compile(r"[-−+]?\d+\.?\d*(?:e[-+]?\d+)?")


def shown(notebook):
    """What each cell shows as text: printed lines, plain results and the words inside pictures made of text."""
    texts = []
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", ()):
            if "text" in output:
                texts.append((number, output["text"]))
            elif "image/svg+xml" in output.get("data", {}):
                words = re.findall(r"<text[^>]*>([^<]*)</text>", output["data"]["image/svg+xml"])
                texts.append((number, " ".join(words)))
            elif "image/png" not in output.get("data", {}):
                texts.append((number, output["data"]["text/plain"]))
    return texts


@pytest.mark.parametrize("source", build["sources"](), ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # of the kernel's libraries, not ours
def test_a_notebook_runs_and_shows_what_is_committed(source):
    committed = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    fresh = build["executed"](source)
    assert [cell.source for cell in fresh.cells] == [cell.source for cell in committed.cells], (
        "the script was changed after the notebook was made; run: make notebooks"
    )
    for (cell, now), (_, before) in zip(shown(fresh), shown(committed), strict=True):
        assert NUMBER.sub("#", now) == NUMBER.sub("#", before), f"cell {cell}"
        numbers = [[float(n.replace("−", "-")) for n in NUMBER.findall(text)] for text in (now, before)]
        # Another release of a C library may round the last digit differently; what people read may not change.
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-5, abs=1e-9), f"cell {cell}"


def test_a_committed_notebook_holds_no_address_no_path_and_no_warning():
    for source in build["sources"]():
        text = source.with_suffix(".ipynb").read_text(encoding="utf-8")
        assert not re.search(r"0x[0-9a-f]{6,}|file:/|Warning", text)
        assert not ABSOLUTE_PATH.search(text.replace(r"\n", "\n"))
