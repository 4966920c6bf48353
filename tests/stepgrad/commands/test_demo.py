"""``stepgrad demo``: it learns, and its page shows the numbers."""

from __future__ import annotations

import html
import io
import re
import sys

import pytest
from terminal import refused, typed

import nn
from stepgrad.cli import main
from stepgrad.demo_page import FILES, train_iris


def test_the_demo_reaches_93_percent_on_flowers_it_never_saw(tmp_path, capsys):
    code, out, err = typed(capsys, "demo", "--quiet", "--out", tmp_path)
    assert (code, err) == (0, "")
    shown = re.search(r"Held-out accuracy after 60 epochs: (.*)% of 50 flowers", out)[1]
    assert float(shown) >= 93
    assert "dout/dx1  =  -1.5" in out
    assert str(tmp_path / "index.html") in out.splitlines()[-1]
    page = html.unescape((tmp_path / "index.html").read_text(encoding="utf-8")).replace("\xa0", " ")
    assert not re.search(r"(?:src|href)=.https?:", page)
    for word in ("versicolor", "petal length (cm)", "accuracy", f"{shown}%", "sepal_length"):
        assert word in page
    # The page is the stepper: that of the neuron before anything else, that of the network below.
    assert re.findall(r"<section class=\"stepgrad[^>]* aria-label=\"([^\"]*)\"", page) == [
        "Stepper for out",
        "Stepper for loss",
    ]
    body = page[page.index("<body>") :]
    assert body.index("<section") < body.index("<h2>A network trained")
    assert "−1.5" in page and "<pre" not in body[: body.index("<section")]


class Terminal(io.StringIO):
    def isatty(self):
        return True


AT_HOME = {"DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("stdout", "system", "environment", "expected"),
    [
        (Terminal(), "linux", AT_HOME, True),
        (Terminal(), "linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        (Terminal(), "darwin", {}, True),
        (Terminal(), "win32", {}, True),
        (Terminal(), "linux", {}, False),
        (Terminal(), "linux", {**AT_HOME, "CI": "true"}, False),
        (Terminal(), "darwin", {"SSH_CONNECTION": "10.0.0.1 22 10.0.0.2 22"}, False),
        (io.StringIO(), "darwin", AT_HOME, False),
    ],
    ids=["X", "Wayland", "macOS", "Windows", "no display", "CI", "from afar", "no terminal"],
)
def test_the_browser_opens_for_a_person_at_a_terminal_with_a_display(
    monkeypatch, tmp_path, capsys, stdout, system, environment, expected
):
    asked = []
    monkeypatch.setattr("webbrowser.open", lambda address, new=0: asked.append(address) or True)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "CI", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("stepgrad.commands.demo._demonstrate", lambda options, folder: None)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(sys, "stdout", stdout)
    assert main(["demo", "--quiet", "--out", str(tmp_path / "demo")]) == 0
    page = tmp_path / "demo" / "index.html"
    assert f"Page: {page}\n" in stdout.getvalue()
    assert asked == [page.as_uri()] * expected
    stdout.seek(0)
    stdout.truncate()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_seeds_do_well_too(seed):
    _, history, split = train_iris(seed=seed, epochs=20)
    assert history.val_accuracy[-1] >= 0.9
    assert not {tuple(row) for row in split["X_test"]} - {tuple(row) for row in nn.data.load_iris().data}


def test_a_demo_folder_that_cannot_be_made_is_said_before_the_work(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    code, out, err = typed(capsys, "demo", "--out", str(tmp_path / "file" / "demo"))
    assert (code, out) == (2, "")
    assert "cannot write to the folder" in err


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--epochs", "0", "argument --epochs: expected a whole number of at least 1, got '0'"),
        ("--seed", "one", "argument --seed: expected a whole number, got 'one'"),
    ],
)
def test_a_wrong_option_is_one_clear_sentence(capsys, tmp_path, option, value, message):
    assert message in refused(capsys, "demo", "--out", tmp_path / "demo", option, value)
    assert not (tmp_path / "demo").exists()


def test_an_earlier_demo_is_replaced_whole_and_other_files_stay(capsys, tmp_path):
    arguments = ["demo", "--quiet", "--epochs", "1", "--out", tmp_path]
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "history.csv").mkdir()
    assert "history.csv in it is a folder; choose another" in refused(capsys, *arguments)
    (tmp_path / "history.csv").rmdir()
    for seed in (0, 1):
        assert typed(capsys, *arguments, "--seed", seed)[0] == 0
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "notes.txt"}
    assert (tmp_path / "notes.txt").read_text() == "mine"
