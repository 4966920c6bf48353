"""Execute the notebooks: each percent script becomes the .ipynb beside it, outputs included.

    python notebooks/build.py            all of them
    python notebooks/build.py 01         those whose name begins so

Two runs write the same bytes: cells are numbered, and nothing that depends on the time or the machine is kept.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent


def sources() -> list[Path]:
    """The notebooks as scripts, in the order of the course."""
    return sorted(path for path in HERE.glob("[0-9]*.py"))


def executed(source: Path) -> Any:
    """The notebook of a script, executed."""
    notebook = jupytext.read(source)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = {}
    # Printed lines come in pieces whose number depends on timing; joined, two runs give the same.
    options = {"timeout": 600, "kernel_name": "python3", "coalesce_streams": True}
    client = NotebookClient(notebook, resources={"metadata": {"path": str(HERE)}}, **options)
    client.execute()
    for cell in notebook.cells:
        cell.metadata = {}
        for output in cell.get("outputs", ()):
            output.get("metadata", {}).clear()
    return notebook


def main() -> None:
    for source in sources():
        if source.name.startswith(tuple(sys.argv[1:]) or ("",)):
            notebook = executed(source)
            target = source.with_suffix(".ipynb")
            nbformat.validate(notebook)
            target.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
            print(f"{target.name}: {target.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
