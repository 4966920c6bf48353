"""Folders with what `pip install "stepgrad[...]"` brings and nothing else, made of the packages installed here."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]


def make_environment(folder: Path, chosen: Sequence[str]) -> Path:
    """Fill a folder with links to the distributions that stepgrad with these extras requires, directly or by others.

    Skips the test if one of them is not installed here.
    """
    waiting = [Requirement(line) for line in PROJECT["dependencies"]]
    waiting += [Requirement(line) for extra in chosen for line in EXTRAS[extra]]
    seen = set()
    while waiting:
        requirement = waiting.pop()
        wanted = [{"extra": extra} for extra in requirement.extras] or [{"extra": ""}]
        key = (requirement.name.lower(), frozenset(requirement.extras))
        if key in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(key)
        try:
            distribution = metadata.distribution(requirement.name)
        except metadata.PackageNotFoundError:
            pytest.skip(f"{requirement.name} is not installed, which stepgrad{list(chosen)} requires")
        _link(distribution, folder)
        for line in distribution.requires or []:
            below = Requirement(line)
            if below.marker is None or any(below.marker.evaluate(extra) for extra in wanted):
                below.marker = None
                waiting.append(below)
    return folder


def _link(distribution: metadata.Distribution, folder: Path) -> None:
    """Link to the packages, modules and metadata of a distribution; not to its scripts, nor to .pth files."""
    for name in {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}:
        link, target = folder / name, Path(str(distribution.locate_file(name)))
        if not link.exists() and target.exists() and not name.endswith(".pth"):
            link.symlink_to(target.resolve())


def run_in(environment: Path, program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a Python that sees the standard library, these packages and the project."""
    start = f"import sys; sys.path[:0] = {[str(environment), str(ROOT)]!r}; sys.argv[1:] = {list(arguments)!r}\n"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + program],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
