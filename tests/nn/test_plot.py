"""Plots show the numbers they are given."""

from __future__ import annotations

import random
import sys

import pytest

import nn
from autograd import argmax, tanh
from nn import landscapes, plot
from nn.plot import COLORS, MARKERS, decision_regions, loss_curves

matplotlib = pytest.importorskip("matplotlib", reason='matplotlib is not installed: pip install "stepgrad[plot]"')


@pytest.fixture
def ax():
    from matplotlib.figure import Figure

    return Figure().subplots()


@pytest.fixture(autouse=True)
def no_windows():
    matplotlib.use("agg")
    yield
    matplotlib.pyplot.close("all")


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def line_of(line):
    return list(zip(line.get_xdata(), line.get_ydata(), strict=True))


def dots_of(ax):
    from matplotlib.collections import PathCollection

    return [part for part in ax.collections if type(part) is PathCollection]


# ---------------------------------------------------------------------- training


def test_loss_curves_draw_both_losses_on_a_logarithmic_scale(ax):
    history = {"epoch": [1, 2, 3], "loss": [1.0, 0.5, 0.1], "val_loss": [1.1, 0.4, 0.7]}
    assert loss_curves(history, ax) is ax
    assert [list(line.get_ydata()) for line in ax.lines] == [history["loss"], history["val_loss"]]
    assert legend_of(ax) == ["training", "validation", "lowest in epoch 2"]
    assert dots_of(ax)[0].get_offsets().tolist() == [[2, 0.4]]
    assert ax.get_yscale() == "log"


def test_a_loss_of_zero_is_drawn_on_a_linear_scale(ax):
    loss_curves({"epoch": [1, 2], "loss": [1.0, 0.0]}, ax)
    assert ax.get_yscale() == "linear"


def test_one_epoch_is_a_dot(ax):
    loss_curves({"epoch": [1], "loss": [1.0]}, ax)
    assert ax.lines[0].get_marker() == "o"


def test_learning_rates_are_those_of_the_scheduler_or_of_the_list(ax):
    schedules = {"step": lambda optimizer: nn.optim.lr_scheduler.StepLR(optimizer, 2, 0.5), "list": [0.3, 0.2]}
    plot.learning_rates(schedules, 5, ax, lr=0.8)
    assert [line_of(line) for line in ax.lines] == [
        [(1, 0.8), (2, 0.8), (3, 0.4), (4, 0.4), (5, 0.2)],
        [(1, 0.3), (2, 0.2)],
    ]
    assert legend_of(ax) == ["step", "list"]


# ---------------------------------------------------------------------- classifiers and regressions


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
    assert legend_of(ax) == ["a", "b", "c"]
    assert model.training
    assert all(parameter.grad == 0.0 for parameter in model.parameters())


def test_a_classifier_that_always_says_the_same_has_no_boundary(ax):
    decision_regions(lambda batch: [1.0 for _ in batch], [[0, 0], [1, 1]], [0, 1], ax)
    assert not [part for part in ax.collections if hasattr(part, "levels") and len(part.levels) == 1]


def test_classes_differ_in_color_and_in_marker():
    assert len(set(COLORS)) == len(set(MARKERS)) == len(COLORS) == len(MARKERS)


def test_a_confusion_matrix_shows_the_counts_of_scikit_learn(ax):
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    truth, prediction = [0, 0, 1, 2, 2, 2, 1], [0, 1, 1, 2, 0, 2, 1]
    plot.confusion_matrix(truth, prediction, ax, display_labels=["a", "b", "c"])
    counts = metrics.confusion_matrix(truth, prediction)
    at = {text.get_position(): int(text.get_text()) for text in ax.texts}
    assert at == {(j, i): counts[i][j] for i in range(3) for j in range(3)}
    shares = metrics.confusion_matrix(truth, prediction, normalize="true")
    assert ax.images[0].get_array().tolist() == shares.tolist()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")


def test_residuals_are_targets_less_predictions_whatever_the_shape(ax):
    plot.residuals([[1.0], [5.0]], [2.0, 3.0], ax)
    assert dots_of(ax)[0].get_offsets().tolist() == [[2.0, -1.0], [3.0, 2.0]]


# ---------------------------------------------------------------------- networks


def test_activations_are_drawn_with_their_derivatives():
    (relu, hyperbolic) = plot.activations(["relu", "tanh"], domain=(-2.0, 2.0), resolution=5)
    assert [line_of(line) for line in relu.lines[2:]] == [
        [(-2, 0), (-1, 0), (0, 0), (1, 1), (2, 2)],
        [(-2, 0), (-1, 0), (0, 0), (1, 1), (2, 1)],
    ]
    slopes = [1 - tanh(x) ** 2 for x in (-2.0, -1.0, 0.0, 1.0, 2.0)]
    assert list(hyperbolic.lines[3].get_ydata()) == pytest.approx(slopes)
    assert [text.get_text() for text in relu.figure.legends[0].get_texts()] == ["activation", "derivative"]


@pytest.fixture
def report():
    random.seed(0)
    hidden = nn.Linear(2, 4)
    for bias in hidden.bias:
        bias.data = -50.0
    model = nn.Sequential(hidden, nn.ReLU(), nn.Linear(4, 3))
    return nn.diagnose(model, [[1.0, 2.0], [0.5, -1.0]])


@pytest.mark.parametrize(
    ("values", "titles", "counts"),
    [
        ("outputs", ["0 Linear", "1 ReLU", "2 Linear"], [8, 8, 6]),
        ("preactivations", ["1 ReLU"], [8]),
        ("weights", ["0 Linear", "2 Linear"], [12, 15]),
        ("gradients", ["0 Linear", "2 Linear"], [12, 15]),
    ],
)
def test_histograms_count_the_values_of_each_layer(report, values, titles, counts):
    panels = plot.histograms(report, values)
    assert [ax.get_title() for ax in panels] == titles
    assert [sum(bar.get_height() for bar in ax.patches) for ax in panels] == counts
    assert panels[0].figure.get_supxlabel() == values


def test_gradient_flow_draws_norms_and_flags_findings(ax, report):
    assert report.plot(ax) is ax
    others, flagged = ax.containers
    assert [bar.get_height() for bar in others] == [report.rows[2].gradient_norm]
    assert [bar.get_height() for bar in flagged] == [0.0]
    assert [text.get_text() for text in ax.texts] == ["0"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0 Linear", "2 Linear"]
    assert legend_of(ax) == ["without a finding", "with a finding"]
    assert ax.get_legend().get_title().get_text() == "gradients: vanishing, 3 findings"


@pytest.mark.parametrize(
    ("dead", "flagged", "title"), [(0, [], "no findings"), (3, [0], "1 finding"), (2, [0], "1 finding")]
)
def test_gradient_flow_flags_the_layer_before_an_activation_with_a_finding(ax, dead, flagged, title):
    random.seed(0)
    hidden = nn.Linear(2, 4)
    for index, bias in enumerate(hidden.bias):
        bias.data = -50.0 if index < dead else 50.0
    report = nn.diagnose(nn.Sequential(hidden, nn.ReLU(), nn.Linear(4, 3)), [[1.0, 2.0], [0.5, -1.0]])
    plot.gradient_flow(report, ax)
    orange = matplotlib.colors.to_rgba(COLORS[1])
    assert [
        place
        for place, bar in enumerate(sorted(ax.patches, key=lambda bar: bar.get_x()))
        if bar.get_facecolor() == orange
    ] == flagged
    assert ax.get_legend().get_title().get_text() == f"gradients: ok, {title}"


# ---------------------------------------------------------------------- landscapes


@pytest.mark.parametrize("name", landscapes.LANDSCAPES)
def test_contours_mark_what_is_known_of_a_landscape(ax, name):
    landscape = landscapes.LANDSCAPES[name]
    plot.contours(landscape, ax, resolution=15)
    marked = {part.get_label(): part.get_offsets().tolist() for part in dots_of(ax)}
    expected = {"minimum": landscape.minima, "saddle point": landscape.saddle_points}
    assert marked == {label: [list(point) for point in points] for label, points in expected.items() if points}
    assert (ax.get_xlim(), ax.get_ylim(), ax.get_title()) == (*landscape.domain, landscape.name)
    filled, lines = (part for part in ax.collections if hasattr(part, "levels"))
    assert list(filled.levels) == list(lines.levels) == sorted(set(filled.levels))


def test_contours_lie_at_their_heights(ax):
    bowl = landscapes.quadratic_bowl(1.0)
    plot.contours(bowl, ax, resolution=81, colorbar=False)
    lines = [part for part in ax.collections if hasattr(part, "levels")][1]
    for level, path in list(zip(lines.levels, lines.get_paths(), strict=True))[3:-3]:
        heights = [bowl(x, y) for x, y in path.vertices if (x, y) != (0.0, 0.0)]
        assert heights == pytest.approx([level] * len(heights), rel=0.02)


def test_a_flat_landscape_is_drawn(ax):
    flat = landscapes.Landscape("flat", lambda x, y: 2.0, log_levels=True)
    plot.contours(flat, ax, resolution=5)
    filled = next(part for part in ax.collections if hasattr(part, "levels"))
    assert min(filled.levels) <= 2.0 <= max(filled.levels)


def test_a_path_goes_through_its_points_from_a_ring_to_a_dot(ax):
    path = landscapes.descend(landscapes.beale, nn.optim.SGD, steps=4, lr=0.01)
    plot.descent_path(path, ax, label="SGD")
    assert line_of(ax.lines[0]) == [(x, y) for x, y, _ in path]
    ring, dot = dots_of(ax)
    assert ring.get_offsets().tolist() == [list(path[0][:2])]
    assert dot.get_offsets().tolist() == [list(path[-1][:2])]


def test_a_race_starts_at_one_point_and_tells_the_heights(ax):
    bowl = landscapes.quadratic_bowl(4.0)
    optimizers = {
        "slow": lambda parameters: nn.optim.SGD(parameters, lr=0.1),
        "too fast": lambda parameters: nn.optim.SGD(parameters, lr=1e300),
    }
    plot.optimizer_race(bowl, optimizers, (1.0, 1.0), 2, ax, resolution=9)
    assert [line_of(line)[0] for line in ax.lines] == [(1.0, 1.0), (1.0, 1.0)]
    height = (0.9**4 + 4 * 0.6**4) / 2
    assert legend_of(ax) == ["minimum", f"slow: {height:.2g}", "too fast: left after 0 steps"]


def test_an_error_surface_is_the_loss_at_its_points_and_leaves_the_model(ax):
    model, criterion = nn.Linear(1, 1), nn.MSELoss()
    model.load_state_dict({"weight": [[1.0]], "bias": [-1.0]})
    data = ([[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]])  # of the line 2x + 1
    before = model.state_dict()
    path = [(0.0, 0.0), (1.0, 0.5)]
    names = ("weight.0.0", "bias.0")
    plot.error_surface(
        model, data, criterion, names, ax, path=path, domain=((1.0, 3.0), (0.0, 2.0)), resolution=41, log_levels=False
    )
    filled = next(part for part in ax.collections if hasattr(part, "levels"))
    assert filled.levels[0] == pytest.approx(0.0, abs=1e-12)
    # Farthest from the minimum (2, 1) at (3, 2), where the errors are 1, 2 and 3.
    assert filled.levels[-1] == pytest.approx(14 / 3)
    assert line_of(ax.lines[0]) == path
    assert (ax.get_xlabel(), ax.get_ylabel()) == names
    assert (model.state_dict(), model.training) == (before, True)


def test_the_default_domain_holds_the_path_and_the_present_values(ax):
    model = nn.Linear(1, 1)
    model.load_state_dict({"weight": [[4.0]], "bias": [0.5]})
    names = ("weight.0.0", "bias.0")
    plot.error_surface(model, ([[1.0]], [[1.0]]), nn.MSELoss(), names, ax, path=[(0.0, 0.5)], resolution=3)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1.0, 5.0), (-0.5, 1.5))


# ---------------------------------------------------------------------- classes in place of scores

SQUARE = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]


def regions_of(ax):
    """The number of filled regions and of lines between them."""
    from matplotlib.contour import QuadContourSet

    sets = [part for part in ax.collections if isinstance(part, QuadContourSet)]
    return [part.filled for part in sets].count(True), [part.filled for part in sets].count(False)


@pytest.mark.parametrize("names", [[0, 1, 2], ["a", "b", "c"], [1, 5, 7], [1.5, 2.5, 4.0]])
@pytest.mark.parametrize("count", [2, 3])
def test_regions_are_drawn_of_classes_as_of_probabilities(ax, names, count):
    X, y = nn.datasets.make_blobs(30, centers=count, random_state=1)
    labels = [names[place] for place in y]
    model = nn.generative.GaussianNB().fit(X, labels)
    decision_regions(model.predict, X, labels, ax, resolution=20)
    assert regions_of(ax) == (count, count)
    assert legend_of(ax) == [f"class {name}" for name in names[:count]]


def test_regions_of_argmax_have_the_boundary_of_the_scores(ax):
    model = nn.Linear(2, 2)
    model.load_state_dict({"weight": [[0.0, 0.0], [1.0, 0.0]], "bias": [0.0, -0.5]})
    decision_regions(lambda batch: argmax(model(batch), dim=1), SQUARE, [0, 1, 0, 1], ax, resolution=21)
    assert regions_of(ax) == (2, 2)


@pytest.mark.parametrize("model", [nn.Sequential(nn.Linear(2, 1), nn.Sigmoid()), nn.Linear(2, 1)], ids=["p", "logit"])
def test_one_output_is_cut_at_one_half_after_a_sigmoid_and_at_zero_else(ax, model):
    model.load_state_dict(
        dict(zip(model.state_dict(), [[[4.0, 0.0]], [-2.0]], strict=True))  # on both sides of x₁ = 1/2
    )
    decision_regions(model, SQUARE, [[0.0], [1.0], [0.0], [1.0]], ax, resolution=20)
    assert regions_of(ax) == (2, 2)


@pytest.mark.parametrize("kind", ["scores", "classes"])
def test_a_class_without_points_has_its_region(ax, kind):
    model = nn.generative.GaussianNB().fit(
        [[0.0, 0.0], [0.1, 0.1], [0.5, 0.4], [0.4, 0.5], [1, 1], [0.9, 0.8]], [0, 0, 1, 1, 2, 2]
    )
    predict = model.predict if kind == "classes" else model.predict_proba
    decision_regions(predict, SQUARE, [0, 2, 0, 2] if kind == "scores" else [0, 1, 0, 1], ax, resolution=15)
    assert regions_of(ax)[0] == 3
    assert legend_of(ax) == ["class 0", "class 1", "class 2"]


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: decision_regions(list, [[1, 2, 3]], [0]), "draws points of the plane, got points of 3 numbers"),
        (lambda: loss_curves({"epoch": [], "loss": []}), "the history has no epochs to draw"),
        (lambda: plot.confusion_matrix([0, 1], [0, 1], display_labels=["a"]), "one name for each of 2 classes, got 1"),
        (lambda: plot.residuals([1.0], [1.0, 2.0]), "one prediction for each of at least one target, got 2 for 1"),
        (lambda: plot.activations(["dot"]), "operations of one number such as relu or tanh, got 'dot'"),
        (lambda: plot.activations(["relu"], []), "this plot needs 1 axes, got 0"),
        (
            lambda: plot.histograms(nn.diagnose(nn.Linear(1, 1), [1.0]), "x"),
            "has values named 'x'; there are gradients, outputs, weights",
        ),
        (lambda: plot.descent_path([]), "the path has no points to draw"),
        (
            lambda: plot.error_surface(nn.Linear(1, 1), ([], []), nn.MSELoss(), ("w", "b")),
            "the model has no parameter 'w'; there are weight.0.0, bias.0",
        ),
        (
            lambda: plot.error_surface(nn.Linear(2, 1), ([], []), nn.MSELoss(), ("weight", "bias")),
            "'weight' has 2 elements, expected one of them: weight.0.0, weight.0.1",
        ),
        (lambda: plot.error_surface(nn.Linear(1, 1), ([], []), nn.MSELoss(), "weight"), "over two parameters"),
        (
            lambda: plot.activations(["threshold"]),
            r"got 'threshold'; pass what has options .* nn.Threshold\(1.0, 0.0\)",
        ),
        (lambda: plot.activations(nn.Softmax()), r"got Softmax\(dim=-1\); pass what has options or takes vectors"),
        (lambda: plot.activations([nn.ReLU]), "such as relu or tanh, got <class 'nn.modules.activations.ReLU'>"),
        (lambda: loss_curves({"epoch": [1, 2], "loss": [1.0]}), "a number for each of 2 epochs, got 1"),
        (lambda: decision_regions(nn.Linear(2, 1), SQUARE, [0, 1, 2, 3]), "which is none of the classes 0, 1, 2, 3"),
        (lambda: decision_regions(nn.Linear(2, 2), SQUARE, list("abca")), "gives 2 scores .* the classes a, b, c"),
        (lambda: decision_regions(nn.Linear(2, 2), SQUARE, [[0, 1]] * 4), r"one class for each point, got \[0, 1\]"),
        (lambda: decision_regions(nn.Linear(2, 2), SQUARE, [0, 1]), "one class for each of 4 points, got 2"),
        (
            lambda: decision_regions(nn.Linear(2, 2), SQUARE, [0, 1, 0, 1], target_names=["a"]),
            "must name each of 2 classes, got 1 names",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_missing_matplotlib_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    calls = [
        lambda: loss_curves({"epoch": [1], "loss": [1.0]}),
        lambda: plot.activations(["relu"]),
        lambda: plot.contours(landscapes.saddle),
    ]
    for call in calls:
        with pytest.raises(ModuleNotFoundError, match=r'pip install "stepgrad\[plot\]"'):
            call()


def test_every_activation_of_nn_can_be_drawn():
    chosen = ["step", "heaviside", "PReLU", "relu6", "hardtanh", "logsigmoid", "GELU", nn.functional.hardsigmoid]
    chosen += [nn.Threshold(1.0, 0.0), nn.PReLU(), nn.LeakyReLU(0.5), nn.Linear(1, 1)]
    panels = plot.activations(chosen, domain=(-2.0, 2.0), resolution=5)
    titles = [panel.get_title() for panel in panels]
    assert titles[7:11] == [
        "hardsigmoid",
        "Threshold(threshold=1.0, value=0.0)",
        "PReLU(num_parameters=1)",
        "LeakyReLU(negative_slope=0.5)",
    ]
    lines = {
        title: [list(line.get_ydata()) for line in panel.lines[2:]] for title, panel in zip(titles, panels, strict=True)
    }
    assert lines["step"] == lines["heaviside"] == [[0.0, 0.0, 1.0, 1.0, 1.0], [0.0] * 5]
    assert lines["LeakyReLU(negative_slope=0.5)"] == [[-1.0, -0.5, 0.0, 1.0, 2.0], [0.5, 0.5, 0.5, 1.0, 1.0]]
    assert lines["Threshold(threshold=1.0, value=0.0)"] == [[0.0, 0.0, 0.0, 0.0, 2.0], [0.0, 0.0, 0.0, 0.0, 1.0]]


def test_drawing_a_module_leaves_its_gradients():
    module = nn.PReLU()
    plot.activations(module, resolution=5)
    assert module.weight[0].grad == 0.0


def test_an_error_surface_takes_the_name_of_a_tensor_of_one_element(ax):
    plot.error_surface(nn.Linear(1, 1), ([[1.0]], [[1.0]]), nn.MSELoss(), ("weight", "bias"), ax, resolution=3)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("weight", "bias")


def test_losses_without_epochs_are_those_of_the_first_ones(ax):
    loss_curves({"loss": [1.0, 0.5]}, ax)
    assert line_of(ax.lines[0]) == [(1, 1.0), (2, 0.5)]
    with pytest.raises(TypeError, match=r"loss_curves takes what nn\.fit returned, got list"):
        loss_curves([1.0])
