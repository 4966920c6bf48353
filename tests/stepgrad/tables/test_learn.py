"""Learning from a table: what it finds out about the columns, and how good it gets."""

from __future__ import annotations

import csv
import json

import pytest
from samples import colors

from stepgrad.tables import Options, TableError, learn, read_table
from stepgrad.tables.learning import class_name, guess_task


# Iris is learned with the defaults in tests/test_readme.py; 40 epochs, and 150 of 569 rows of breast_cancer, do here.
@pytest.mark.parametrize(("name", "sample"), [("wine", None), ("breast_cancer", 150)])
def test_real_tables_are_learned(name, sample, tmp_path):
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn has these tables")
    data = getattr(datasets, f"load_{name}")()
    path = tmp_path / f"{name}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*data.feature_names, "class"])
        writer.writerows([*row, data.target_names[kind]] for row, kind in zip(data.data, data.target, strict=True))
    learned = learn(read_table(path, sample=sample), Options(target="class", epochs=40), progress=False)
    assert learned.scores["accuracy"] >= 0.95
    assert learned.scores["accuracy_of_commonest_class"] < 0.75


def test_rows_held_out_do_not_scale_the_columns(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(colors())
    table = read_table(path)
    learned = learn(table, Options(target="ripe", epochs=1), progress=False)
    (size,) = [column for column in learned.model.features if column.name == "size"]
    everything = [float(text) for text in table.column("size")]
    assert size.mean != pytest.approx(sum(everything) / len(everything), abs=1e-12)


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


def test_columns_read_as_text_are_named_and_dates_are_told(tmp_path):
    path = tmp_path / "data.csv"
    lines = [line + f",2024-01-{number % 7 + 1:02d}" for number, line in enumerate(colors().splitlines()[1:])]
    path.write_text("\n".join(["color,size,ripe,day", *lines]))
    learned = learn(read_table(path), Options(target="ripe", epochs=1), progress=False)
    assert learned.notices[1:] == [
        "column 'color' is read as text: 2 different texts",
        "column 'day' is read as text: 7 different texts, which look like dates; their order is lost",
    ]


def test_a_column_that_looks_like_numbers_is_text_when_asked(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x;ripe\n" + "\n".join(f"{k % 4},5;{'yes' if k % 2 else 'no'}" for k in range(40)))
    learned = learn(read_table(path), Options(target="ripe", text=["x"], epochs=1), progress=False)
    assert learned.model.features[0].categories == ["0,5", "1,5", "2,5", "3,5"]


@pytest.mark.parametrize("wrong", [True, 2.5, "2", None, -1])
@pytest.mark.parametrize("name", ["epochs", "batch_size", "patience"])
def test_options_that_count_are_whole_numbers(name, wrong):
    with pytest.raises(ValueError, match=f"{name} must be a whole number of at least [01], got {wrong!r}"):
        Options(target="ripe", **{name: wrong})


def test_integers_of_numpy_change_nothing(tmp_path):
    numpy = pytest.importorskip("numpy")
    path = tmp_path / "data.csv"
    path.write_text(colors())
    of_python, of_numpy = (
        learn(
            read_table(path, sample=kind(40), seed=kind(3)),
            Options(
                target="ripe", epochs=kind(2), batch_size=kind(8), patience=kind(0), seed=kind(3), hidden=[kind(4)]
            ),
            progress=False,
        )
        for kind in (int, numpy.int64)
    )
    assert repr(of_numpy.history.rows) == repr(of_python.history.rows)
    assert json.dumps(of_numpy.model.facts) == json.dumps(of_python.model.facts)


@pytest.mark.parametrize("options", [{"sample": True}, {"sample": 2.5}, {"sample": 0}, {"seed": True}, {"seed": 0.5}])
def test_a_sample_and_its_seed_are_whole_numbers(options, tmp_path):
    (name, wrong), *_ = options.items()
    path = tmp_path / "data.csv"
    path.write_text(colors())
    with pytest.raises(ValueError, match=f"{name} must be a whole number.*, got {wrong!r}"):
        read_table(path, **options)


def test_a_class_that_is_missing_from_a_part_is_told(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("size,kind\n" + "".join(f"{i},{'rare' if i % 20 == 0 else 'common'}\n" for i in range(60)))
    learned = learn(read_table(path), Options(target="kind", epochs=1), progress=False)
    told = [notice for notice in learned.notices if "is of the class 'rare'" in notice]
    assert told == ["none of the 7 rows to stop by is of the class 'rare'"]
