"""From a CSV file to predictions, as a person uses ``stepgrad train`` and ``predict``; and every file that is wrong."""

from __future__ import annotations

import csv
import json
import math
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nn
from stepgrad.cli import main
from stepgrad.tables import Options, TableError, TabularModel, learn, read_table
from stepgrad.tables.columns import number_in, written_as
from stepgrad.tables.learning import class_name, guess_task
from stepgrad.tables.report import residual_lines

pytest.importorskip("safetensors", reason="models are saved as safetensors")

ROWS = [("red", 1.5, "yes"), ("blue", -0.5, "no"), ("red", 2.5, "yes"), ("blue", -1.5, "no")]


def colors(count=40, header="color,size,ripe"):
    generator = random.Random(0)
    lines = [f"{c},{s + generator.gauss(0, 0.1):.4f},{r}" for c, s, r in ROWS * (count // 4)]
    return "\n".join([header, *lines]) + "\n"


@pytest.fixture(scope="module")
def iris(tmp_path_factory):
    """Fisher's irises as a person has them: a CSV file with names of species."""
    data = nn.data.load_iris()
    path = tmp_path_factory.mktemp("iris") / "iris.csv"
    names = [name.replace(" (cm)", "") for name in data.feature_names]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, "species"])
        writer.writerows([*row, data.target_names[kind]] for row, kind in zip(data.data, data.target, strict=True))
    return path


@pytest.fixture(scope="module")
def run(iris, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "iris-run"
    assert main(["train", str(iris), "--target", "species", "--out", str(folder), "--quiet"]) == 0
    return folder


# ---------------------------------------------------------------------- the usual case


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


def test_iris_is_learned_and_the_terminal_says_so(iris, tmp_path, capsys):
    assert main(["train", str(iris), "--target", "species", "--out", str(tmp_path / "run"), "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "holds 3 different texts, so this is classification" in out
    assert "To predict: stepgrad predict" in out
    accuracy = float(out.split("accuracy")[1].split("%")[0])
    assert accuracy >= 95.0


@pytest.mark.parametrize("name", ["wine", "breast_cancer"])
def test_real_tables_are_learned_with_the_defaults(name, tmp_path):
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn has these tables")
    data = getattr(datasets, f"load_{name}")()
    path = tmp_path / f"{name}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*data.feature_names, "class"])
        writer.writerows([*row, data.target_names[kind]] for row, kind in zip(data.data, data.target, strict=True))
    learned = learn(read_table(path), Options(target="class"), progress=False)
    assert learned.scores["accuracy"] >= 0.95
    assert learned.scores["accuracy_of_commonest_class"] < 0.75


def test_predictions_of_a_loaded_model_are_those_of_the_network(run, iris, tmp_path, capsys):
    out = tmp_path / "predictions.csv"
    assert main(["predict", str(run), str(iris), "--out", str(out)]) == 0
    assert "150 predictions" in capsys.readouterr().out
    model = TabularModel.load(run)
    table = read_table(iris)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row, inputs in zip(rows, model.inputs(table), strict=True):
        scores = [value.data for value in model.module(inputs)]
        powers = [math.exp(score - max(scores)) for score in scores]
        for name, power in zip(model.classes, powers, strict=True):
            assert float(row[f"probability_{name}"]) == pytest.approx(power / sum(powers), rel=1e-12)
        assert row["predicted_species"] == model.classes[scores.index(max(scores))]
    right = sum(row["predicted_species"] == row["species"] for row in rows)
    assert right >= 0.95 * 150


def test_columns_may_come_in_another_order_and_the_target_may_be_absent(run, iris, tmp_path, capsys):
    table = read_table(iris)
    order = [3, 2, 1, 0]
    lines = [",".join(["note", *(table.columns[i] for i in order)])]
    lines += [",".join(["x", *(row[i] for i in order)]) for row in table.rows]
    shuffled = tmp_path / "shuffled.csv"
    shuffled.write_text("\n".join(lines))
    assert main(["predict", str(run), str(iris)]) == 0
    usual = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert main(["predict", str(run), str(shuffled)]) == 0
    other = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["predicted_species"] for row in other] == [row["predicted_species"] for row in usual]


def test_the_same_seed_gives_the_same_files_and_another_does_not(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(colors())
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert (
            main(["train", str(path), "--target", "ripe", "--out", str(tmp_path / name), "--seed", seed, "--quiet"])
            == 0
        )
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
    assert main(["train", str(path), "--target", "price", "--out", str(folder), "--quiet"]) == 0
    assert "holds numbers, so this is regression" in capsys.readouterr().out
    scores = json.loads((folder / "model.json").read_text())["test_scores"]
    assert scores["r2"] > 0.98
    assert scores["root_mean_squared_error"] < 0.15 * scores["root_mean_squared_error_of_mean"]
    assert main(["predict", str(folder), str(path), "--out", str(out)]) == 0
    with out.open(newline="") as file:
        errors = [float(row["predicted_price"]) - float(row["price"]) for row in csv.DictReader(file)]
    assert math.sqrt(sum(e * e for e in errors) / len(errors)) < 30


def test_rows_held_out_do_not_scale_the_columns(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(colors())
    table = read_table(path)
    learned = learn(table, Options(target="ripe", epochs=1), progress=False)
    (size,) = [column for column in learned.model.features if column.name == "size"]
    everything = [float(text) for text in table.column("size")]
    assert size.mean != pytest.approx(sum(everything) / len(everything), abs=1e-12)


def test_a_text_that_was_not_there_in_training_is_told_and_counts_as_none(tmp_path, capsys):
    path, new, folder = tmp_path / "data.csv", tmp_path / "new.csv", tmp_path / "run"
    path.write_text(colors())
    new.write_text("color,size\nred,1.5\nmauve,1.5\n")
    assert main(["train", str(path), "--target", "ripe", "--out", str(folder), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["predict", str(folder), str(new)]) == 0
    captured = capsys.readouterr()
    assert "line 3, column 'color': 'mauve' was not there in training" in captured.err
    assert len(captured.out.splitlines()) == 3


@pytest.mark.parametrize(
    ("fields", "task"),
    [
        (["a", "b", "a"], "classification"),
        (["0", "1"] * 10, "classification"),
        (["1.0", "2.0"] * 10, "classification"),
        ([str(k) for k in range(30)], "regression"),
        (["0.5", "1.5"] * 10, "regression"),
        ([*map(str, range(10)), "?"], "regression"),
    ],
)
def test_the_task_is_guessed_from_the_target(fields, task):
    assert guess_task(fields)[0] == task


@pytest.mark.parametrize(
    ("text", "number"), [("1e3", 1000.0), (" 2 ", 2.0), ("1_000", None), ("nan", None), ("", None)]
)
def test_what_counts_as_a_number(text, number):
    assert number_in(text) == number


def test_whole_numbers_are_one_class_however_they_are_written():
    assert {class_name(text) for text in ("1", "1.0", "01")} == {"1"}


def test_missing_values_are_dropped_or_filled_with_the_mean_and_the_commonest_text(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(colors() + "red,?,yes\n,1.5,yes\nred,1.5,\n")
    table = read_table(path)
    with pytest.raises(TableError, match=r"column '(ripe|size)' is .*: the value is missing"):
        learn(table, Options(target="ripe"), progress=False)
    dropped = learn(table, Options(target="ripe", missing="drop", epochs=2), progress=False)
    assert sum(dropped.model.facts["rows"].values()) == 40
    filled = learn(table, Options(target="ripe", missing="mean", epochs=2), progress=False)
    assert sum(filled.model.facts["rows"].values()) == 42
    color, size = filled.model.features
    assert color.filling in ("red", "blue")
    assert size.filling == size.mean


def test_missing_values_to_predict_with_are_filled_in_as_in_training_or_refused(tmp_path, capsys):
    path, new, folder = tmp_path / "data.csv", tmp_path / "new.csv", tmp_path / "run"
    path.write_text(colors() + "red,?,yes\n,1.5,yes\n")
    new.write_text("color,size\nred,?\n,1.5\n")
    arguments = ["train", str(path), "--target", "ripe", "--quiet", "--epochs", "2", "--out", str(folder)]
    assert main([*arguments, "--missing", "mean"]) == 0
    color, size = json.loads((folder / "model.json").read_text())["features"]
    capsys.readouterr()
    assert main(["predict", str(folder), str(new)]) == 0
    captured = capsys.readouterr()
    assert captured.err == f"stepgrad: {new}: 2 missing values filled with the mean or the commonest text of training\n"
    new.write_text(f"color,size\nred,{size['mean']!r}\n{color['filling']},1.5\n")
    assert main(["predict", str(folder), str(new)]) == 0
    probabilities = [line.split(",")[2:] for line in capsys.readouterr().out.splitlines()]
    assert [line.split(",")[2:] for line in captured.out.splitlines()] == probabilities

    assert main([*arguments, "--missing", "drop", "--overwrite"]) == 0
    for row, column in (("red,?", "size"), (",1.5", "color")):
        new.write_text(f"color,size\n{row}\n")
        err = _fails(capsys, "predict", folder, new, "--out", tmp_path / "out.csv")
        assert f"{new}, line 2, column '{column}' is" in err
        assert "the value is missing; fill it in, leave the row out, or train again with --missing mean" in err


def test_columns_read_as_text_are_named_and_dates_are_told(tmp_path):
    path = tmp_path / "data.csv"
    lines = [line + f",2024-01-{number % 7 + 1:02d}" for number, line in enumerate(colors().splitlines()[1:])]
    path.write_text("\n".join(["color,size,ripe,day", *lines]))
    learned = learn(read_table(path), Options(target="ripe", epochs=1), progress=False)
    assert learned.notices[1:] == [
        "column 'color' is read as text: 2 different texts",
        "column 'day' is read as text: 7 different texts, which look like dates; their order is lost",
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("5,1", "a decimal comma"),
        ("-1.234,5", "a decimal comma"),
        ("3%", "a percent sign"),
        ("12.5 %", "a percent sign"),
        ("1'000", "a thousands separator"),
        ("1 234 567.8", "a thousands separator"),
        ("1,2,3", None),
        ("10-20", None),
        ("5", None),
        ("", None),
    ],
)
def test_what_looks_like_a_number_that_is_written_in_another_way(text, kind):
    assert written_as(text) == kind


def test_a_column_that_looks_like_numbers_is_text_when_asked(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x;ripe\n" + "\n".join(f"{k % 4},5;{'yes' if k % 2 else 'no'}" for k in range(40)))
    learned = learn(read_table(path), Options(target="ripe", text=["x"], epochs=1), progress=False)
    assert learned.model.features[0].categories == ["0,5", "1,5", "2,5", "3,5"]


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


def test_a_confusion_matrix_that_is_too_wide_is_said_to_be_in_the_report(tmp_path, capsys):
    path, folder = tmp_path / "data.csv", tmp_path / "run"
    path.write_text("x,y\n" + "\n".join(f"{k % 20},c{k % 20}" for k in range(200)))
    assert main(["train", str(path), "--target", "y", "--out", str(folder), "--quiet", "--epochs", "1"]) == 0
    assert "confusion matrix of 20 classes is too wide to print; it is in report.html" in capsys.readouterr().out
    assert "Confusion matrix" in (folder / "report.html").read_text()


def test_a_sample_is_drawn_from_a_table_of_any_length(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("x\n" + "\n".join(map(str, range(2000))))
    drawn = [int(x) for x in read_table(path, sample=200, seed=3).column("x")]
    assert len(drawn) == 200
    assert drawn == sorted(set(drawn))
    assert abs(sum(drawn) / 200 - 1000) < 4 * 2000 / math.sqrt(12 * 200)
    assert [int(x) for x in read_table(path, sample=200, seed=4).column("x")] != drawn


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed_and_quotes_are_read(tmp_path, delimiter):
    path = tmp_path / "data.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f'a{delimiter}b\r\n"x{delimiter}y"{delimiter} 2\r\n\r\n'.encode())
    table = read_table(path)
    assert (table.columns, table.rows, table.lines) == (["a", "b"], [[f"x{delimiter}y", "2"]], [2])


# ---------------------------------------------------------------------- every file that is wrong

ENOUGH = colors()
WRONG = {
    "empty": ("", "is empty"),
    "blank": ("\n\n", "is empty"),
    "header only": ("color,size,ripe\n", "has a header but no rows"),
    "no header": ("1,2,3\n4,5,6\n", "line 1 holds numbers only"),
    "no such target": (ENOUGH.replace("ripe", "rype"), "has no column 'ripe'; did you mean 'rype'"),
    "ragged": (ENOUGH + "red,1.0\n", "line 42 has 2 fields, but the header has 3"),
    "too long": (ENOUGH + "red,1.0,yes,7\n", "line 42 has 4 fields"),
    "unnamed column": (ENOUGH.replace("size", " "), "column 2 has no name"),
    "two of one name": (ENOUGH.replace("size", "color"), "columns 1 and 2 are both called 'color'"),
    "text among numbers": (ENOUGH + "red,big,yes\n", "line 42, column 'size' is 'big', which is not a number"),
    "nan": (ENOUGH + "red,nan,yes\n", "line 42, column 'size' is 'nan': the value is missing"),
    "infinity": (ENOUGH + "red,inf,yes\n", "line 42, column 'size' is 'inf', which is not a number"),
    "empty text": (ENOUGH + ",1.0,yes\n", "line 42, column 'color' is '': the value is missing"),
    "no target in a row": (ENOUGH + "red,1.0,\n", "line 42, column 'ripe' is '': the value is missing"),
    "empty column": ("x,size,ripe\n" + ",1,yes\n,2,no\n" * 20, "column 'x' of"),
    "one class": (ENOUGH.replace("no", "yes"), "one class only, 'yes'"),
    "a class of one": (ENOUGH + "red,1.0,maybe\n", "class 'maybe' of column 'ripe' occurs in 1 of 41 rows"),
    "a constant number": ("x,ripe\n" + "\n".join(f"{k},0.5" for k in range(40)), "'ripe' of"),
    "few rows": (colors(8), "has 8 rows to learn from; at least 10"),
    "names": (
        "id,ripe\n" + "\n".join(f"n{k},{'yes' if k % 2 else 'no'}" for k in range(40)),
        "leave it out with --ignore",
    ),
    "a text target of many": ("x,ripe\n" + "\n".join(f"{k},n{k}" for k in range(40)), "too many to be classes"),
    "target alone": ("ripe\n" + "yes\nno\n" * 20, "has no column but 'ripe' left"),
    "open quote": (
        ENOUGH + '"red,1.0,yes\n',
        "line 42: a quote opens in the row that begins there and is never closed",
    ),
    "open quote above": (ENOUGH.replace("\nred", '\n"red', 1), "line 2: a quote opens in the row that begins there"),
    "quote closed late": ("\n" + ENOUGH.replace("\nred", '\n"red', 1) + 'red"x,1.0,yes\n', "row begins on line 3"),
    "a quote over lines": (ENOUGH + '"re\nd",1.0\n', "line 43, with which a row ends that begins on line 42, has 2"),
    "a huge number": (ENOUGH + "red,1e308,yes\n", "line 42, column 'size' is '1e308', which is too large to compute"),
    "huge numbers": (ENOUGH + "red,1e308,yes\nred,-1e308,yes\n", "line 42, column 'size' is '1e308', which is too"),
    "overflow": (ENOUGH + "red,3e308,yes\n", "line 42, column 'size' is '3e308', which is too large"),
    "a target that overflows": (
        "x,ripe\n" + "\n".join(f"{k},{k}e307" for k in range(1, 40)),
        "line 2, column 'ripe' is '1e307', which is too large",
    ),
    "decimal commas": (
        "x;ripe\n" + "\n".join(f"{k},{k % 3};{'yes' if k % 2 else 'no'}" for k in range(40)),
        "line 2, column 'x' is '0,0', which looks like a number with a decimal comma, as 40 of 40 fields in this "
        "column do; write decimal points, or pass --text 'x'",
    ),
    "decimal commas in the target": (
        "x;ripe\n" + "\n".join(f"{k};{k % 5},{k % 3}" for k in range(40)),
        "line 2, column 'ripe' is '0,0', which looks like a number with a decimal comma, as 40 of 40 fields in this "
        "column do; write decimal points, or pass --task classification",
    ),
    "percent signs": (
        "x,ripe\n" + "\n".join(f"{k % 9}%,{'yes' if k % 2 else 'no'}" for k in range(40)),
        "line 2, column 'x' is '0%', which looks like a number with a percent sign",
    ),
    "thousands separators": (
        "x,ripe\n" + "\n".join(f"{k % 9 + 1} 000,{'yes' if k % 2 else 'no'}" for k in range(40)),
        "line 2, column 'x' is '1 000', which looks like a number with a thousands separator",
    ),
    "numbers but for some": (
        "x,ripe\n" + "\n".join(f"{k if k % 5 else 'abc'},{'yes' if k % 2 else 'no'}" for k in range(1, 41)),
        "line 6, column 'x' is 'abc', but 32 of 40 fields in this column are numbers; mend the 8 others, or pass "
        "--text 'x' to read the column as text",
    ),
    "NUL": (ENOUGH + "re\0d,1.0,yes\n", "line 42 holds a NUL character"),
}


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


def _fails(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    err = capsys.readouterr().err
    assert code == 2
    assert err.count("\n") == 1
    return err


def test_another_encoding_is_named_with_its_line(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_bytes((ENOUGH + "gr\xfcn,1.0,yes\n").encode("latin-1"))
    out = tmp_path / "run"
    assert "line 42 has the byte 0xfc" in _fails(capsys, "train", path, "--target", "ripe", "--out", out, "--quiet")
    assert not out.exists()
    arguments = ["train", path, "--target", "ripe", "--out", out, "--quiet", "--encoding"]
    assert "there is no encoding 'klingon'" in _fails(capsys, *arguments, "klingon")
    assert main([*map(str, arguments), "latin-1"]) == 0


def test_a_byte_order_mark_says_which_encoding_to_pass(tmp_path, capsys):
    path, out = tmp_path / "data.csv", tmp_path / "run"
    for encoding in ("utf-16", "utf-32"):
        path.write_text(ENOUGH, encoding=encoding)
        arguments = ["train", path, "--target", "ripe", "--out", out, "--quiet"]
        for read_as in ("utf-8", "latin-1"):
            assert f"pass --encoding {encoding}, as its first" in _fails(capsys, *arguments, "--encoding", read_as)
        assert read_table(path, encoding=encoding).columns == ["color", "size", "ripe"]


@pytest.mark.parametrize("size", ["0.5", "0.8"])
def test_a_test_part_that_leaves_too_little_of_a_class_is_refused(size, tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text(ENOUGH + "red,1.0,maybe\n" * 3)
    err = _fails(capsys, "train", path, "--target", "ripe", "--out", tmp_path / "run", "--quiet", "--test-size", size)
    assert f"--test-size {size} leaves" in err
    assert "rows of class 'maybe'" in err or "rows of class 'no'" in err


@pytest.mark.parametrize("size", ["0.001", "0.7", "0.93"])
def test_a_part_of_iris_to_test_with_may_be_small_or_large(size, iris, tmp_path):
    arguments = ["train", str(iris), "--target", "species", "--out", str(tmp_path / "run"), "--quiet", "--epochs", "1"]
    assert main([*arguments, "--test-size", size]) == 0


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path, capsys):
    assert "no such file" in _fails(capsys, "train", tmp_path / "none.csv", "--target", "y", "--out", tmp_path / "r")
    assert "is a folder" in _fails(capsys, "train", tmp_path, "--target", "y", "--out", tmp_path / "r")


def test_more_rows_than_can_be_learned_from_are_refused_early(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text("x,y\n" + "1,2\n" * 1_000_000)
    err = _fails(capsys, "train", path, "--target", "y", "--out", tmp_path / "run")
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
        ("--hidden", "1000000000", "has 6,000,000,002 parameters, too many"),
        ("--seed", "x", "argument --seed: expected a whole number, got 'x'"),
        ("--out", "", "argument --out: expected a path, got ''"),
        ("--task", "regression", "holds text, which regression cannot predict"),
    ],
)
def test_a_wrong_option_is_one_clear_sentence(option, value, message, tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text(ENOUGH)
    assert message in _fails(capsys, "train", path, "--target", "ripe", "--out", tmp_path / "run", option, value)
    assert not (tmp_path / "run").exists()


def test_training_that_diverges_says_why_and_writes_nothing(tmp_path, capsys):
    path = tmp_path / "data.csv"
    path.write_text("x,y\n" + "\n".join(f"{k},{k * 0.5}" for k in range(40)))
    err = _fails(capsys, "train", path, "--target", "y", "--out", tmp_path / "run", "--lr", "1e200", "--quiet")
    assert "learning rate" in err
    assert not (tmp_path / "run").exists()


def test_a_folder_with_other_things_is_never_replaced(run, iris, tmp_path, capsys):
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "thesis.txt").write_text("all of it")
    arguments = ["train", iris, "--target", "species", "--out", taken, "--quiet", "--epochs", "1"]
    assert "choose another --out" in _fails(capsys, *arguments)
    assert "choose another --out" in _fails(capsys, *arguments, "--overwrite")
    assert (taken / "thesis.txt").read_text() == "all of it"


def test_an_earlier_run_is_replaced_when_asked(iris, tmp_path, capsys):
    arguments = ["train", str(iris), "--target", "species", "--out", str(tmp_path / "run"), "--quiet", "--epochs", "1"]
    assert main(arguments) == 0
    assert "pass --overwrite" in _fails(capsys, *arguments)
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
    assert "would be replaced by the history.csv of the new run" in _fails(capsys, *arguments, "--overwrite")
    (folder / "history.csv").unlink()
    (folder / "history.csv").mkdir()
    arguments[1] = data
    assert "history.csv in it is a folder; choose another --out" in _fails(capsys, *arguments, "--overwrite")


def test_a_model_of_another_program_is_never_replaced(iris, tmp_path, capsys):
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "model.json").write_text('{"learner": "trees"}')
    arguments = ["train", iris, "--target", "species", "--out", folder, "--quiet", "--overwrite"]
    assert "is no run of train; choose another --out" in _fails(capsys, *arguments)
    assert (folder / "model.json").read_text() == '{"learner": "trees"}'


def test_training_that_is_terminated_leaves_nothing_behind(iris, tmp_path):
    command = [sys.executable, "-m", "stepgrad.cli", "train", iris, "--target", "species", "--out", tmp_path / "run"]
    with subprocess.Popen([*map(str, command), "--epochs", "1000000", "--patience", "0", "--quiet"]) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert list(tmp_path.iterdir())
        process.terminate()
        assert process.wait(60) == 143
    assert list(tmp_path.iterdir()) == []


def test_predictions_never_replace_what_they_are_made_from(run, iris, tmp_path, capsys):
    path = tmp_path / "new.csv"
    path.write_bytes(iris.read_bytes())
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    for out in (path, link, run / "model.json"):
        assert f"--out {out} would replace" in _fails(capsys, "predict", run, path, "--out", out)
    assert path.read_bytes() == iris.read_bytes()


def test_a_row_that_is_too_far_away_to_predict_for_is_refused(run, tmp_path, capsys):
    path = tmp_path / "new.csv"
    names = "sepal length,sepal width,petal length,petal width\n"
    path.write_text(names + "1,2,3,4\n1e308,1e308,-1e308,1e308\n")
    err = _fails(capsys, "predict", run, path, "--out", tmp_path / "out.csv")
    assert f"{path}, line 3, column 'sepal length' is '1e308', which is too large" in err
    model = TabularModel.load(run)
    model.module[0].weight[0][2].data = 1e300
    path.write_text(names + "1,2,3,4\n1,2,9e99,4\n")
    with pytest.raises(TableError, match=r"line 3, column 'petal length' is '9e99', which is so far"):
        model.predictions(read_table(path))
    model.features[2].scale = 1e-300
    with pytest.raises(TableError, match=r"line 3, column 'petal length' is '9e99', which is too large to be scaled"):
        model.predictions(read_table(path))


def test_advice_of_predict_is_about_predict(run, tmp_path, capsys):
    path = tmp_path / "new.csv"
    path.write_text("sepal length,sepal width,petal length,petal width\n1,2,three,4\n")
    assert "mend it, for the model reads numbers there\n" in _fails(capsys, "predict", run, path)


def test_one_row_is_counted_as_one(run, tmp_path, capsys):
    path, out = tmp_path / "new.csv", tmp_path / "out.csv"
    path.write_text("sepal length,sepal width,petal length,petal width,species\n5.1,3.5,1.4,0.2,setosa\n")
    assert main(["predict", str(run), str(path), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "1 prediction of 'species'" in printed and "of its 1 row agree" in printed


def test_the_report_writes_signs_and_sentences_as_people_do(tmp_path):
    path, folder = tmp_path / "data.csv", tmp_path / "run"
    path.write_text("x,y\n" + "\n".join(f"{k - 1000},{'yes' if k % 2 else 'no'}" for k in range(40)))
    assert main(["train", str(path), "--target", "y", "--out", str(folder), "--quiet", "--epochs", "2"]) == 0
    page = (folder / "report.html").read_text()
    assert re.search(r"number, \(x \+ 9\d\d\.?\d*\) / ", page)
    assert "<p>Training ended: all 2 epochs are done. The weights" in page


def test_a_wrong_model_or_table_to_predict_is_one_clear_sentence(run, iris, tmp_path, capsys):
    out = tmp_path / "out.csv"
    assert "holds no trained model" in _fails(capsys, "predict", tmp_path, iris, "--out", out)
    other = tmp_path / "other.csv"
    names = "sepal length,sepal width,petal length,petal width\n"
    other.write_text(names + "1,2,3,4\n" * 1500 + "1,2,three,4\n")
    assert "line 1502, column 'petal length' is 'three'" in _fails(capsys, "predict", run, other, "--out", out)
    other.write_text(names)
    assert "has a header but no rows" in _fails(capsys, "predict", run, other, "--out", out)
    assert "cannot write" in _fails(capsys, "predict", run, iris, "--out", tmp_path / "no" / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["other.csv"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        # 'sepal length' and 'species' are close, but the model reads the one and predicts the other.
        ("sepal length,petal length,petal width,species", "no column 'sepal width', which the model reads; add it"),
        ("sepal length,petal length", "no columns 'sepal width', 'petal width', which the model reads; add them"),
        (
            "sepal length,sepal widht,petal length",
            "no columns 'sepal width', 'petal width', which the model reads; rename 'sepal widht' to 'sepal width', if",
        ),
        ("a,b,c,d", "no columns 'sepal length', 'sepal width', 'petal length', 'petal width', which"),
    ],
)
def test_all_missing_columns_are_named_and_only_columns_that_are_not_read_are_suggested(
    run, tmp_path, capsys, columns, message
):
    path, out = tmp_path / "new.csv", tmp_path / "out.csv"
    path.write_text(f"{columns}\n{','.join('1' for _ in columns.split(','))}\n")
    assert message in _fails(capsys, "predict", run, path, "--out", out)
    assert not out.exists()


def test_printed_probabilities_have_six_digits_and_those_in_a_file_all(run, iris, tmp_path, capsys):
    assert main(["predict", str(run), str(iris)]) == 0
    printed = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert main(["predict", str(run), str(iris), "--out", str(tmp_path / "out.csv")]) == 0
    with (tmp_path / "out.csv").open(newline="") as file:
        written = list(csv.DictReader(file))
    names = [name for name in printed[0] if name.startswith("probability_")]
    assert len(names) == 3
    for shown, row in zip(printed, written, strict=True):
        assert [shown[name] for name in names] == [f"{float(row[name]):.6g}" for name in names]
        assert math.fsum(float(row[name]) for name in names) == pytest.approx(1.0, abs=1e-15)
        assert {name: shown[name] for name in shown if name not in names} == {
            name: row[name] for name in row if name not in names
        }


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("model.json", lambda data: data[: len(data) // 2]),
        ("model.json", lambda data: b"{}"),
        ("model.json", lambda data: data.replace(b'"hidden": [\n      16,', b'"hidden": [\n      8,')),
        ("model.safetensors", lambda data: data[: len(data) // 2]),
        ("model.safetensors", lambda data: b""),
    ],
)
def test_a_damaged_model_is_one_clear_sentence(run, iris, tmp_path, capsys, file, damage):
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in run.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    (copy / file).write_bytes(damage((copy / file).read_bytes()))
    assert "train again" in _fails(capsys, "predict", copy, iris, "--out", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


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
