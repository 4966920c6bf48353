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
from repository import ROOT, Repository
from steppers import Steppers

KIND = "application/vnd.stepgrad.trace+json"
TELLING = f"""\
from autograd import Trace

def telling(trace, include=None, exclude=None, shown=Trace._repr_mimebundle_):
    return shown(trace) | {{"{KIND}": trace.to_json()}}

Trace._repr_mimebundle_ = telling
"""
"""A cell before all others, after which a trace is shown as data, too."""


def lessons(repository: Repository, steppers: Steppers) -> dict[str, str]:
    """The notebook of each lesson, by its place on the site; and the list of them."""
    build = runpy.run_path(str(ROOT / "notebooks" / "build.py"))
    pages: dict[str, str] = {}
    for source in build["sources"]():
        notebook = source.with_suffix(".ipynb")
        if notebook.exists():
            pages[f"lessons/{notebook.name}"] = _lesson(source, build, repository, steppers)
    index = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    made = [f"notebooks/{Path(place).name}" for place in pages]
    lines = [line for line in index.split("\n") if ".ipynb" not in line or any(Path(x).name in line for x in made)]
    listed = "\n".join(Path(place).stem for place in pages)
    toctree = f"```{{toctree}}\n:hidden:\n:maxdepth: 1\n\n{listed}\n```\n"
    pages["lessons/index.md"] = repository.rewritten("\n".join(lines), "notebooks/README.md") + "\n" + toctree
    return pages


def _lesson(source: Path, build: dict[str, Any], repository: Repository, steppers: Steppers) -> str:
    path = source.with_suffix(".ipynb")
    notebook = nbformat.read(path, as_version=4)
    places = [output for cell in notebook.cells for output in cell.get("outputs", ()) if _is_trace(output)]
    traces = _traces(source, build, notebook) if places else []
    if len(traces) != len(places):
        raise SystemExit(f"{path.name} shows {len(places)} traces, but made {len(traces)} when it was run for the site")
    for output, trace in zip(places, traces, strict=True):
        output.data = {"text/html": steppers.box(trace)}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = repository.rewritten(cell.source, f"notebooks/{path.name}")
    if playground.exists():
        notebook.cells = playground.with_links(notebook.cells, new_markdown_cell)
    return str(nbformat.writes(notebook))


def _is_trace(output: Any) -> bool:
    data = output.get("data", {})
    return "image/svg+xml" in data and "<table" in data.get("text/html", "")


def _traces(source: Path, build: dict[str, Any], committed: Any) -> list[Trace]:
    """The traces that a notebook shows, in their order; it is run as far as the last of them."""
    last = [cell.source for cell in committed.cells if any(map(_is_trace, cell.get("outputs", ())))][-1]
    notebook = build["unexecuted"](source)
    end = max(index for index, cell in enumerate(notebook.cells) if cell.source == last)
    notebook.cells = [new_code_cell(TELLING), *notebook.cells[: end + 1]]
    folder = {"metadata": {"path": str(ROOT / "notebooks")}}
    client = NotebookClient(notebook, resources=folder, timeout=600, kernel_name="python3")
    client.execute(env={**os.environ, **build["KERNEL"], "PYTHONPATH": str(ROOT)})
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return [Trace.from_json(output.data[KIND]) for output in outputs if KIND in output.get("data", {})]
