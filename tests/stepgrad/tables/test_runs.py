"""The folder of a run: what is replaced in it, and what never is."""

from __future__ import annotations

import json

import pytest
from terminal import refused

from stepgrad.cli import main

pytest.importorskip("safetensors", reason="models are saved as safetensors")


def test_a_folder_with_other_things_is_never_replaced(run, iris, tmp_path, capsys):
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "thesis.txt").write_text("all of it")
    arguments = ["train", iris, "--target", "species", "--out", taken, "--quiet", "--epochs", "1"]
    assert "choose another --out" in refused(capsys, *arguments)
    assert "choose another --out" in refused(capsys, *arguments, "--overwrite")
    assert (taken / "thesis.txt").read_text() == "all of it"


def test_an_earlier_run_is_replaced_when_asked(iris, tmp_path, capsys):
    arguments = ["train", str(iris), "--target", "species", "--out", str(tmp_path / "run"), "--quiet", "--epochs", "1"]
    assert main(arguments) == 0
    assert "pass --overwrite" in refused(capsys, *arguments)
    before = (tmp_path / "run" / "model.safetensors").read_bytes()
    assert main([*arguments, "--overwrite", "--seed", "5"]) == 0
    assert (tmp_path / "run" / "model.safetensors").read_bytes() != before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_files_of_the_user_in_the_folder_of_a_run_stay(iris, tmp_path, capsys):
    folder = tmp_path / "run"
    arguments = ["train", iris, "--target", "species", "--out", folder, "--quiet", "--epochs", "1"]
    assert main([str(argument) for argument in arguments]) == 0
    data = folder / "data.csv"
    data.write_bytes(iris.read_bytes())
    (folder / "notes.txt").write_text("mine")
    arguments[1] = data
    assert main([*map(str, arguments), "--overwrite", "--seed", "3"]) == 0
    assert json.loads((folder / "model.json").read_text())["seed"] == 3
    assert (folder / "notes.txt").read_text() == "mine"
    assert data.read_bytes() == iris.read_bytes()
    assert len(list(folder.iterdir())) == 6

    arguments[1] = folder / "history.csv"
    arguments[3] = "loss"
    assert "would be replaced by the history.csv of the new run" in refused(capsys, *arguments, "--overwrite")
    (folder / "history.csv").unlink()
    (folder / "history.csv").mkdir()
    arguments[1] = data
    assert "history.csv in it is a folder; choose another --out" in refused(capsys, *arguments, "--overwrite")


def test_a_model_of_another_program_is_never_replaced(iris, tmp_path, capsys):
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "model.json").write_text('{"learner": "trees"}')
    arguments = ["train", iris, "--target", "species", "--out", folder, "--quiet", "--overwrite"]
    assert "is no run of train; choose another --out" in refused(capsys, *arguments)
    assert (folder / "model.json").read_text() == '{"learner": "trees"}'


def test_predictions_never_replace_what_they_are_made_from(run, iris, tmp_path, capsys):
    path = tmp_path / "new.csv"
    path.write_bytes(iris.read_bytes())
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    for out in (path, link, run / "model.json"):
        assert f"--out {out} would replace" in refused(capsys, "predict", run, path, "--out", out)
    assert path.read_bytes() == iris.read_bytes()
