"""``stepgrad practice``: it writes the page of exercises and shows it, or says where it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from terminal import refused, typed

from stepgrad.practice_page import PROGRAMS, exercise, practice_page


def test_it_writes_the_page_where_it_is_told(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("webbrowser.open", lambda *arguments, **options: pytest.fail("nobody asked for a browser"))
    file = tmp_path / "practice.html"
    assert typed(capsys, "practice", "--save", file, "--lang", "zh") == (0, f"The exercises are in {file}\n", "")
    assert file.read_text(encoding="utf-8") == practice_page(lang="zh")


@pytest.mark.parametrize(("looks", "opens"), [(True, True), (True, False), (False, True)])
def test_it_opens_the_page_or_says_where_it_is(tmp_path, capsys, monkeypatch, looks, opens):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("autograd.trace.browser.somebody_looks", lambda: looks)
    monkeypatch.setattr("webbrowser.open", lambda address, new=0: opens)
    code, out, err = typed(capsys, "practice")
    assert (code, err) == (0, "")
    file = re.match(r"The exercises are in (.*)\n", out)[1]
    assert Path(file).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert ("There is no browser here: open the file in one" in out) == (not (looks and opens))


def test_a_place_that_cannot_be_written_is_one_clear_sentence(capsys, tmp_path):
    said = refused(capsys, "practice", "--save", tmp_path / "no" / "such" / "folder.html")
    assert "cannot write" in said and "choose another place with --save" in said


def test_the_page_is_the_same_every_time_and_asks_nothing_of_a_network():
    page = practice_page()
    assert page == practice_page()
    assert not re.search(r"https?:", page.replace("http://www.w3.org/", ""))
    assert len(page) < 1_000_000


def test_the_exercises_are_small_and_all_different():
    seen = set()
    for level, programs in PROGRAMS.items():
        assert len(programs) >= 6
        for program in programs:
            trace = exercise(program)
            assert 4 <= len(trace) <= 12, program
            uses = max(node.consumers for node in trace.nodes)
            assert uses > 1 or level != 2
            seen.add(tuple((node.op, node.operands) for node in trace.nodes))
    assert len(seen) == sum(map(len, PROGRAMS.values()))
