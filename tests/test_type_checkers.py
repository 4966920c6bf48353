"""Type checkers accept the typed programs, and notice each of the wrong lines; see the folder typed_programs."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "typed_programs"
WRONG = FOLDER / "wrong_lines.py"
PROGRAMS = sorted(set(FOLDER.glob("*.py")) - {WRONG})

Found = set[tuple[str, int, str]]
"""The errors: file, line and code."""


def expected(checker: int) -> Found:
    """What is written behind the wrong lines, for mypy (0) or for pyright (1)."""
    lines = enumerate(WRONG.read_text(encoding="utf-8").splitlines(), start=1)
    notes = [(number, re.search(r"  # ([a-z-]+), (report\w+)$", line)) for number, line in lines]
    return {(WRONG.name, number, note.groups()[checker]) for number, note in notes if note}


def run(*command: str, folder: Path) -> str:
    result = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, encoding="utf-8", check=False, cwd=folder
    )
    assert result.returncode == 1, result.stdout + result.stderr  # there are errors, and none in the call
    return result.stdout


def found_by_mypy() -> Found:
    """With the options that the packages are checked with, which are strict, and the cache that was left by that."""
    output = run("mypy", str(FOLDER), folder=ROOT)
    errors = re.findall(r"^(.*?):(\d+): error: .*\[([a-z-]+)\]$", output, re.MULTILINE)
    return {(Path(file).name, int(line), code) for file, line, code in errors}


def found_by_pyright(folder: Path) -> Found:
    """As in a project in whose environment stepgrad is installed: only what a package exports may be used."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    packages = folder / "venv" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (folder / "venv" / "pyvenv.cfg").touch()
    for package in ("autograd", "nn"):
        (packages / package).symlink_to(ROOT / package)
    project = {"venvPath": str(folder), "venv": "venv", "pythonVersion": "3.11", "reportUnusedExpression": False}
    (folder / "pyrightconfig.json").write_text(json.dumps(project))
    output = json.loads(run("pyright", "--outputjson", folder=folder))
    return {
        (Path(error["file"]).name, error["range"]["start"]["line"] + 1, error.get("rule", error["message"]))
        for error in output["generalDiagnostics"]
    }


def check(found: Found, expected: Found) -> None:
    """Each of the expected errors, and none on another line; a checker may find a second one on a wrong line."""
    assert not expected - found
    lines = {(file, line) for file, line, _ in expected}
    assert not {error for error in found if error[:2] not in lines}


@pytest.mark.checkers
def test_mypy_accepts_what_is_right_and_notices_what_is_wrong():
    pytest.importorskip("mypy", reason="mypy is not installed")
    check(found_by_mypy(), expected(0))


@pytest.mark.checkers
def test_pyright_accepts_what_is_right_and_notices_what_is_wrong(tmp_path: Path):
    pytest.importorskip("pyright", reason="pyright is not installed")
    check(found_by_pyright(tmp_path), expected(1))


def test_enough_lines_are_wrong():
    assert len(expected(0)) == len(expected(1)) > 40


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_typed_program_runs(program: Path, capsys: pytest.CaptureFixture[str]):
    runpy.run_path(str(program))["main"]()
    assert "Traceback" not in capsys.readouterr().err


def test_the_signatures_are_made_of_this_table():
    made = runpy.run_path(str(ROOT / "docs" / "signatures.py"))
    assert made["PATH"].read_text(encoding="utf-8") == made["signatures"](), "out of date: run make operations"
