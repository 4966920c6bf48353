"""Ctrl-C and SIGTERM at any moment: one line or none, no traceback, nothing half-written, no two runs mixed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import weakref
from argparse import Namespace

import pytest
from samples import ENOUGH
from terminal import typed
from test_cli import ROOT

import stepgrad.running
from stepgrad.commands import Command
from stepgrad.demo_page import FILES
from stepgrad.tables.runs import WRITTEN

PROGRAM = "import sys; from stepgrad.cli import main; print('ready', flush=True); sys.exit(main())"
LINES = {
    "train": ["train", "data.csv", "--target", "ripe", "--epochs", "9", "--overwrite", "--out", "out"],
    "demo": ["demo", "--epochs", "2", "--out", "out"],
}


@pytest.mark.native
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("name", LINES)
def test_a_signal_at_a_random_moment(name, number, tmp_path, capsys):
    pytest.importorskip("safetensors", reason="models are saved as safetensors")
    (tmp_path / "data.csv").write_text(ENOUGH)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    whole = set(WRITTEN if name == "train" else FILES)
    for longest in (0.3, 1.5):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *LINES[name]],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout.readline() == "ready\n"
        delay = random.uniform(0.02, longest)
        time.sleep(delay)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        # 0 after the end, and after Ctrl-C in training, which keeps what was learned; -number when all is done.
        codes = (0, 130, -number) if number == signal.SIGINT else (0, 143, -number)
        assert process.returncode in codes, (delay, err)
        assert err == ("stepgrad: interrupted\n" if process.returncode == 130 else ""), delay
        assert {path.name for path in tmp_path.iterdir()} <= {"data.csv", "out"}
        if (tmp_path / "out").exists():
            assert {path.name for path in (tmp_path / "out").iterdir()} == whole
            if name == "train":  # the two files of a model are of one run
                assert typed(capsys, "predict", tmp_path / "out", tmp_path / "data.csv")[0] == 0


class Thing:
    """Something that a weak reference can refer to."""


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 130, "stepgrad: interrupted\n"), (signal.SIGTERM, 143, "")],
    ids=["SIGINT", "SIGTERM"],
)
def test_a_signal_that_python_would_swallow_in_a_callback_is_answered(number, code, said, capsys, monkeypatch):
    def run(options: Namespace) -> None:
        thing = Thing()
        reference = weakref.ref(thing, lambda _: signal.raise_signal(number))
        del thing
        for _ in range(500):
            time.sleep(0.01)
        pytest.fail(f"{reference} was not answered")

    monkeypatch.setattr(
        stepgrad.running, "find_commands", lambda: {"wait": Command(lambda parser: None, run, help="wait")}
    )
    try:
        found = typed(capsys, "wait")
    except SystemExit as error:
        found = error.code, "", capsys.readouterr().err
    assert found == (code, "", said)


def test_a_signal_that_an_import_makes_another_error_of_is_answered(capsys, monkeypatch):
    def run(options):
        try:
            signal.raise_signal(signal.SIGTERM)
        except SystemExit:  # as the import of a compiled module does
            raise ModuleNotFoundError("saving and loading need None") from None

    monkeypatch.setattr(
        stepgrad.running, "find_commands", lambda: {"wait": Command(lambda parser: None, run, help="wait")}
    )
    with pytest.raises(SystemExit) as ended:
        typed(capsys, "wait")
    assert ended.value.code == 143 and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
