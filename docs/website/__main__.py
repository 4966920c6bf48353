"""Make the site from the pages of the repository, the notebooks, the table of operations and the docstrings.

    python docs/website [FOLDER]         by default build/site

A warning of Sphinx is an error. The site asks nothing of another host.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the repository that this file is in

import api_pages
import operation_pages
import playground
from lessons import languages, lessons
from repository import OTHERS, ROOT, Repository, place_of
from stamp import digest
from steppers import Steppers

from autograd import step_through
from stepgrad.demo_page import classic_neuron

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent
STEPPER = "<!-- stepper -->"
"""Stands in a page where the neuron of the README is to be stepped through."""


TOCTREES = {
    "": ["Start <self>"],
    "Lessons": ["lessons/index", "playground"],
    "How to": [
        "testing",
        "howto/add_an_operation",
        "howto/train_on_my_table",
        "howto/embed_a_stepper",
        "howto/write_an_exercise",
    ],
    "Reference": ["tour", "operations", "api/index", "training", "figures", "trace"],
    "Background": [
        "design",
        "benchmarks",
        "coming_from_micrograd",
        "other_engines",
        "contributing",
        "changelog",
    ],
}
"""The pages of the site, in their order."""


MADE = ("README.md", "docs/operations.md", "docs/website/api_pages.py")
"""What is on the site in a form of its own."""


def put_together(folder: Path) -> None:
    """Write what Sphinx makes the site of."""
    repository, steppers = Repository(), Steppers()
    pages = lessons(repository, steppers)
    for path in [*OTHERS, *(x.relative_to(ROOT).as_posix() for x in sorted(DOCS.rglob("*.md")))]:
        place = place_of(path)
        if path in MADE or place is None:
            continue
        text = (ROOT / path).read_text(encoding="utf-8")
        pages[place] = _as_myst(repository.rewritten(text, path))
    neuron = classic_neuron()
    box = f"```{{raw}} html\n{steppers.box(step_through(neuron))}\n```"
    pages["index.md"] = pages["index.md"].replace(STEPPER, box) + _toctrees()
    pages["playground.md"] = pages["playground.md"].replace(playground.OPEN, playground.link())
    table, pictures = operation_pages.page()
    pages["operations.md"] = repository.rewritten(table, "docs/operations.md")
    pages |= api_pages.pages()
    pages |= repository.sources()
    static = folder / "_static"
    shutil.copytree(HERE / "static", static)
    (static / "steppers.js").write_text(steppers.script(), encoding="utf-8")
    (static / "operations").mkdir()
    for name, svg in pictures.items():
        (static / "operations" / name).write_text(svg, encoding="utf-8")
    for picture in [*DOCS.glob("*.svg"), *DOCS.glob("*.png")]:
        shutil.copy(picture, folder)
    shutil.copy(HERE / "conf.py", folder)
    for place, text in pages.items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _toctrees() -> str:
    parts = []
    for caption, names in TOCTREES.items():
        said = f":caption: {caption}\n" if caption else ""
        parts.append(f"```{{toctree}}\n:hidden:\n:maxdepth: 1\n{said}\n" + "\n".join(names) + "\n```\n")
    return "\n" + "\n".join(parts)


def _as_myst(text: str) -> str:
    """Markdown as code hosts know it, in the words of Sphinx."""
    return re.sub(r"^```console$", "```shell-session", text, flags=re.MULTILINE)


def main() -> None:
    """Make the site, and say where it is; a warning is an error."""
    site = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "build" / "site"
    source = site.with_name(f"{site.name}-source")
    for folder in (source, site):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir(parents=True)
    put_together(source)
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", "-d", str(source / "doctrees")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run([*command, str(source), str(site)], env=environment, check=False)
    if result.returncode:
        raise SystemExit(f"the site has warnings, which count as errors; its pages are in {source}")
    if playground.exists():
        playground.copy_to(site)
    for language in languages():
        for page in (site / "lessons" / language).glob("*.html"):
            text = page.read_text(encoding="utf-8")
            page.write_text(re.sub(r'(<html\b[^>]*\blang=)"en"', rf'\1"{language}"', text), encoding="utf-8")
    (site / "made_of.txt").write_text(digest(), encoding="utf-8")
    count = sum(1 for _ in site.rglob("*.html"))
    print(f"wrote {site}: {count} pages, {'with' if playground.exists() else 'without'} the playground")


if __name__ == "__main__":
    main()
