"""Fisher's irises as a table, and a run that has learned from it."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest

import nn
from stepgrad.cli import main


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def training(iris, tmp_path_factory):
    """The folder of a run with the defaults, which no test changes, and what was printed."""
    folder = tmp_path_factory.mktemp("runs") / "iris-run"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["train", str(iris), "--target", "species", "--out", str(folder), "--quiet"]) == 0
    return folder, printed.getvalue()


@pytest.fixture
def run(training):
    """The folder of that run."""
    return training[0]
