"""The page's script and style, without comments and blanks, are the same script and style, and small."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from importlib.resources import files

import pytest

from autograd import Value, step_through
from autograd.stepper import minify
from autograd.stepper.page import SCRIPTS, embedded

node = shutil.which("node")


def part(name):
    return files("autograd.stepper").joinpath("assets", name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_stays_of_a_script_is_all_but_comments_and_blanks(name):
    code = part(name)
    short = minify.script(code)
    without_comments = re.sub(r"/\*.*?\*/", "", code, flags=re.DOTALL)
    assert re.sub(r"\s", "", short) == re.sub(r"\s", "", without_comments)
    assert minify.script(short) == short
    plain = [line for line in without_comments.split("\n") if not set(line) & set("/\\'")]
    for text in re.findall('"[^"]*"', "\n".join(plain)):
        assert text in short  # with its blanks


@pytest.mark.native
@pytest.mark.skipif(node is None, reason="the script of the page is run by Node, which is not installed")
def test_the_whole_script_is_still_one():
    code = minify.script("\n".join(part(name) for name in SCRIPTS))
    assert "\n" not in code and "/*" not in code
    subprocess.run([node, "--check", "-"], input=f'"use strict";{code}', text=True, check=True)


def test_blanks_of_a_style_that_mean_something_stay():
    css = part("stepper.css")
    short = minify.style(css)
    assert minify.style(short) == short
    plain = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    assert re.sub(r"\s", "", short) == re.sub(r"\s", "", plain)
    for meaningful in (r"calc\([^;]*\)", r"[\w\])*] :[a-z-]+", r"\) and \("):
        kept = [re.sub(r", ", ",", found) for found in re.findall(meaningful, plain)]
        assert kept == re.findall(meaningful, short)


def test_a_notebook_output_is_small():
    """250 KB, and 70 KB compressed, beyond the trace: what a page of the smallest graph takes."""
    text = embedded(step_through(Value(2.0, "x")))
    assert len(text) <= 250_000
    assert len(zlib.compress(text.encode())) <= 70_000
