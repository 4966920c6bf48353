"""The page about a run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from samples import ENOUGH

from stepgrad.cli import main
from stepgrad.tables import Options, learn, read_table
from stepgrad.tables.report import residual_lines

pytest.importorskip("safetensors", reason="models are saved as safetensors")


def test_regression_names_the_rows_with_the_largest_residuals(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text("x,y\n" + "\n".join(f"{k},{1000 if k == 7 else k + 0.5}" for k in range(40)))
    for seed in range(20):  # until the outlier is held out
        learned = learn(read_table(path), Options(target="y", epochs=1, seed=seed), progress=False)
        if 9 in learned.lines:
            break
    _, first, *_ = residual_lines(learned)
    assert first[:2] == ["  9", "1000"]
    assert float(first[3]) == pytest.approx(float(first[2]) - 1000, abs=1)


def test_the_report_writes_signs_and_sentences_as_people_do(tmp_path):
    path, folder = tmp_path / "data.csv", tmp_path / "run"
    path.write_text("x,y\n" + "\n".join(f"{k - 1000},{'yes' if k % 2 else 'no'}" for k in range(40)))
    assert main(["train", str(path), "--target", "y", "--out", str(folder), "--quiet", "--epochs", "2"]) == 0
    page = (folder / "report.html").read_text()
    assert re.search(r"number, \(x \+ 9\d\d\.?\d*\) / ", page)
    assert "<p>Training ended: all 2 epochs are done. The weights" in page


def test_text_of_the_table_stays_text_in_the_report(tmp_path):
    path = tmp_path / "data.csv"
    nasty = "<script>alert(1)</script>"
    path.write_text(ENOUGH.replace("size", nasty).replace("yes", "$x_<b>y"))
    assert (
        main(["train", str(path), "--target", "ripe", "--out", str(tmp_path / "run"), "--quiet", "--epochs", "2"]) == 0
    )
    page = Path(tmp_path / "run" / "report.html").read_text()
    assert "<script" not in page and "<b>" not in page
    assert "&lt;script&gt;" in page
