"""Make the course: each percent script becomes the .ipynb beside it, executed, and all of them the index.

    python notebooks/build.py            all of them
    python notebooks/build.py 03 04      those whose names begin so

A script begins with what the index says of it: title, question, minutes, needs, rows. From that its first cells are
made; cells with the tag ``check`` are executed, so that what the text says is asserted, and then left out. Steppers
have their static form, which code hosts show. Then the notebooks in other languages are made from these. Two runs write
the same bytes: cells are numbered, and nothing that depends on the time or the machine is kept.
"""

from __future__ import annotations

import base64
import io
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_markdown_cell
from PIL import Image

from autograd.stepper.words import say

HERE = Path(__file__).resolve().parent
KERNEL = {"STEPGRAD_STATIC": "1", "STEPGRAD_LANGUAGE": "en", "PYTHONHASHSEED": "0"}
IMPORT = "from stepgrad.learn import check, hint, reveal"
SETUP = f"""\
try:
    {IMPORT}
except ImportError:
    raise SystemExit("Stepgrad is not installed here: run `make learn` in its folder, or `pip install .`") from None"""
ANSWER = re.compile(r'^check\("([^"]+)",', re.MULTILINE)


class Lesson(NamedTuple):
    """A notebook's source, and what its front matter says."""

    source: Path
    title: str
    question: str
    minutes: int
    needs: str
    rows: list[int]

    @property
    def number(self) -> str:
        """Its place in the course, such as "03"."""
        return self.source.name.split("_")[0]


def sources() -> list[Path]:
    """The notebooks as scripts, in the order of the course."""
    return sorted(path for path in HERE.glob("[0-9M]*_*.py"))


def languages() -> list[str]:
    """The languages that the course has beside English."""
    return sorted(path.name for path in (HERE / "locale").iterdir() if path.is_dir())


def lesson(source: Path) -> Lesson:
    """What the front matter of a notebook says.

    Raises:
        SystemExit: if something is missing in it, or not known.
    """
    said = dict(jupytext.read(source).metadata.get("stepgrad", {}))
    expected = set(Lesson._fields) - {"source"}
    if wrong := expected ^ set(said):
        raise SystemExit(f"{source.name}: the front matter must say {', '.join(sorted(expected))}; see {sorted(wrong)}")
    return Lesson(source, **said)


def unexecuted(source: Path) -> Any:
    """The notebook of a script, with the cells at its beginning."""
    about = lesson(source)
    notebook = jupytext.read(source)
    needs = f" · after {about.needs}" if about.needs else ""
    head = f"# {about.title}\n\n**{about.question}**\n\n{about.minutes} minutes{needs} · [all lessons](README.md)"
    notebook.cells.insert(0, new_markdown_cell(head))
    for cell in notebook.cells:
        if cell.source == IMPORT:
            cell.source = SETUP
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def executed(source: Path, solutions: dict[str, str] | None = None) -> Any:
    """The notebook of a script, executed.

    Args:
        source: the script.
        solutions: code to put in the place of cells, by the exercise that they check.
    """
    notebook = unexecuted(source)
    for cell in notebook.cells:
        found = ANSWER.search(cell.source) if cell.cell_type == "code" else None
        if solutions is not None and found:
            cell.source = solutions[found[1]]
    # Printed lines come in pieces whose number depends on timing; joined, two runs give the same.
    options = {"timeout": 600, "kernel_name": "python3", "coalesce_streams": True}
    client = NotebookClient(notebook, resources={"metadata": {"path": str(HERE)}}, **options)
    client.execute(env={**os.environ, **KERNEL})
    notebook.cells = [cell for cell in notebook.cells if "check" not in cell.metadata.get("tags", ())]
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.execution_count = None
        for output in cell.get("outputs", ()):
            output.get("metadata", {}).clear()
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = with_palette(output.data["image/png"])
            if "execution_count" in output:
                output.execution_count = None
    return notebook


def with_palette(png: str) -> str:
    """A picture, as base64, in 64 colours, which makes it a third of the size."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB").quantize(64).save(buffer, "png", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def solutions(number: str) -> dict[str, str]:
    """The solutions of a lesson: for each exercise the code of the cell that answers it."""
    path = HERE / "solutions" / f"{number}.py"
    if not path.exists():
        return {}
    cells = [cell.source for cell in jupytext.read(path, fmt="py:percent").cells if cell.cell_type == "code"]
    return {found[1]: source for source in cells if (found := ANSWER.search(source))}


def index() -> str:
    """The list of all lessons, from their front matter."""
    lessons = [lesson(source) for source in sources()]
    lines = [
        "# The course",
        "",
        " · ".join(f"[{say(language, 'language.name')}]({language}/README.md)" for language in languages()),
        "",
        "`make learn` opens a copy of your own in JupyterLab, with all that it needs. Each lesson has one",
        "question: you predict, run, step, derive, and check what you found. A wrong answer is told which mistake",
        "gives it. Numbers that are missing are those of lessons to come.",
        "",
        "| | lesson | its question | minutes | after |",
        "| --- | --- | --- | --- | --- |",
    ]
    for about in lessons:
        link = f"[{about.title}]({about.source.with_suffix('.ipynb').name})"
        lines.append(f"| {about.number} | {link} | {about.question} | {about.minutes} | {about.needs or '–'} |")
    with_answers = [about for about in lessons if (HERE / "solutions" / f"{about.number}.py").exists()]
    links = ", ".join(f"[{about.number}](solutions/{about.number}.py)" for about in with_answers)
    return "\n".join([*lines, "", f"Solutions: {links}. `make course` makes this list and the notebooks anew.", ""])


def write(source: Path) -> str:
    """Write the notebook of a script; a line that says so."""
    notebook = executed(source)
    target = source.with_suffix(".ipynb")
    nbformat.validate(notebook)
    target.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    return f"{target.name}: {target.stat().st_size // 1024} KB"


def main() -> None:
    import translation  # beside this script, and so found only where this is run

    chosen = [source for source in sources() if source.name.startswith(tuple(sys.argv[1:]) or ("",))]
    with ThreadPoolExecutor(2) as threads:
        for line in threads.map(write, chosen):
            print(line)
    (HERE / "README.md").write_text(index(), encoding="utf-8")
    translation.main(map(lesson, sources()), languages())


if __name__ == "__main__":
    main()
