"""What the site is made of, as one number, so that a test knows whether it is up to date."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("autograd", "nn", "stepgrad", "docs", "notebooks", "benchmarks")
KINDS = {".py", ".pyi", ".md", ".ipynb", ".css", ".js", ".json", ".csv", ".svg", ".html"}


def digest() -> str:
    """The hash of the names and contents of all files that the site is made of."""
    found = hashlib.sha256()
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in KINDS]
    for path in sorted([*files, *ROOT.glob("*.md")]):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
