"""The files of the repository that have a place on the site, and links from one to another.

Pages in the repository link to each other and to code by relative paths, so that they work on any code host. On the
site a page leads to the page made of it, and a file of code to a page that shows it.
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
OTHERS = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "benchmarks/README.md": "benchmarks.md",
    "docs/website/api_pages.py": "api/index.md",
}
"""Pages outside of `docs`, and where they are on the site."""

LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])+)\]\((?!https?:|mailto:|#)([^)\s]+)\)")


def place_of(path: str) -> str | None:
    """Where a page of the repository is on the site, from its top; None for what is no page."""
    if path in OTHERS:
        return OTHERS[path]
    if path.startswith("docs/") and path.endswith(".md"):
        return path.removeprefix("docs/")
    if path.startswith("notebooks/") and path.endswith(("README.md", ".ipynb")):
        return path.replace("notebooks/", "lessons/", 1).replace("README.md", "index.md")
    return None


class Repository:
    """Rewrites links, and remembers which files of code need a page."""

    def __init__(self) -> None:
        self.shown: set[str] = set()

    def rewritten(self, text: str, path: str) -> str:
        """The text of a page with links that lead where they should on the site.

        Args:
            text: in Markdown.
            path: of the page in the repository, from its top.

        Raises:
            SystemExit: if a link leads nowhere.
        """

        def link(match: re.Match[str]) -> str:
            target, _, anchor = match[2].partition("#")
            found = os.path.normpath(PurePosixPath(path).parent / target).replace(os.sep, "/")
            script = f"{found.removesuffix('.ipynb')}.py"
            if not (ROOT / found).exists() and (ROOT / script).exists():
                found = script  # a lesson that has not been executed yet
            if not (ROOT / found).exists():
                raise SystemExit(f"{path} links to {target}, which does not exist")
            if (ROOT / found).is_dir() and (ROOT / found / "README.md").exists():
                found = f"{found}/README.md"
            place = place_of(found)
            if place is None:
                if PurePosixPath(found).suffix in (".svg", ".png"):
                    return match[0]
                self.shown.add(found)
                place = f"source/{found}.md"
            return f"[{match[1]}](/{place}{'#' + anchor if anchor else ''})"

        return LINK.sub(link, text)

    def sources(self) -> dict[str, str]:
        """A page for each file or folder that was linked to: its place on the site, and its text."""
        pages = {}
        waiting = sorted(self.shown)
        while waiting:
            path = waiting.pop()
            place = f"source/{path}.md"
            if place in pages:
                continue
            file = ROOT / path
            if file.is_dir():
                inside = [x for x in sorted(file.iterdir()) if x.suffix == ".py" or (x / "__init__.py").exists()]
                lines = []
                for one in inside:
                    name = one.relative_to(ROOT).as_posix()
                    waiting.append(name)
                    lines.append(f"- [`{one.name}`](/source/{name}.md): {_about(one)}")
                pages[place] = _page(path, "\n".join(lines))
            else:
                language = {".py": "python", ".js": "javascript", ".json": "json", ".csv": "text"}
                fence = "`" * 8
                kind = language.get(file.suffix, "text")
                pages[place] = _page(path, f"{fence}{kind}\n{file.read_text(encoding='utf-8')}\n{fence}")
        return pages


def _page(path: str, content: str) -> str:
    return f"---\norphan: true\nnosearch: true\n---\n\n# `{path}`\n\n{content}\n"


def _about(path: Path) -> str:
    """The first line of the docstring of a module or a package."""
    file = path / "__init__.py" if path.is_dir() else path
    lines = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").splitlines()
    return lines[0].replace("*", r"\*") if lines else ""
