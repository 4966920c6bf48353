"""``stepgrad train``: from a CSV file to a run folder, and every file and option that is wrong."""

from __future__ import annotations

import csv
import json
import math
import random
import re
import subprocess
import sys
import time

import pytest
from samples import ENOUGH, WRONG, colors
from terminal import refused

from stepgrad.cli import main
from stepgrad.tables import read_table

pytest.importorskip("safetensors", reason="models are saved as safetensors")


def test_a_run_writes_model_history_and_report(run):
    assert sorted(path.name for path in run.iterdir()) == [
        "history.csv",
        "model.json",
        "model.safetensors",
        "report.html",
    ]
    described = json.loads((run / "model.json").read_text())
    assert described["task"] == "classification"
    assert described["target"]["categories"] == ["setosa", "versicolor", "virginica"]
    assert described["test_scores"]["accuracy"] >= 0.95
    assert sum(described["rows"].values()) == 150
    page = (run / "report.html").read_text()
    assert "<svg" in page and "Confusion matrix" in page
    assert not re.search(r'(src|href)="(?!#)|url\((?!#)|@import', page), "the page needs another file"


def test_iris_is_learned_and_the_terminal_says_so(training):
    _, out = training
    assert "holds 3 different texts, so this is classification" in out
    assert "To predict: stepgrad predict" in out
    accuracy = float(out.split("accuracy")[1].split("%")[0])
    assert accuracy >= 95.0


def test_the_same_seed_gives_the_same_files_and_another_does_not(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(colors())
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        arguments = ["train", str(path), "--target", "ripe", "--out", str(tmp_path / name), "--seed", seed, "--quiet"]
        assert main([*arguments, "--epochs", "5"]) == 0
    files = ["model.safetensors", "model.json", "history.csv"]
    read = {name: [(tmp_path / name / file).read_bytes() for file in files] for name in "abc"}
    assert read["a"] == read["b"]
    assert read["a"][0] != read["c"][0]


def test_regression_predicts_in_the_units_of_the_table(tmp_path, capsys):
    generator = random.Random(1)
    rows = [(generator.uniform(0, 10), generator.choice("ab")) for _ in range(120)]
    lines = ["x,kind,price"] + [f"{x},{kind},{1000 + 50 * x + (200 if kind == 'b' else 0):.3f}" for x, kind in rows]
    path, folder, out = tmp_path / "prices.csv", tmp_path / "run", tmp_path / "out.csv"
    path.write_text("\n".join(lines))
    arguments = ["train", str(path), "--target", "price", "--out", str(folder), "--quiet"]
    assert main([*arguments, "--hidden", "8", "--lr", "0.03", "--epochs", "40"]) == 0
    assert "holds numbers, so this is regression" in capsys.readouterr().out
    scores = json.loads((folder / "model.json").read_text())["test_scores"]
    assert scores["r2"] > 0.98
    assert scores["root_mean_squared_error"] < 0.15 * scores["root_mean_squared_error_of_mean"]
    assert main(["predict", str(folder), str(path), "--out", str(out)]) == 0
    with out.open(newline="") as file:
        errors = [float(row["predicted_price"]) - float(row["price"]) for row in csv.DictReader(file)]
    assert math.sqrt(sum(e * e for e in errors) / len(errors)) < 30


def test_a_confusion_matrix_that_is_too_wide_is_said_to_be_in_the_report(tmp_path, capsys):
    path, folder = tmp_path / "data.csv", tmp_path / "run"
    path.write_text("x,y\n" + "\n".join(f"{k % 20},c{k % 20}" for k in range(200)))
    assert main(["train", str(path), "--target", "y", "--out", str(folder), "--quiet", "--epochs", "1"]) == 0
    assert "confusion matrix of 20 classes is too wide to print; it is in report.html" in capsys.readouterr().out
    assert "Confusion matrix" in (folder / "report.html").read_text()


# ---------------------------------------------------------------------- every file that is wrong


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_table_is_one_clear_sentence_and_writes_nothing(name, tmp_path, capsys):
    text, message = WRONG[name]
    path = tmp_path / "data.csv"
    path.write_text(text)
    code = main(["train", str(path), "--target", "ripe", "--out", str(tmp_path / "run"), "--quiet"])
    err = capsys.readouterr().err
    assert code == 2
    assert message in err
    assert err.startswith("stepgrad: ") and err.count("\n") == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["data.csv"]


def test_another_encoding_is_named_with_its_line(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_bytes((ENOUGH + "gr\xfcn,1.0,yes\n").encode("latin-1"))
    out = tmp_path / "run"
    assert "line 42 has the byte 0xfc" in refused(capsys, "train", path, "--target", "ripe", "--out", out, "--quiet")
    assert not out.exists()
    arguments = ["train", path, "--target", "ripe", "--out", out, "--quiet", "--epochs", "1", "--encoding"]
    assert "there is no encoding 'klingon'" in refused(capsys, *arguments, "klingon")
    assert main([*map(str, arguments), "latin-1"]) == 0


def test_a_byte_order_mark_says_which_encoding_to_pass(tmp_path, capsys):
    path, out = tmp_path / "data.csv", tmp_path / "run"
    for encoding in ("utf-16", "utf-32"):
        path.write_text(ENOUGH, encoding=encoding)
        arguments = ["train", path, "--target", "ripe", "--out", out, "--quiet"]
        for read_as in ("utf-8", "latin-1"):
            assert f"pass --encoding {encoding}, as its first" in refused(capsys, *arguments, "--encoding", read_as)
        assert read_table(path, encoding=encoding).columns == ["color", "size", "ripe"]


@pytest.mark.parametrize("size", ["0.5", "0.8"])
def test_a_test_part_that_leaves_too_little_of_a_class_is_refused(size, tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text(ENOUGH + "red,1.0,maybe\n" * 3)
    err = refused(capsys, "train", path, "--target", "ripe", "--out", tmp_path / "run", "--quiet", "--test-size", size)
    assert f"--test-size {size} leaves" in err
    assert "rows of class 'maybe'" in err or "rows of class 'no'" in err


@pytest.mark.parametrize("size", ["0.001", "0.7", "0.93"])
def test_a_part_of_iris_to_test_with_may_be_small_or_large(size, iris, tmp_path):
    arguments = ["train", str(iris), "--target", "species", "--out", str(tmp_path / "run"), "--quiet", "--epochs", "1"]
    assert main([*arguments, "--test-size", size]) == 0


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path, capsys):
    assert "no such file" in refused(capsys, "train", tmp_path / "none.csv", "--target", "y", "--out", tmp_path / "r")
    assert "is a folder" in refused(capsys, "train", tmp_path, "--target", "y", "--out", tmp_path / "r")


def test_more_rows_than_can_be_learned_from_are_refused_early(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text("x,y\n" + "1,2\n" * 1_000_000)
    err = refused(capsys, "train", path, "--target", "y", "--out", tmp_path / "run")
    assert "more than 100,000 rows" in err and "--sample 10000" in err


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--hidden", "16,x", "expected sizes such as 16,16"),
        ("--epochs", "0", "expected a whole number of at least 1"),
        ("--lr", "-1", "expected a number above 0"),
        ("--lr", "nan", "expected a number above 0"),
        ("--test-size", "1.5", "expected a part between 0 and 1"),
        ("--activation", "rel", "--activation is one of relu"),
        ("--ignore", "colour", "did you mean 'color'"),
        ("--delimiter", "ab", "expected one character"),
        ("--test-size", "0.999", "--test-size 0.999 leaves 0 of 40 rows"),
        ("--hidden", "1000000000", "has at least 4,000,000,001 parameters, too many"),
        ("--seed", "x", "argument --seed: expected a whole number, got 'x'"),
        ("--out", "", "argument --out: expected a path, got ''"),
        ("--task", "regression", "holds text, which regression cannot predict"),
    ],
)
def test_a_wrong_option_is_one_clear_sentence(option, value, message, tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text(ENOUGH)
    assert message in refused(capsys, "train", path, "--target", "ripe", "--out", tmp_path / "run", option, value)
    assert not (tmp_path / "run").exists()


def test_training_that_diverges_says_why_and_writes_nothing(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text("x,y\n" + "\n".join(f"{k},{k * 0.5}" for k in range(40)))
    err = refused(capsys, "train", path, "--target", "y", "--out", tmp_path / "run", "--lr", "1e200", "--quiet")
    assert "learning rate" in err
    assert not (tmp_path / "run").exists()


def test_training_that_is_terminated_leaves_nothing_behind(iris, tmp_path):
    command = [sys.executable, "-m", "stepgrad", "train", iris, "--target", "species", "--out", tmp_path / "run"]
    with subprocess.Popen([*map(str, command), "--epochs", "1000000", "--patience", "0", "--quiet"]) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert list(tmp_path.iterdir())
        process.terminate()
        assert process.wait(60) == 143
    assert list(tmp_path.iterdir()) == []


def test_an_example_needs_no_table_and_is_the_same_training(iris, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--example", "iris", "--epochs", "2", "--quiet"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("iris.csv: 150 rows") and str(tmp_path) not in shown and "nn" not in shown.split()[0]
    assert main(["train", str(iris), "--target", "species", "--epochs", "2", "--quiet", "--out", "again"]) == 0
    assert (tmp_path / "iris-run/history.csv").read_bytes() == (tmp_path / "again/history.csv").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "pass a table and its target"),
        (["a.csv"], "pass a table and its target"),
        (["a.csv", "--example", "iris"], "pass a.csv or --example iris, not both"),
        (["--example", "roses"], "invalid choice: 'roses'"),
    ],
    ids=["nothing", "no target", "both", "unknown"],
)
def test_a_table_or_an_example_is_asked_for(arguments, words, capsys):
    assert main(["train", *arguments]) == 2
    assert words in capsys.readouterr().err
