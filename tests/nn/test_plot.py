"""Plots show the numbers they are given."""

from __future__ import annotations

import sys

import pytest

import nn
from nn.plot import COLOURS, MARKERS, decision_regions, loss_curves

matplotlib = pytest.importorskip("matplotlib", reason='matplotlib is not installed: pip install "stepgrad[plot]"')


@pytest.fixture
def ax():
    matplotlib.use("agg")
    from matplotlib.figure import Figure

    return Figure().subplots()


def test_loss_curves_draw_both_losses_on_a_logarithmic_scale(ax):
    history = {"epoch": [1, 2, 3], "loss": [1.0, 0.5, 0.1], "val_loss": [1.1, 0.7, 0.4]}
    assert loss_curves(history, ax) is ax
    assert [list(line.get_ydata()) for line in ax.lines] == [history["loss"], history["val_loss"]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]
    assert ax.get_yscale() == "log"


def test_a_loss_of_zero_is_drawn_on_a_linear_scale(ax):
    loss_curves({"epoch": [1, 2], "loss": [1.0, 0.0]}, ax)
    assert ax.get_yscale() == "linear"


@pytest.mark.parametrize(
    "predict",
    [
        lambda batch: [x for x, _ in batch],
        lambda batch: [[x] for x, _ in batch],
        lambda batch: [[-x, x] for x, _ in batch],
    ],
    ids=["one number", "a list of one number", "a score per class"],
)
def test_the_boundary_is_where_the_scores_are_equal(ax, predict):
    decision_regions(predict, [[-1.0, -1.0], [1.0, 1.0]], [0, 1], ax)
    boundaries = [
        vertex
        for collection in ax.collections
        if hasattr(collection, "levels") and len(collection.levels) == 1
        for path in collection.get_paths()
        for vertex in path.vertices
    ]
    assert boundaries
    assert [x for x, _ in boundaries] == pytest.approx([0.0] * len(boundaries), abs=1e-9)


def test_regions_of_three_classes_leave_the_model_in_its_mode(ax):
    model = nn.Linear(2, 3)
    decision_regions(model, [[0, 0], [1, 0], [0, 1]], [0, 1, 2], ax, target_names=["a", "b", "c"])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c"]
    assert model.training
    assert all(parameter.grad == 0.0 for parameter in model.parameters())


def test_classes_differ_in_colour_and_in_marker():
    assert len(set(COLOURS)) == len(set(MARKERS)) == len(COLOURS) == len(MARKERS)


def test_points_that_are_not_pairs_are_refused(ax):
    with pytest.raises(ValueError, match="draws points of the plane, got points of 3 numbers"):
        decision_regions(lambda batch: batch, [[1, 2, 3]], [0], ax)


def test_a_missing_matplotlib_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "stepgrad\[plot\]"'):
        loss_curves({"epoch": [1], "loss": [1.0]})
