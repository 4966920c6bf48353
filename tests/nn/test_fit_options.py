"""fit: validation, early stopping, schedulers, clipping, tolerance, Ctrl-C; and what the history tells of it."""

from __future__ import annotations

import math
import os
import random
import signal
from contextlib import nullcontext

import pytest

import nn
from autograd import Value
from nn.optim import lr_scheduler


def problem(seed=0, samples=24):
    random.seed(seed)
    X, y = nn.data.make_moons(samples, noise=0.2, random_state=seed)
    return nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2)), (X, y)


def fit(model, data, epochs=5, lr=0.05, scheduler=None, **options):
    options = {"seed": 0, "progress": False, "batch_size": 8} | options
    optimizer = nn.optim.Adam(model.parameters(), lr=lr)
    scheduler = scheduler and scheduler(optimizer)
    return nn.fit(model, data, nn.CrossEntropyLoss(), optimizer, epochs, scheduler=scheduler, **options)


def weights(model):
    return [parameter.data for parameter in model.parameters()]


class Scripted(nn.Module):
    """A model of one weight, whose validation losses are given: the weight after epoch n is n."""

    def __init__(self, losses):
        self.weight = Value(0.0)
        self.losses = losses

    def forward(self, inputs):
        if self.training:
            return [self.weight * 0.0 + 1.0 for _ in inputs]
        return [self.losses[round(self.weight.data) - 1] for _ in inputs]


class Counting(nn.optim.Optimizer):
    """Adds 1 to each parameter in each step."""

    rule = staticmethod(lambda parameter, gradient, state, options: (parameter + 1.0, state))

    def __init__(self, params, lr=1.0):
        super().__init__(params, {"lr": lr})


def fit_scripted(losses, epochs=None, **options):
    """Train so that these are the validation losses, one for each epoch."""
    model = Scripted(losses)
    data = ([[0.0]], [0.0])

    def criterion(outputs, targets):
        return sum(outputs) * (1 / len(outputs))

    options = {"validation": data, "progress": False} | options
    history = nn.fit(model, data, criterion, Counting(model.parameters()), epochs or len(losses), **options)
    return model.weight.data, history


# ---------------------------------------------------------------------- early stopping

STOPPING = [
    # validation losses, options, epochs done, weights that remain
    ([3.0, 2.0, 2.5, 2.4, 2.3, 1.0], {"patience": 2}, 4, 2),
    ([3.0, 2.0, 2.5, 2.4, 2.3, 1.0], {"patience": 2, "restore_best": False}, 4, 4),
    ([3.0, 2.0, 2.5, 2.4, 2.3, 1.0], {"patience": 4}, 6, 6),
    ([3.0, 2.0, 2.5, 2.4, 2.3, 2.1], {"patience": 9}, 6, 2),  # restored also when all epochs were done
    ([3.0, 3.0, 3.0, 3.0], {"patience": 1}, 2, 1),  # the same is no improvement
    ([3.0, 2.9, 2.8, 2.7, 2.6], {"patience": 2, "min_delta": 0.5}, 3, 3),  # too little to go on, but the best
    ([3.0, 2.9, 2.8, 2.4, 2.3, 2.2], {"patience": 3, "min_delta": 0.5}, 6, 6),
    ([math.nan, 3.0, math.nan, math.nan], {"patience": 2}, 4, 2),
    ([math.nan, math.nan, 1.0], {"patience": 2}, 2, 2),
    ([1.0, 2.0, 3.0, 2.5, 2.4], {"patience": 2, "mode": "max"}, 5, 3),
]


@pytest.mark.parametrize(("losses", "options", "epochs", "weight"), STOPPING)
def test_early_stopping_ends_when_it_should_with_the_weights_it_should(losses, options, epochs, weight):
    with pytest.warns(RuntimeWarning) if any(map(math.isnan, losses)) else nullcontext():
        left, history = fit_scripted(losses, early_stopping=nn.EarlyStopping(**options))
    assert len(history["epoch"]) == epochs
    assert left == weight
    if epochs < len(losses):
        assert history.stopped_because.startswith("val_loss has not improved")


def test_without_early_stopping_the_last_weights_remain():
    left, history = fit_scripted([3.0, 1.0, 2.0])
    assert left == 3.0
    assert history.stopped_because == "all 3 epochs are done"
    assert history.best == {"epoch": 2, "loss": 1.0, "val_loss": 1.0}


def test_the_restored_weights_give_the_best_validation_loss_again():
    model, (X, y) = problem(samples=40)
    history = fit(
        model, (X[:20], y[:20]), epochs=200, lr=0.3, validation=(X[20:], y[20:]), early_stopping=nn.EarlyStopping()
    )
    assert len(history["epoch"]) < 200
    assert min(history.val_loss) < history.val_loss[-1]
    result = nn.training.evaluate(model, (X[20:], y[20:]), nn.CrossEntropyLoss())
    assert result["loss"] == min(history.val_loss)


def test_a_metric_can_be_monitored():
    model, data = problem()
    stopping = nn.EarlyStopping("val_accuracy", patience=3, mode="max")
    history = fit(model, data, epochs=40, lr=0.1, validation=data, metrics=["accuracy"], early_stopping=stopping)
    assert history.best["val_accuracy"] == max(history.val_accuracy)
    assert nn.training.evaluate(model, data, nn.CrossEntropyLoss(), metrics=["accuracy"])["accuracy"] == max(
        history.val_accuracy
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.EarlyStopping(patience=0), "patience must be a whole number of at least 1, got 0"),
        (lambda: nn.EarlyStopping(patience=1.5), "patience must be a whole number of at least 1, got 1.5"),
        (lambda: nn.EarlyStopping(min_delta=-1.0), "min_delta must be 0 or greater, got -1.0"),
        (lambda: nn.EarlyStopping(min_delta=math.nan), "min_delta must be 0 or greater, got nan"),
        (lambda: nn.EarlyStopping(mode="auto"), 'mode must be "min" or "max", got \'auto\''),
        (
            lambda: fit(*problem(), early_stopping=nn.EarlyStopping()),
            "early stopping monitors 'val_loss', but this training records loss; monitor one of these",
        ),
    ],
)
def test_early_stopping_that_cannot_work(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# ---------------------------------------------------------------------- Ctrl-C


def interrupt_after(epochs):
    def callback(history):
        if len(history["epoch"]) == epochs:
            raise KeyboardInterrupt

    return callback


@pytest.mark.parametrize(
    ("options", "weight"),
    [
        ({}, 2.0),
        ({"validation": None}, 1.0),  # the training loss is always 1, so the first is the best
        ({"early_stopping": nn.EarlyStopping()}, 2.0),
        ({"early_stopping": nn.EarlyStopping(restore_best=False)}, 4.0),
    ],
    ids=["validation", "no validation", "early stopping", "early stopping that restores nothing"],
)
def test_an_interrupt_keeps_the_best_weights_or_else_the_latest(options, weight):
    left, history = fit_scripted([3.0, 1.0, 2.0, 1.5, 0.5], callbacks=[interrupt_after(4)], **options)
    assert left == weight
    assert history["epoch"] == [1, 2, 3, 4]
    assert history.interrupted
    assert history.stopped_because == "interrupted in epoch 4"


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no such signal")
def test_a_real_ctrl_c_in_the_middle_of_an_epoch_ends_training_quietly(capsys):
    model, data = problem()
    calls = []

    class Pressing(nn.Module):
        def forward(self, x):
            calls.append(self.training)
            if self.training and calls.count(True) == 8:  # the second of the three batches of epoch 3
                signal.raise_signal(signal.SIGINT)
            return x

    model.append(Pressing())
    random.seed(5)
    before = random.getstate()
    # A program started in the background may ignore Ctrl-C, and its children with it.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        history = fit(model, data, validation=data, progress=True)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert history.interrupted
    assert history["epoch"] == [1, 2]
    assert history.stopped_because == "interrupted in epoch 3"
    assert random.getstate() == before
    assert "Traceback" not in capsys.readouterr().err
    result = nn.training.evaluate(model, data, nn.CrossEntropyLoss(), batch_size=8)
    assert result["loss"] == history.best["val_loss"]


def test_an_interrupt_before_the_first_epoch_is_done_leaves_an_empty_history():
    class Pressing(nn.Module):
        def forward(self, x):
            raise KeyboardInterrupt

    model, data = problem()
    model.append(Pressing())
    history = fit(model, data, validation=data)
    assert (len(history), history.interrupted, repr(history)) == (0, True, "History(empty)")
    with pytest.raises(ValueError, match="no epoch has a number for val_loss"):
        history.best


# ---------------------------------------------------------------------- divergence


def regression(lr, epochs=200, **options):
    random.seed(0)
    model = nn.MLP(1, [1])
    X = [[10.0 * i] for i in range(8)]
    data = (X, [x**3 for (x,) in X])
    optimizer = nn.optim.SGD(model.parameters(), lr=lr)
    return model, nn.fit(model, data, nn.MSELoss(), optimizer, epochs, progress=False, seed=0, **options)


@pytest.mark.parametrize("batch_size", [2, 8])
def test_a_training_that_explodes_says_so_and_keeps_the_history(batch_size):
    with pytest.raises(nn.DivergenceError, match=r"learning rate of 0\.1 is too large; try a tenth of it") as info:
        regression(0.1, batch_size=batch_size)
    history = info.value.history
    assert all(map(math.isfinite, history.get("loss", [])))
    assert history.stopped_because == str(info.value)
    assert not history.interrupted


def test_clipping_keeps_the_same_training_from_exploding():
    _, history = regression(0.1, epochs=5, clip_grad_norm=1.0)
    assert history.stopped_because == "all 5 epochs are done"


def test_after_divergence_the_model_has_its_best_weights_if_they_are_known():
    random.seed(0)
    X, y = nn.data.make_moons(24, noise=0.2, random_state=0)
    model = nn.Linear(2, 2)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)

    def raise_the_rate(history):
        if len(history["epoch"]) == 3:
            optimizer.param_groups[0]["lr"] = math.inf

    with pytest.raises(nn.DivergenceError) as info:
        nn.fit(model, (X, y), nn.CrossEntropyLoss(), optimizer, 9, validation=(X, y), seed=0, progress=False,
               callbacks=[raise_the_rate])  # fmt: skip
    assert len(info.value.history["epoch"]) == 3
    assert nn.training.evaluate(model, (X, y), nn.CrossEntropyLoss())["loss"] == min(info.value.history.val_loss)


# ---------------------------------------------------------------------- validation


@pytest.mark.parametrize(("split", "count"), [(0.25, 6), (0.01, 1), (0.3, 8)])
def test_a_validation_split_holds_back_a_fraction_of_the_samples(split, count):
    seen = {True: set(), False: set()}

    class Watch(nn.Module):
        def forward(self, x):
            seen[self.training] |= {tuple(row) for row in x}
            return x

    model, data = problem()
    model = nn.Sequential(Watch(), *model)
    history = fit(model, data, validation_split=split)
    assert len(seen[False]) == count
    assert len(seen[True]) == 24 - count
    assert not seen[True] & seen[False]
    assert "val_loss" in history


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"validation_split": 1.0}, "validation_split must be at least 0 and less than 1, got 1.0"),
        ({"validation_split": -0.1}, "validation_split must be at least 0 and less than 1, got -0.1"),
        ({"validation_split": 0.99}, "leaves none of 24 samples to train on"),
        ({"validation_split": 0.2, "validation": ([[0.0, 0.0]], [0])}, "pass only one of the two"),
        ({"tolerance": 0.0}, "tolerance must be greater than 0, got 0.0"),
        ({"clip_grad_norm": 0.0}, "clip_grad_norm must be greater than 0, got 0.0"),
        ({"clip_grad_value": -1.0}, "clip_grad_value must be greater than 0, got -1.0"),
        ({"clip_grad_norm": 1.0, "clip_grad_value": 1.0}, "pass clip_grad_norm or clip_grad_value, not both"),
    ],
)
def test_options_that_are_out_of_range(options, message):
    model, data = problem()
    before = weights(model)
    with pytest.raises(ValueError, match=message):
        fit(model, data, **options)
    assert weights(model) == before


def test_a_loader_cannot_be_split():
    model, data = problem()
    with pytest.raises(ValueError, match="a DataLoader cannot be split"):
        fit(model, nn.data.DataLoader(nn.data.TensorDataset(*data)), validation_split=0.5)


def test_a_seed_repeats_a_run_with_everything_on_to_the_last_bit():
    def run(seed):
        model, data = problem()
        history = fit(
            model,
            data,
            seed=seed,
            validation_split=0.25,
            metrics=["accuracy"],
            scheduler=lambda optimizer: lr_scheduler.StepLR(optimizer, step_size=2),
            clip_grad_norm=0.5,
            early_stopping=nn.EarlyStopping(patience=3),
            tolerance=1e-9,
        )
        return dict(history), weights(model)

    assert run(7) == run(7)
    assert run(7) != run(8)


# ---------------------------------------------------------------------- schedulers, tolerance, callbacks


def test_a_scheduler_steps_once_an_epoch_and_its_rates_are_recorded():
    model, data = problem()
    history = fit(model, data, lr=0.1, scheduler=lambda o: lr_scheduler.StepLR(o, step_size=2, gamma=0.5))
    assert history.lr == [0.1, 0.1, 0.05, 0.05, 0.025]


@pytest.mark.parametrize(
    ("options", "column"),
    [
        ({}, "loss"),
        ({"validation": problem()[1]}, "val_loss"),
        (
            {"metrics": ["accuracy"], "early_stopping": nn.EarlyStopping("accuracy", mode="max")},
            "accuracy",
        ),
    ],
)
def test_a_scheduler_that_takes_a_number_gets_the_monitored_one(options, column):
    got = []

    class Stub:
        def step(self, metrics, epoch=None):
            got.append(metrics)

    model, data = problem()
    history = fit(model, data, scheduler=lambda optimizer: Stub(), **options)
    assert got == history[column]


class Halving:
    """A scheduler that is none of nn's, and is interrupted at the end of its second step."""

    def __init__(self, optimizer):
        self.optimizer, self.epochs = optimizer, 0

    def step(self):
        self.epochs += 1
        self.optimizer.param_groups[0]["lr"] /= 2
        if self.epochs == 2:
            raise KeyboardInterrupt


def test_an_interrupted_step_of_a_scheduler_of_ones_own_is_taken_back():
    model, data = problem()
    optimizer = nn.optim.SGD(model.parameters(), lr=1.0)
    scheduler = Halving(optimizer)
    history = nn.fit(model, data, nn.CrossEntropyLoss(), optimizer, 5, scheduler=scheduler, progress=False)
    assert history.lr == [1.0]
    assert (scheduler.epochs, optimizer.param_groups[0]["lr"]) == (1, 0.5)


def test_reduce_on_plateau_lowers_the_rate_when_validation_stops_to_improve():
    model = Scripted([3.0, 3.0, 3.0, 3.0, 3.0])
    optimizer = Counting(model.parameters(), lr=1.0)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    data = ([[0.0]], [0.0])
    history = nn.fit(model, data, lambda outputs, targets: outputs[0], optimizer, 5, validation=data,
                     scheduler=scheduler, progress=False)  # fmt: skip
    assert history.lr == [1.0, 1.0, 1.0, 0.5, 0.5]


def test_a_tolerance_ends_training_where_the_gradient_of_all_samples_is_short():
    random.seed(0)
    X, y = [[0.0], [1.0], [2.0], [3.0]], [[1.0], [3.0], [5.0], [7.5]]
    model = nn.Linear(1, 1)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    history = nn.fit(model, (X, y), nn.MSELoss(), optimizer, 10_000, batch_size=4, tolerance=1e-6, progress=False)
    assert history.grad_norm[-1] < 1e-6 <= history.grad_norm[-2]
    assert "fell below the tolerance of 1e-06" in history.stopped_because
    # Where the gradient vanishes is the least squares line: slope 2.15, intercept 0.9.
    assert [model.weight[0][0].data, model.bias[0].data] == pytest.approx([2.15, 0.9], abs=1e-5)


@pytest.mark.parametrize("clip", [{}, {"clip_grad_norm": 1e-3}, {"clip_grad_value": 1e-3}])
def test_the_recorded_gradient_is_the_mean_over_the_samples_before_clipping(clip):
    X, y = [[1.0], [2.0], [4.0]], [[0.0], [0.0], [0.0]]
    model = nn.Linear(1, 1, bias=False)
    model.weight[0][0].data = 1.0
    optimizer = nn.optim.SGD(model.parameters(), lr=0.0)
    history = nn.fit(model, (X, y), nn.MSELoss(), optimizer, 1, batch_size=2, tolerance=1e-6, progress=False, **clip)
    assert history.grad_norm == pytest.approx([2 * (1 + 4 + 16) / 3], rel=1e-14)


def test_callbacks_see_each_epoch_and_one_that_says_true_ends_training():
    seen = []
    model, data = problem()
    callbacks = [lambda history: len(history["epoch"]) == 3, lambda history: seen.append(history["epoch"][-1])]
    history = fit(model, data, callbacks=callbacks)
    assert seen == [1, 2, 3]
    assert history.stopped_because == "a callback ended it after epoch 3"


def test_an_optimizer_of_another_model_is_refused():
    model, data = problem()
    other, _ = problem()
    with pytest.raises(ValueError, match="the optimizer has no parameter of the model"):
        nn.fit(model, data, nn.CrossEntropyLoss(), nn.optim.SGD(other.parameters()), 1, progress=False)
    # One of a part of the model is welcome.
    nn.fit(model, data, nn.CrossEntropyLoss(), nn.optim.SGD(model[0].parameters()), 1, progress=False)


def test_a_loss_class_in_place_of_a_loss_is_named():
    model, data = problem()
    with pytest.raises(TypeError, match=r"got the class; write CrossEntropyLoss\(\)"):
        nn.fit(model, data, nn.CrossEntropyLoss, nn.optim.SGD(model.parameters()), 1)


# ---------------------------------------------------------------------- accuracy of one output


def line_of_points(samples=20):
    """Points on a line and whether they are beyond 1/2, with outputs on both sides of 0 and of 1/2."""
    X = [[(2 * index + 1) / samples - 1.0] for index in range(samples)]
    return X, [float(x > 0.5) for (x,) in X]


def accuracies(model, criterion, targets, inputs, **options):
    """The accuracy of a model that is trained not at all, in training and in validation."""
    optimizer = nn.optim.SGD(model.parameters(), lr=0.0)
    data = (inputs, [[target] for target in targets])
    options = {"metrics": "accuracy", "progress": False, "validation": data} | options
    history = nn.fit(model, data, criterion, optimizer, 1, **options)
    return history.accuracy[0], history.val_accuracy[0]


def straight(slope=1.0, offset=0.0):
    layer = nn.Linear(1, 1)
    layer.load_state_dict({"weight": [[slope]], "bias": [offset]})
    return layer


@pytest.mark.parametrize(
    ("model", "criterion", "low"),
    [
        (lambda: nn.Sequential(straight(10.0, -5.0), nn.Sigmoid()), nn.BCELoss(), 0.0),
        (lambda: nn.Sequential(straight(10.0, -5.0), nn.Sigmoid()), nn.functional.binary_cross_entropy, 0.0),
        (lambda: nn.Sequential(straight(10.0, -5.0), nn.Sigmoid(), nn.Identity()), nn.MSELoss(), 0.0),
        (lambda: nn.Sequential(straight(10.0, -5.0), nn.Sigmoid()), lambda p, y: nn.functional.mse_loss(p, y), 0.0),
        (lambda: nn.Sequential(straight(10.0, -5.0)), nn.BCEWithLogitsLoss(), 0.0),
        (straight, nn.MSELoss(), 0.0),
        (straight, nn.functional.l1_loss, 0.0),
        (lambda: straight(2.0, -1.0), nn.MSELoss(), -1.0),
        (lambda: straight(2.0, -1.0), nn.HingeLoss(), -1.0),
        (lambda: straight(2.0, -1.0), lambda z, y: nn.functional.hinge_loss(z, y), -1.0),
    ],
)
def test_accuracy_cuts_one_output_where_the_loss_does(model, criterion, low):
    X, targets = line_of_points()
    targets = [target or low for target in targets]
    assert accuracies(model(), criterion, targets, X) == (1.0, 1.0)
    result = nn.training.evaluate(model(), (X, [[t] for t in targets]), criterion, metrics=["accuracy"])
    assert result["accuracy"] == 1.0
    mapping = {"share": nn.metrics.accuracy}
    assert nn.training.evaluate(model(), (X, [[t] for t in targets]), criterion, metrics=mapping)["share"] == 1.0


def test_the_kind_of_the_targets_is_that_of_the_training_data():
    X, targets = line_of_points()
    targets = [target or -1.0 for target in targets]
    ones = [x for x, target in zip(X, targets, strict=True) if target == 1.0]
    validation = (ones, [[1.0] for _ in ones])
    # Between 0 and 1/2, nearer to 1 than to -1; of the ones alone nobody could tell.
    assert accuracies(straight(0.4), nn.MSELoss(), targets, X, validation=validation)[1] == 1.0


@pytest.mark.parametrize(
    ("criterion", "targets", "message"),
    [
        (
            lambda z, y: nn.functional.mse_loss(z, y),
            [0.0, 1.0],
            "cannot tell from this criterion .* a logit.* threshold=0",
        ),
        (nn.MSELoss(), [0.5, 3.0], "needs targets of 0 and 1, or of -1 and 1, got 0.5, 3; for numbers use r2_score"),
    ],
)
def test_accuracy_says_so_where_the_cut_cannot_be_told(criterion, targets, message):
    with pytest.raises(ValueError, match=message):
        accuracies(straight(), criterion, targets, [[0.0], [1.0]])


# ---------------------------------------------------------------------- a validation loss that is no number


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_validation_loss_that_is_no_number_is_told_once_and_never_the_best(number):
    with pytest.warns(RuntimeWarning, match=f"validation loss became {number} in epoch 2, while the param") as told:
        left, history = fit_scripted([2.0, number, 1.0, number, number], early_stopping=nn.EarlyStopping(patience=2))
    assert len(told) == 1
    assert (left, history.best["epoch"]) == (3.0, 3)


def test_nan_in_the_validation_data_is_named():
    model, data = problem()
    with pytest.warns(RuntimeWarning, match="because the inputs of the validation data contain nan or inf; clean"):
        fit(model, data, epochs=1, validation=([[math.nan, 0.0]], [0]))


# ---------------------------------------------------------------------- what is refused, in a sentence


def other_scheduler(optimizer):
    return lr_scheduler.StepLR(nn.optim.SGD([Value(0.0)], lr=1.0), step_size=1)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"metrics": {"loss": nn.metrics.accuracy}},
            ValueError,
            "cannot have the name 'loss', which is that of another",
        ),
        ({"metrics": {"epoch": nn.metrics.accuracy}}, ValueError, "cannot have the name 'epoch'"),
        ({"metrics": {"val_loss": nn.metrics.accuracy}}, ValueError, "cannot have the name 'val_loss'"),
        ({"metrics": {"share": 3}}, TypeError, "'share' must be a function of outputs and targets, got 3"),
        ({"metrics": 3}, TypeError, "metrics must be a list of names or a mapping of names to functions, got 3"),
        ({"scheduler": other_scheduler}, ValueError, "the StepLR is a scheduler of another optimizer"),
        ({"scheduler": lambda optimizer: 3}, TypeError, r"scheduler must be one .*, got 3; write for example StepLR\("),
        ({"scheduler": lambda optimizer: [3]}, TypeError, r"got \[3\]; join several with SequentialLR"),
        ({"early_stopping": 5}, TypeError, r"must be an EarlyStopping, got 5; write nn.EarlyStopping\(patience=5\)"),
        ({"callbacks": print}, TypeError, "must be a list of functions, got <built-in function print>; put brackets"),
        ({"callbacks": [3]}, TypeError, "a callback must be a function of the history, got 3"),
        ({"validation": [[0.0, 1.0]]}, TypeError, r"sample of the validation data must be a pair .* \(X, y\)"),
        ({"validation": 3}, TypeError, "validation data must be a pair .*, got int"),
        ({"seed": "a"}, TypeError, "seed must be a whole number, got 'a'"),
        ({"epochs": "5"}, ValueError, "epochs must be a whole number of at least 1, got '5'"),
    ],
)
def test_options_of_another_kind_are_refused(options, error, message):
    model, data = problem()
    before = weights(model)
    with pytest.raises(error, match=message):
        fit(model, data, **options)
    assert weights(model) == before


@pytest.mark.parametrize("data", [[[0.0, 1.0], [1.0, 0.0]], nn.data.DataLoader([[0.0, 1.0], [1.0, 0.0]], batch_size=2)])
def test_inputs_without_targets_are_refused(data):
    model, _ = problem()
    with pytest.raises(TypeError, match=r"must be a pair of input and target, got a list of length 2; .* \(X, y\)"):
        fit(model, data)
    with pytest.raises(TypeError, match="must be a pair of input and target"):
        nn.training.evaluate(model, data, nn.CrossEntropyLoss())


@pytest.mark.parametrize(
    ("criterion", "error", "message"),
    [
        (nn.CrossEntropyLoss(reduction="none"), ValueError, "has reduction='none' and so gives a list of losses"),
        (lambda z, y: [1.0, 2.0], TypeError, "must give one number for a batch, got list"),
        (lambda z, y: 1.0, TypeError, "the loss must be a Value to have a gradient, got float"),
    ],
)
def test_a_criterion_that_gives_no_loss_to_go_down_is_refused(criterion, error, message):
    model, data = problem()
    with pytest.raises(error, match=message):
        nn.fit(model, data, criterion, nn.optim.SGD(model.parameters()), 1, progress=False)


@pytest.mark.parametrize(
    ("model", "message"), [(len, "an nn.Module, got builtin"), (nn.MLP, "got the class; write MLP")]
)
def test_what_is_no_model_is_refused(model, message):
    with pytest.raises(TypeError, match=message):
        nn.fit(model, ([[1.0]], [[1.0]]), nn.MSELoss(), nn.optim.SGD([Value(0.0)]), 1)


def test_numpy_s_whole_numbers_are_seeds_and_epochs():
    np = pytest.importorskip("numpy", reason="NumPy is not installed")
    losses = []
    for seed, epochs in ((3, 2), (np.int64(3), np.int64(2))):
        model, data = problem()
        losses.append(fit(model, data, seed=seed, epochs=epochs).loss)
    assert losses[0] == losses[1]
