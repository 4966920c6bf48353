"""The lessons on the site: the notebooks as they are committed, their traces live."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograd import Trace
import playground
from repository import ROOT, Repository, place_of
from steppers import Steppers

NOTEBOOKS = ROOT / "notebooks"
BUILD = runpy.run_path(str(NOTEBOOKS / "build.py"))
KIND = "application/vnd.stepgrad.trace+json"
TELLING = f"""\
from autograd import Trace

def telling(trace, include=None, exclude=None, shown=Trace._repr_mimebundle_):
    return shown(trace) | {{"{KIND}": trace.to_json()}}

Trace._repr_mimebundle_ = telling
"""
"""A cell before all others, after which a trace is shown as data, too."""


def languages() -> list[str]:
    """The languages of the lessons beside English."""
    found: list[str] = BUILD["languages"]()
    return found


def lessons(repository: Repository, steppers: Steppers) -> dict[str, str]:
    """The notebook of each lesson, in each language, by its place on the site; and the lists of them."""
    pages: dict[str, str] = {}
    for source in BUILD["sources"]():
        name = source.with_suffix(".ipynb").name
        traces = None
        for language in (None, *languages()):
            path = NOTEBOOKS / (language or "") / name
            if path.exists():
                traces = _traces(source) if traces is None else traces
                pages[_place(path)] = _lesson(path, traces, language, repository, steppers)
    for language in (None, *languages()):
        index = NOTEBOOKS / (language or "") / "README.md"
        folder = Path(_place(index)).parent
        listed = [Path(place).stem for place in pages if Path(place).parent == folder and place.endswith(".ipynb")]
        if language is None:
            listed += [f"{other}/index" for other in languages()]
        toctree = "```{toctree}\n:hidden:\n:maxdepth: 1\n\n" + "\n".join(listed) + "\n```\n"
        text = repository.rewritten(index.read_text(encoding="utf-8"), index.relative_to(ROOT).as_posix())
        pages[_place(index)] = f"{text}\n{toctree}"
    return pages


def _place(path: Path) -> str:
    place = place_of(path.relative_to(ROOT).as_posix())
    assert place is not None
    return place


def _lesson(path: Path, traces: list[Trace], language: str | None, repository: Repository, steppers: Steppers) -> str:
    notebook = nbformat.read(path, as_version=4)
    places = [output for cell in notebook.cells for output in cell.get("outputs", ()) if _is_trace(output)]
    if len(traces) != len(places):
        raise SystemExit(f"{path.name} shows {len(places)} traces, but made {len(traces)} when it was run for the site")
    for output, trace in zip(places, traces, strict=True):
        output.data = {"text/html": steppers.box(trace, language)}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = repository.rewritten(cell.source, path.relative_to(ROOT).as_posix())
    if playground.exists():
        notebook.cells = playground.with_links(notebook.cells, new_markdown_cell, language)
    return str(nbformat.writes(notebook))


def _is_trace(output: Any) -> bool:
    data = output.get("data", {})
    return "image/svg+xml" in data and "<table" in data.get("text/html", "")


def _traces(source: Path) -> list[Trace]:
    """The traces that a notebook shows, in their order; it is run as far as the last of them."""
    committed = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    showing = [cell.source for cell in committed.cells if any(map(_is_trace, cell.get("outputs", ())))]
    if not showing:
        return []
    notebook = BUILD["unexecuted"](source)
    end = max(index for index, cell in enumerate(notebook.cells) if cell.source == showing[-1])
    notebook.cells = [new_code_cell(TELLING), *notebook.cells[: end + 1]]
    folder = {"metadata": {"path": str(NOTEBOOKS)}}
    client = NotebookClient(notebook, resources=folder, timeout=600, kernel_name="python3")
    client.execute(env={**os.environ, **BUILD["KERNEL"], "PYTHONPATH": str(ROOT)})
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [Trace.from_json(output.data[KIND]) for output in outputs if KIND in output.get("data", {})]
