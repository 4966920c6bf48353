"""What can be refused early is: before the rows of a table are read, before anything is learned."""

from __future__ import annotations

import pytest
from samples import ENOUGH
from terminal import refused

from stepgrad.commands import train
from stepgrad.tables import learning

pytest.importorskip("safetensors", reason="models are saved as safetensors")

RAGGED = "color,size,ripe\nred\n"
"""A table whose first row is wrong: who says something else has not read it."""
WIDE = ",".join([f"c{k}" for k in range(20_000)])


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        (RAGGED, ["--target", "rype"], "has no column 'rype'; did you mean 'ripe'?"),
        (RAGGED, ["--target", "ripe", "--ignore", "colour"], "has no column 'colour'; did you mean 'color'?"),
        (RAGGED, ["--target", "ripe", "--text", "n"], "has no column 'n'; it has 'color', 'size', 'ripe'"),
        (RAGGED, ["--target", "ripe", "--ignore", "color,size"], "has no column but 'ripe' left to learn from"),
        (
            RAGGED,
            ["--target", "ripe", "--hidden", "1000,1000"],
            "2-1000-1000-1 has at least 1,005,001 parameters",
        ),
        (RAGGED, ["--target", "ripe", "--hidden", "9," * 99 + "9999"], "a network of 101 layers has "),
        (f"{WIDE},y\n1\n", ["--target", "y"], "a network 20000-16-16-1 has at least 320,305 parameters"),
        (f"{WIDE},c7\n1\n", ["--target", "c7"], "columns 8 and 20001 are both called 'c7'"),
    ],
)
def test_what_the_header_tells_is_said_before_a_row_is_read(text, arguments, message, tmp_path, capsys):
    path, out = tmp_path / "data.csv", tmp_path / "run"
    path.write_text(text)
    assert message in refused(capsys, "train", path, *arguments, "--out", out)
    assert [entry.name for entry in tmp_path.iterdir()] == ["data.csv"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--activation", "sin"], "--activation is one of"),
        (["--sample", "5"], "--sample: expected a whole number of at least 10, got '5'"),
        (["--out", "taken"], "taken is there already and is no run of train"),
        (["--out", "taken", "--overwrite"], "taken is there already and is no run of train"),
        (["--out", "file"], "file is there already"),
        (["--out", "file/run"], "cannot write the folder file/run: not a directory"),
        (["--out", "loop"], "cannot write the folder loop: too many levels of symbolic links"),
    ],
)
def test_what_the_options_tell_is_said_before_the_table_is_opened(arguments, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.txt").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    before = sorted(tmp_path.rglob("*"))
    assert message in refused(capsys, "train", "none.csv", "--target", "y", *arguments)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_fewest_rows_that_are_drawn_are_the_fewest_that_are_learned_from(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text(ENOUGH)
    few = str(learning.FEWEST_ROWS - 1)
    assert "--sample: expected" in refused(capsys, "train", path, "--target", "ripe", "--sample", few)
    assert train.FEWEST_SAMPLED == learning.FEWEST_ROWS


def test_predict_says_what_is_wrong_with_columns_or_the_output_before_it_reads_a_row(run, tmp_path, capsys):
    path = tmp_path / "new.csv"
    path.write_text("sepal length,sepal width,petal length,petal width\n1\n")
    assert "cannot write" in refused(capsys, "predict", run, path, "--out", tmp_path / "none" / "out.csv")
    assert "cannot write" in refused(capsys, "predict", run, path, "--out", tmp_path)
    path.write_text(f"{WIDE}\n1\n")
    assert "has no columns 'sepal length', 'sepal width', " in refused(capsys, "predict", run, path)
    path.write_text("sepal length,sepal width,petal length,petal width,predicted_species\n1\n")
    assert "has a column 'predicted_species' already" in refused(capsys, "predict", run, path)


def test_half_characters_are_refused_where_they_are_read(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_bytes(ENOUGH.encode() + b"r+2AA-d,1.0,yes\n")
    arguments = ["train", path, "--target", "ripe", "--out", tmp_path / "run", "--encoding", "utf-7"]
    assert "line 42 holds half a character" in refused(capsys, *arguments)
