"""``stepgrad explain``: both passes, and their four forms with the same numbers; nothing half-written."""

from __future__ import annotations

import json
import os
import re
import threading
from xml.etree import ElementTree

import pytest
from terminal import typed

from autograd import Trace

NEURON = ["tanh(x1*w1 + x2*w2 + b)", "x1=2", "x2=0", "w1=-3", "w2=1", "b=6.8813735870195432"]


def test_explain_prints_the_backward_pass_of_the_classic_neuron(capsys):
    code, out, err = typed(capsys, "explain", *NEURON)
    assert (code, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "1 v5 tanh(v4) 1 * dv5/dv4 = 1 - v5 * v5 = 0.5 = 0.5 -> v4.grad = 0.5" in lines
    assert "8 v1 x1 * w1 0.5 * dv1/dx1 = w1 = -3 = -1.5 -> x1.grad = -1.5" in lines
    assert lines[-5:] == ["dv5/dx1 = -1.5", "dv5/dw1 = 1", "dv5/dx2 = 0.5", "dv5/dw2 = 0", "dv5/db = 0.5"]


def test_an_expression_may_begin_with_a_minus(capsys):
    code, out, _ = typed(capsys, "explain", "-x**2", "x=3")
    assert code == 0
    assert "= -6" in out


@pytest.mark.parametrize("expression", ["--x", "---x", "x*-1", "-x --x"])
def test_signs_are_not_taken_for_options(capsys, expression):
    code, out, _ = typed(capsys, "explain", expression, "x=3")
    assert code == 0
    assert "x.grad" in out


def test_a_device_is_written_to_and_not_replaced(capsys, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    texts = []
    reader = threading.Thread(target=lambda: texts.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    code, _, _ = typed(capsys, "explain", "x*x", "x=2", "--svg", str(pipe))
    reader.join(10)
    assert code == 0
    assert texts[0].startswith("<svg")
    assert pipe.is_fifo()


def test_explain_draws(capsys, tmp_path):
    file = tmp_path / "graph.svg"
    code, out, _ = typed(capsys, "explain", "x*y", "x=2", "y=3", "--svg", str(file))
    assert code == 0
    assert str(file) in out
    assert file.read_text(encoding="utf-8").lstrip().startswith(("<?xml", "<svg"))
    assert [path.name for path in tmp_path.iterdir()] == ["graph.svg"]


def test_text_json_page_and_picture_carry_the_same_numbers(capsys, tmp_path):
    files = {kind: tmp_path / f"neuron.{kind}" for kind in ("html", "json", "svg")}
    options = [part for kind, file in files.items() for part in (f"--{kind}", str(file))]
    code, out, err = typed(capsys, "explain", *options, *NEURON)
    assert (code, err) == (0, "")
    texts = {kind: file.read_text(encoding="utf-8") for kind, file in files.items()}
    assert all(str(file) in out for file in files.values())

    written = Trace.from_json(texts["json"])
    nodes = [(node.name, f"{node.data:.4g}", f"{node.grad:.4g}") for node in written.nodes]
    assert ("x1", "2", "-1.5") in nodes
    embedded = re.search(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', texts["html"], re.DOTALL)
    assert json.loads(embedded[1]) == json.loads(texts["json"])

    pictures = ElementTree.fromstring(texts["svg"]), ElementTree.fromstring(svg_in(texts["html"]))
    for picture in pictures:
        words = " ".join(" ".join(picture.itertext()).split()).replace("\N{MINUS SIGN}", "-")
        for _, data, grad in nodes:
            assert data in words
            assert grad in words
    lines = [" ".join(line.split()) for line in out.splitlines()]
    for step, line in zip(written.steps, [line for line in lines if "->" in line], strict=True):
        assert f"= {step.product:.4g} -> {step.operand.name}.grad = {step.after:.4g}" in line


def svg_in(page):
    start = page.index("<svg xmlns")  # after the icons of the page
    return page[start : page.index("</svg>", start) + len("</svg>")]


def test_options_may_stand_anywhere(capsys, tmp_path):
    file = tmp_path / "steps.json"
    for arguments in (["x*y", "--json", str(file), "x=2", "y=3"], [f"--json={file}", "x*y", "x=2", "y=3"]):
        code, out, _ = typed(capsys, "explain", *arguments)
        assert code == 0
        assert out.splitlines()[-2:] == ["", f"All steps are in {file}"]
        assert json.loads(file.read_text())["nodes"]["data"] == [2.0, 3.0, 6.0]
        file.unlink()


def test_numbers_that_json_lacks_are_written_as_texts(capsys, tmp_path):
    file = tmp_path / "steps.json"
    assert typed(capsys, "explain", "log(x)", "x=0", "--json", str(file))[0] == 0
    written = json.loads(file.read_text(), parse_constant=pytest.fail)
    assert written["nodes"]["data"] == [0.0, "-inf"]
    assert written["edges"]["local"] == ["inf"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required: expression"),
        (["x + q", "x=1"], "'q' has no value: add q=NUMBER"),
        (["x", "x=one"], "expected a number for 'x'"),
        (["x.__class__", "x=1"], "is not allowed here"),
        (["(" * 3000, "x=1"], "this is not an expression"),
        (["-x", "--bogus", "x=1"], "expected NAME=NUMBER, such as x=2, got '--bogus'"),
        (["x", "x=1", "--svg"], "argument --svg: expected one argument"),
        (["x", "x=1", "--json"], "argument --json: expected one argument"),
        (["x", "x=1", "--html", ""], "argument --html: expected a path, got ''"),
    ],
)
def test_wrong_input_is_told_and_exit_code_2(capsys, arguments, message):
    code, out, err = typed(capsys, "explain", *arguments)
    assert code == 2
    assert out == ""
    assert message in err.splitlines()[0]
    assert err.startswith("stepgrad: ")
    assert "Traceback" not in err


def test_a_file_that_cannot_be_written_is_said_and_nothing_is_left_behind(capsys, tmp_path):
    missing = tmp_path / "missing" / "graph.svg"
    code, _, err = typed(capsys, "explain", "x*x", "x=2", "--svg", str(missing))
    assert code == 2
    assert f"cannot write {missing}: no such file or directory; choose another place" in err
    folder = tmp_path / "folder.svg"
    folder.mkdir()
    code, _, err = typed(capsys, "explain", "x*x", "x=2", "--svg", str(folder))
    assert code == 2
    assert f"cannot write {folder}: is a directory" in err
    good = tmp_path / "good.html"  # all files are written or none, and nothing is printed before
    code, out, _ = typed(capsys, "explain", "x*x", "x=2", "--html", str(good), "--svg", str(folder))
    assert (code, out) == (2, "")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.svg"]


def test_one_file_for_several_forms_is_refused_and_a_device_is_not(capsys, tmp_path):
    file = tmp_path / "a.html"
    for other in (file, tmp_path / "." / "a.html"):
        code, out, err = typed(capsys, "explain", "x*x", "x=2", "--html", str(file), "--json", str(other))
        assert (code, out) == (2, "")
        assert err == f"stepgrad: --html and --json are one file, {other}; pass another for each\n"
    assert not file.exists()
    assert typed(capsys, "explain", "x*x", "x=2", "--html", os.devnull, "--json", os.devnull)[0] == 0
