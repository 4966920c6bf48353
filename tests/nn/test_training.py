"""fit: it learns, repeats with a seed, reports divergence, puts back what it switches; its history and its bar."""

from __future__ import annotations

import copy
import csv
import gc
import math
import pickle
import random
import sys
import types
import warnings

import pytest

import autograd
import nn
from autograd import topological_order
from nn import nested
from nn.training import progress as progress_module


def small_problem():
    random.seed(0)
    X, y = nn.data.make_moons(40, noise=0.1, random_state=0)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))
    return model, (X, y)


def fit(model, data, epochs=5, **options):
    options = {"seed": 0, "progress": False, "batch_size": 10} | options
    optimizer = nn.optim.Adam(model.parameters(), lr=options.pop("lr", 0.05))
    return nn.fit(model, data, nn.CrossEntropyLoss(), optimizer, epochs, **options)


def test_it_learns_and_keeps_a_record(tmp_path):
    model, data = small_problem()
    history = fit(model, data, epochs=60, lr=0.1, validation=data, metrics=["accuracy"])
    assert history.loss[-1] < 0.5 * history.loss[0]
    assert history.val_accuracy[-1] >= 0.9
    history.to_csv(tmp_path / "history.csv")
    with (tmp_path / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    assert [float(row["val_loss"]) for row in rows] == history.val_loss


def test_a_seed_repeats_a_run_to_the_last_bit_and_leaves_random_alone():
    runs = []
    for _ in range(2):
        model, data = small_problem()
        random.seed(123)
        before = random.getstate()
        runs.append((dict(fit(model, data)), [p.data for p in model.parameters()]))
        assert random.getstate() == before
    assert runs[0] == runs[1]


def test_one_epoch_is_what_the_loop_written_out_gives():
    model, (X, y) = small_problem()
    history = fit(model, (X, y), epochs=1, shuffle=False)
    other, _ = small_problem()
    optimizer = nn.optim.Adam(other.parameters(), lr=0.05)
    losses = []
    for start in range(0, 40, 10):
        loss = nn.CrossEntropyLoss()(other(X[start : start + 10]), y[start : start + 10])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    assert [p.data for p in model.parameters()] == [p.data for p in other.parameters()]
    assert history.loss == pytest.approx([sum(losses) / 4])


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_put_back_also_after_an_error(enabled):
    model, data = small_problem()
    was = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        fit(model, data)
        assert gc.isenabled() is enabled
        with pytest.raises(nn.DivergenceError):
            fit(model, ([[math.nan, 0.0]], [0]))
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


@pytest.mark.parametrize(
    ("data", "lr", "message"),
    [
        (
            ([[math.nan, 0.0]], [0]),
            0.1,
            "the loss became nan in epoch 1, batch 1, because the inputs of this batch contain nan",
        ),
        (
            ([[1.0, 0.0], [0.0, 1.0]], [0, 1]),
            1e308,
            r"^parameters became nan or inf in the last steps of epoch 1 "
            r"\(0\.weight\.0\.0, .* and \d+ more\): most likely the learning rate of 1e",
        ),
    ],
)
def test_divergence_is_reported_with_its_likely_cause(data, lr, message):
    model, _ = small_problem()
    with pytest.raises(nn.DivergenceError, match=message):
        fit(model, data, lr=lr, epochs=50)


def test_a_divergence_in_the_middle_of_an_epoch_names_the_parameters():
    model = nn.Linear(1, 1)
    model.load_state_dict({"weight": [[1.0]], "bias": [0.0]})
    optimizer = nn.optim.SGD(model.parameters(), lr=1e308)
    with pytest.raises(
        nn.DivergenceError, match=r"parameters had become nan or inf \(weight\.0\.0, bias\.0\): most likely"
    ):
        nn.fit(model, ([[100.0], [100.0]], [[0.0], [0.0]]), nn.MSELoss(reduction="sum"), optimizer, 1, batch_size=1)


def test_modes_during_and_after():
    model, data = small_problem()
    modes = []

    class Watch(nn.Module):
        def forward(self, x):
            modes.append(self.training)
            return x

    model.append(Watch())
    model.eval()
    fit(model, data, epochs=1, validation=data, batch_size=40)
    assert modes == [True, False]
    assert not model.training


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number of at least 1, got 0"),
        ({"metrics": ["f1"]}, "metrics knows accuracy, mean_absolute_error, .*, r2_score by name, got 'f1'"),
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1, got 0"),
    ],
)
def test_bad_options(options, message):
    model, data = small_problem()
    with pytest.raises(ValueError, match=message):
        fit(model, data, **options)


def adam():
    return nn.optim.Adam([nn.Parameter(0.0)])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        # The inputs and the targets apart, as for scikit-learn's estimators.
        (([[1.0]], [[2.0]], nn.MSELoss(), 5), r"criterion must be .*, got list; pass \(X, y\) as one pair: fit\("),
        (([[1.0]], [[2.0]], nn.MSELoss(), adam()), r"criterion must be .*, got list; pass \(X, y\) as one pair"),
        ((([[1.0]], [[2.0]]), adam(), nn.MSELoss(), 5), "criterion must be .*, got Adam"),
        ((([[1.0]], [[2.0]]), nn.MSELoss, adam(), 5), r"criterion must be .*, got the class; write MSELoss\(\)"),
        ((([[1.0]], [[2.0]]), nn.MSELoss(), nn.MSELoss(), 5), r"optimizer must be .*, got MSELoss; .* as one pair"),
        ((([[1.0]], [[2.0]]), nn.MSELoss(), nn.optim.Adam, 5), r"got the class; write Adam\(model.parameters\(\)\)"),
        ((([[1.0]], [[2.0]]), nn.MSELoss(), 0.1, 5), r"such as nn.optim.Adam\(model.parameters\(\)\), got float"),
    ],
)
def test_arguments_in_other_places_are_named(arguments, message):
    with pytest.raises(TypeError, match=message):
        nn.fit(nn.Linear(1, 1), *arguments)


def test_regression_metrics_are_known_by_name():
    """r2_score is the one that is not symmetric in its arguments."""
    data = [[0.0], [1.0], [3.0]], [[1.0], [2.0], [6.0]]
    model = nn.Linear(1, 1)
    model.load_state_dict({"weight": [[2.0]], "bias": [0.0]})  # errors 1, 0, 0 and the targets' mean is 3
    names = ["mean_absolute_error", "mean_squared_error", "root_mean_squared_error", "r2_score"]
    expected = pytest.approx({"loss": 1 / 3, **dict(zip(names, (1 / 3, 1 / 3, 3**-0.5, 1 - 1 / 14), strict=True))})
    assert nn.training.evaluate(model, data, nn.MSELoss(), metrics=names, batch_size=2) == expected
    optimizer = nn.optim.SGD(model.parameters(), lr=0.0)
    history = nn.fit(model, data, nn.MSELoss(), optimizer, 1, metrics=names, validation=data, progress=False)
    assert {name: history[f"val_{name}"][0] for name in ["loss", *names]} == expected
    assert {name: history[name][0] for name in ["loss", *names]} == expected


# ---------------------------------------------------------------------- predictions


@pytest.mark.parametrize("batch_size", [1, 3, 7, 32])
@pytest.mark.parametrize(("kind", "size"), [(nn.Linear, 2), (nn.Linear, 1), (lambda n, k: nn.MLP(n, [3, k]), 1)])
def test_predictions_are_the_outputs_as_plain_numbers(kind, size, batch_size):
    random.seed(0)
    model = kind(2, size)
    X, _ = nn.data.make_moons(7, random_state=0)
    outputs = nn.predict(model, X, batch_size=batch_size)
    assert outputs == nested.as_numbers(model(X))
    assert {type(number) for number in nested.flat(outputs)} == {float}
    assert nn.predict(model, X[0]) == outputs[0]


def test_the_greatest_output_is_the_class():
    model, (X, y) = small_problem()
    fit(model, (X, y), epochs=30)
    classes = autograd.argmax(nn.predict(model, X), dim=1)
    assert nn.metrics.accuracy_score(y, classes) == nn.metrics.accuracy(model(X), y) > 0.8


def test_predicting_needs_no_graph_and_leaves_the_modes_of_all_modules():
    seen = []

    class Watch(nn.Module):
        def forward(self, x):
            seen.append((self.training, len(x), autograd.is_grad_enabled()))
            return x

    model = nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.9), Watch())
    model[1].eval()
    outputs = nn.predict(model, [[1.0]] * 5, batch_size=2)
    assert outputs == [outputs[0]] * 5
    assert seen == [(False, 2, False), (False, 2, False), (False, 1, False)]
    assert [module.training for module in model.modules()] == [True, True, False, True]


def test_predictions_of_arrays_and_of_iterators():
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    model = nn.Linear(2, 3)
    rows = [[1.0, 2.0], [3.0, -1.0], [0.0, 0.5]]
    expected = nn.predict(model, rows)
    assert nn.predict(model, numpy.array(rows)) == expected
    assert nn.predict(model, (tuple(row) for row in rows), batch_size=2) == expected


@pytest.mark.parametrize(
    ("inputs", "batch_size", "message"),
    [
        ([], 32, "there are no samples to predict"),
        ([[1.0]], 0, "batch_size must be a whole number of at least 1, got 0"),
    ],
)
def test_bad_predictions(inputs, batch_size, message):
    with pytest.raises(ValueError, match=message):
        nn.predict(nn.Linear(1, 1), inputs, batch_size=batch_size)


# ---------------------------------------------------------------------- progress and memory


def test_a_progress_bar_goes_to_stderr_and_needs_tqdm(capsys, monkeypatch):
    model, data = small_problem()
    fit(model, data, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "5/5" in err
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    fit(model, data, progress=None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "stepgrad\[nn\]"'):
        fit(model, data, progress=True)


def test_a_layer_is_one_node_for_each_neuron():
    model, (X, _) = small_problem()
    output = model(X[0])[0]
    results = [node.op.name for node in topological_order(output) if not node.is_leaf]
    assert sorted(results) == ["affine"] * 9 + ["tanh"] * 8


# ---------------------------------------------------------------------- the history


def sample_history():
    history = nn.History("val_loss")
    for epoch, (loss, val_loss) in enumerate([(0.1 + 0.2, 1.0), (1e-300, 0.5), (math.inf, 0.75)], start=1):
        history.append({"epoch": epoch, "loss": loss, "val_loss": val_loss})
    return history


def test_a_history_comes_back_from_csv_with_all_digits(tmp_path):
    history = sample_history()
    history.to_csv(tmp_path / "history.csv")
    again = nn.History.from_csv(str(tmp_path / "history.csv"))
    assert dict(again) == dict(history)
    assert again.best == history.best
    assert [type(epoch) for epoch in again["epoch"]] == [int, int, int]


def test_an_empty_history_can_be_written_and_read(tmp_path):
    nn.History().to_csv(tmp_path / "history.csv")
    assert dict(nn.History.from_csv(tmp_path / "history.csv")) == {}


def test_writing_a_history_that_fails_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "history.csv"
    sample_history().to_csv(path)
    before = path.read_bytes()

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="No space left"):
        nn.History().to_csv(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch,loss\n1,0.5\n2,abc\n", r"line 3 of .*history\.csv is not 2 numbers, got '2,abc'"),
        ("epoch,loss\n1\n", r"line 2 of .*history\.csv is not 2 numbers, got '1'"),
    ],
)
def test_a_table_that_is_no_history(text, message, tmp_path):
    (tmp_path / "history.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        nn.History.from_csv(tmp_path / "history.csv")


def test_a_row_with_other_columns_is_refused():
    with pytest.raises(ValueError, match="a row must have the columns epoch, loss, val_loss, got epoch"):
        sample_history().append({"epoch": 4})


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda history: pickle.loads(pickle.dumps(history))])
def test_a_history_can_be_copied_and_pickled(again):
    history = sample_history()
    assert dict(again(history)) == dict(history)
    assert again(history).best == history.best


def test_a_notebook_shows_a_short_table_of_a_long_training():
    history = nn.History()
    for epoch in range(1, 101):
        history.append({"epoch": epoch, "loss": 1 / epoch})
    history.stopped_because = "a < b"
    page = history._repr_html_()
    assert page.count("<tr>") == 12
    assert "<td>5</td>" in page and "<td>96</td>" in page and "<td>50</td>" not in page
    assert "a &lt; b" in page


def test_a_history_draws_its_losses():
    matplotlib = pytest.importorskip("matplotlib", reason='matplotlib is not installed: pip install "stepgrad[plot]"')
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    history = sample_history()
    history.columns["loss"][-1] = 0.1
    ax = history.plot(log=False)
    assert [list(line.get_ydata()) for line in ax.lines] == [history["loss"], history["val_loss"]]
    plt.close(ax.figure)


# ---------------------------------------------------------------------- the progress bar


def notebook(monkeypatch, kernel):
    shell = types.SimpleNamespace(config={"IPKernelApp": {}} if kernel else {})
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    # One of these is where tqdm looks, depending on its version.
    monkeypatch.setitem(sys.modules, "ipykernel.zmqshell", types.ModuleType("zmqshell") if kernel else None)


@pytest.mark.parametrize(("kernel", "shown"), [(True, True), (False, False)])
def test_by_default_a_notebook_shows_a_bar_and_a_file_does_not(kernel, shown, monkeypatch, capsys):
    pytest.importorskip("tqdm", reason='tqdm is not installed: pip install "stepgrad[nn]"')
    notebook(monkeypatch, kernel)
    monkeypatch.setattr(progress_module, "_tqdm", lambda required: __import__("tqdm").tqdm)
    model, data = small_problem()
    fit(model, data, progress=None)
    assert ("5/5" in capsys.readouterr().err) is shown


def test_a_bar_in_a_file_is_a_few_lines_and_ends_with_the_numbers_of_the_last_epoch(capsys):
    pytest.importorskip("tqdm", reason='tqdm is not installed: pip install "stepgrad[nn]"')
    model, data = small_problem()
    history = fit(model, data, epochs=20, progress=True)
    drawn = capsys.readouterr().err.split("\r")
    assert sum("/20 [" in line for line in drawn) < 10
    assert drawn[-1].rstrip().endswith(f", loss={history.loss[-1]:.4g}]")


def test_a_notebook_without_widgets_gets_a_bar_without_a_warning(monkeypatch):
    pytest.importorskip("tqdm", reason='tqdm is not installed: pip install "stepgrad[nn]"')
    for name in [name for name in sys.modules if name.split(".")[0] in ("tqdm", "ipywidgets")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    notebook(monkeypatch, kernel=True)
    # Recorded, because tqdm catches the error that a warning is made into.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        bar_class = progress_module._tqdm(required=True)
    assert caught == []
    assert not any("notebook" in base.__module__ for base in bar_class.__mro__)


def test_the_bar_can_be_off(capsys):
    model, data = small_problem()
    fit(model, data, progress=False)
    assert capsys.readouterr() == ("", "")
