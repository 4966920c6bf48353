"""No text from a file acts on the terminal: all that a person reads is printable, and each error is one line."""

from __future__ import annotations

import ast
import csv
import io
import random
import sys
from pathlib import Path

import pytest
from samples import WRONG
from terminal import typed

import stepgrad

# Clears the screen; red; the other direction of writing; a bell; the begin of the line, a line of its own; not UTF-8.
EVIL = ["\x1b[2J", "\x9b31m", "\u202e", "\a", "\r", "\nstepgrad: all is well", "\x7f", "\u2028"]
WORDS = ["color", "size", "ripe", "red", "blue", "yes", "no", "maybe", "big"]


def evil(word):
    """A word with such characters within, in an order that it determines."""
    return f"{word[0]}{''.join(random.Random(word).sample(EVIL, len(EVIL)))}{word[1:]}"


def is_safe(text):
    return all(line.isprintable() for line in text.split("\n")) and not text.count("\nstepgrad: all is well")


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[evil(field) if field in WORDS else field for field in row] for row in rows])


def test_all_that_is_said_goes_through_echo():
    for file in Path(stepgrad.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
                assert file.name == "printing.py", file


@pytest.mark.parametrize("name", WRONG)
def test_an_error_about_a_table_is_one_printable_line(name, capsys, tmp_path):
    pytest.importorskip("safetensors", reason="models are saved as safetensors")
    text = WRONG[name][0]
    path = tmp_path / f"{evil('color')}.csv"
    delimiter = ";" if ";" in text else ","
    if "quote" in name or name == "NUL":
        path.write_text(text.replace("re\nd", "re\n\x1b[2Jd"))
    else:
        write(path, csv.reader(io.StringIO(text), delimiter=delimiter))
    arguments = ["--target", evil("ripe"), "--out", tmp_path / evil("run"), "--quiet"]
    code, out, err = typed(capsys, "train", path, *arguments)
    assert code == 2
    assert err.startswith("stepgrad: ") and err.count("\n") == 1
    assert is_safe(out) and is_safe(err)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_what_train_and_predict_say_is_printable(task, capsys, tmp_path, monkeypatch):
    pytest.importorskip("safetensors", reason="models are saved as safetensors")
    table, new, run, out = (tmp_path / evil(name) for name in ("color", "new", "run", "out"))
    truth = (lambda k: "yes" if k % 2 else "no") if task == "classification" else (lambda k: k + 0.5)
    rows = [["red" if k % 3 else "blue", k, truth(k)] for k in range(30)]
    write(table, [["color", "size", "ripe"], *rows])
    write(new, [["color", "size"], ["red", "?"], ["big", "2"]])
    arguments = ["--target", evil("ripe"), "--out", run, "--epochs", "1", "--missing", "mean", "--quiet"]
    said = [typed(capsys, "train", table, *arguments), typed(capsys, "train", table, *arguments)]
    said.append(typed(capsys, "predict", run, new, "--out", out))
    said.append(typed(capsys, "predict", new, run))
    raw = typed(capsys, "predict", run, new)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    said.append(typed(capsys, "predict", run, new))
    assert [code for code, _, _ in said] == [0, 2, 0, 2, 0]
    for _, printed, err in said:
        assert is_safe(printed) and is_safe(err)
    assert r"b\x" in said[-1][2]  # the notice about "big", which was not there in training
    with out.open(newline="", encoding="utf-8") as file:
        header, *_ = csv.reader(file)
    assert header[:3] == [evil("color"), evil("size"), f"predicted_{evil('ripe')}"]
    if task == "classification":  # the same texts for another program; only the digits differ
        assert next(csv.reader(io.StringIO(raw[1]))) == header
    page = (run / "report.html").read_text(encoding="utf-8")
    assert is_safe(page)


@pytest.mark.parametrize(
    "arguments",
    [
        [evil("no")],
        ["explain", evil("no")],
        ["explain", "x", f"x={evil('no')}"],
        ["explain", "x", f"{evil('no')}=1"],
        ["explain", "x", "x=1", "--html", f"no/{evil('no')}"],
        ["operations", evil("no")],
        ["demo", "--out", f"{__file__}/{evil('no')}"],
        ["demo", "--seed", evil("no")],
        ["train", evil("no"), "--target", "y"],
        ["train", __file__, "--target", "y", "--activation", evil("no")],
        ["train", __file__, "--target", "y", "--encoding", evil("no")],
        ["predict", evil("no"), evil("no")],
    ],
)
def test_an_error_about_an_argument_is_one_printable_line(arguments, capsys):
    code, out, err = typed(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("stepgrad: ") and err.count("\n") == 1
    assert is_safe(err)
