"""The page's script and style, without comments and blanks, are the same script and style, and small."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import zlib
from importlib.resources import files
from pathlib import Path

import pytest

from autograd import Value, step_through
from autograd.stepper import script
from autograd.stepper.page import embedded
from autograd.stepper.script import SHORT, digest_of, parts, short

ROOT = Path(__file__).resolve().parents[2]
specification = importlib.util.spec_from_file_location("shorten", ROOT / "docs" / "shorten.py")
shorten = importlib.util.module_from_spec(specification)
specification.loader.exec_module(shorten)


def part(name):
    return files("autograd.stepper").joinpath("assets", name).read_text(encoding="utf-8")


def test_the_short_script_is_that_of_the_parts():
    assert digest_of(parts()) in part(SHORT), "the page's scripts have changed: run make page, which needs npm"


@pytest.mark.checkers
@pytest.mark.native
@pytest.mark.skipif(not shorten.command(), reason="terser comes from npm, which is not installed")
def test_the_short_script_is_what_terser_makes_of_the_parts():
    try:
        made = shorten.shortened()
    except subprocess.CalledProcessError as error:
        pytest.skip(f"npx could not run terser: {error.stderr[-200:]}")
    assert made == part(SHORT)


def test_the_script_is_one_line_of_ascii():
    assert short().isascii()
    assert "\n" not in short()


def test_a_short_script_of_other_parts_is_not_taken(monkeypatch):
    monkeypatch.setattr(script, "parts", lambda: "(function () {})")
    short.cache_clear()
    try:
        assert short() == "(function () {})"
    finally:
        short.cache_clear()


def test_blanks_of_a_style_that_mean_something_stay():
    css = part("stepper.css")
    short = script.short_style(css)
    assert script.short_style(short) == short
    plain = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    assert re.sub(r"\s", "", short) == re.sub(r"\s", "", plain)
    for meaningful in (r"calc\([^;]*\)", r"[\w\])*] :[a-z-]+", r"\) and \("):
        kept = [re.sub(r", ", ",", found) for found in re.findall(meaningful, plain)]
        assert kept == re.findall(meaningful, short)


def test_a_notebook_output_is_small():
    """250 KB, and 80 KB compressed, beyond the trace: what a page of the smallest graph takes."""
    text = embedded(step_through(Value(2.0, "x")))
    assert len(text) <= 250_000
    assert len(zlib.compress(text.encode())) <= 80_000
