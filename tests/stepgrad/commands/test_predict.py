"""``stepgrad predict``: its predictions are the network's, and every table or model that is wrong."""

from __future__ import annotations

import csv
import json
import math

import pytest
from samples import colors
from terminal import refused

from stepgrad.cli import main
from stepgrad.tables import TableError, TabularModel, read_table

pytest.importorskip("safetensors", reason="models are saved as safetensors")


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


def test_a_text_that_was_not_there_in_training_is_told_and_counts_as_none(tmp_path, capsys):
    path, new, folder = tmp_path / "data.csv", tmp_path / "new.csv", tmp_path / "run"
    path.write_text(colors())
    new.write_text("color,size\nred,1.5\nmauve,1.5\n")
    assert main(["train", str(path), "--target", "ripe", "--out", str(folder), "--quiet", "--epochs", "2"]) == 0
    capsys.readouterr()
    assert main(["predict", str(folder), str(new)]) == 0
    captured = capsys.readouterr()
    assert "line 3, column 'color': 'mauve' was not there in training" in captured.err
    assert len(captured.out.splitlines()) == 3


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
        err = refused(capsys, "predict", folder, new, "--out", tmp_path / "out.csv")
        assert f"{new}, line 2, column '{column}' is" in err
        assert "the value is missing; fill it in, leave the row out, or train again with --missing mean" in err


def test_one_row_is_counted_as_one(run, tmp_path, capsys):
    path, out = tmp_path / "new.csv", tmp_path / "out.csv"
    path.write_text("sepal length,sepal width,petal length,petal width,species\n5.1,3.5,1.4,0.2,setosa\n")
    assert main(["predict", str(run), str(path), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "1 prediction of 'species'" in printed and "of its 1 row agree" in printed


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


def test_a_row_that_is_too_far_away_to_predict_for_is_refused(run, tmp_path, capsys):
    path = tmp_path / "new.csv"
    names = "sepal length,sepal width,petal length,petal width\n"
    path.write_text(names + "1,2,3,4\n1e308,1e308,-1e308,1e308\n")
    err = refused(capsys, "predict", run, path, "--out", tmp_path / "out.csv")
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
    assert "mend it, for the model reads numbers there\n" in refused(capsys, "predict", run, path)


def test_a_wrong_model_or_table_to_predict_is_one_clear_sentence(run, iris, tmp_path, capsys):
    out = tmp_path / "out.csv"
    assert "holds no trained model" in refused(capsys, "predict", tmp_path, iris, "--out", out)
    other = tmp_path / "other.csv"
    names = "sepal length,sepal width,petal length,petal width\n"
    other.write_text(names + "1,2,3,4\n" * 1500 + "1,2,three,4\n")
    assert "line 1502, column 'petal length' is 'three'" in refused(capsys, "predict", run, other, "--out", out)
    other.write_text(names)
    assert "has a header but no rows" in refused(capsys, "predict", run, other, "--out", out)
    assert "cannot write" in refused(capsys, "predict", run, iris, "--out", tmp_path / "no" / "out.csv")
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
    assert message in refused(capsys, "predict", run, path, "--out", out)
    assert not out.exists()
