"""Ctrl-C at any moment of a training leaves everything as after whole steps, and the history as after whole epochs."""

from __future__ import annotations

import gc
import random

import pytest
from interrupts import each_interrupt

import autograd
import nn
from nn.modules.evaluation_mode import evaluation_mode
from nn.nested import flat
from nn.optim import lr_scheduler

X, Y = [[0.5], [-1.0], [2.0]], [[1.0], [0.0], [-2.0]]


class Logging(nn.optim.Adam):
    """Notes the state after each step."""

    def step(self, closure=None):
        super().step(closure)
        self.log.append(numbers(self))


def numbers(optimizer):
    """What a step changes: the parameters and the state of the optimizer."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    return [parameter.data for parameter in parameters], optimizer.state_dict()["state"]


class Metrics:
    """A scheduler that is none of nn's: each epoch divides the rate by a number that it counts up."""

    def __init__(self, optimizer):
        self.optimizer = optimizer
        self.epochs = 0

    def step(self, metrics):
        self.epochs += 1
        self.optimizer.param_groups[0]["lr"] /= self.epochs + 1

    def state_dict(self):
        return {"epochs": self.epochs}


SCHEDULERS = {
    "none": lambda optimizer: None,
    "steps": lambda optimizer: lr_scheduler.StepLR(optimizer, step_size=1),
    "plateau": lambda optimizer: lr_scheduler.ReduceLROnPlateau(
        optimizer, patience=0, threshold=10.0, threshold_mode="abs"
    ),
    "sequence": lambda optimizer: lr_scheduler.SequentialLR(
        optimizer, [lr_scheduler.ConstantLR(optimizer), lr_scheduler.StepLR(optimizer, 1)], [1]
    ),
    "momentum too": lambda optimizer: lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=5),
    "another": Metrics,
}


class Run:
    """One training, with all that it may leave changed."""

    def __init__(self, scheduler="steps", samples=3, epochs=2, **options):
        random.seed(0)
        self.model = nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.25))
        self.model.eval()
        self.model[0].train()
        self.optimizer = Logging(self.model.parameters(), lr=0.5)
        self.scheduler = SCHEDULERS[scheduler](self.optimizer)
        self.optimizer.log = [numbers(self.optimizer)]
        self.data, self.epochs = (X[:samples], Y[:samples]), epochs
        self.options = {"validation": (X, Y), "seed": 1, "progress": False, "batch_size": 2, **options}
        self.history = None
        self.after_epochs = [self.schedule()]
        self.weights = [self.optimizer.log[0][0]]
        random.seed(5)

    def schedule(self):
        """What the steps of the scheduler change."""
        groups = [{k: v for k, v in group.items() if k != "params"} for group in self.optimizer.param_groups]
        return self.scheduler and self.scheduler.state_dict(), groups

    def go(self):
        self.history = nn.fit(
            self.model,
            self.data,
            nn.MSELoss(),
            self.optimizer,
            self.epochs,
            scheduler=self.scheduler,
            callbacks=[self.after_epoch],
            **self.options,
        )
        if self.history.interrupted:
            raise KeyboardInterrupt

    def after_epoch(self, history):
        self.after_epochs.append(self.schedule())
        self.weights.append([parameter.data for parameter in self.model.parameters()])

    def surroundings(self):
        """What is as it was before, however the training ends."""
        modes = [module.training for module in self.model.modules()]
        return modes, random.getstate(), gc.isenabled(), autograd.is_grad_enabled()


RUNS = {
    **{f"scheduler: {name}": {"scheduler": name} for name in SCHEDULERS},
    "no validation": {"validation": None},
    "early stopping": {"early_stopping": nn.EarlyStopping(patience=1, min_delta=100.0)},
    "nothing restored": {"early_stopping": nn.EarlyStopping(restore_best=False)},
    "clipping, tolerance, metrics": {"clip_grad_norm": 1e-3, "tolerance": 1e-9, "metrics": "mean_squared_error"},
}


SHORT = {"samples": 1, "epochs": 1, "validation": None}


@pytest.mark.parametrize(
    ("options", "step", "every_frame"),
    [(options, 701, False) for options in RUNS.values()] + [({}, 2903, True), (SHORT, 23, False), (SHORT, 97, True)],
    ids=[*RUNS, "every frame", "short, dense", "short, every frame"],
)
def test_an_interrupted_training_is_as_after_whole_steps_and_epochs(options, step, every_frame):
    expected = Run(**options)
    before = expected.surroundings()
    expected.go()
    assert expected.surroundings() == before
    restores = expected.options.get("early_stopping", nn.EarlyStopping()).restore_best
    seen = set()

    def make():
        run = Run(**options)
        return run.go, run

    for whole, run in each_interrupt(make, step, every_frame):
        assert run.surroundings() == before
        parameters, state = numbers(run.optimizer)
        if run.history is None:  # interrupted before the first epoch, or between the end of `fit` and this test
            rows = expected.history.rows[: len(run.after_epochs) - 1]
            assert len(rows) in (0, len(expected.history.rows))
        else:
            rows = run.history.rows
            assert rows == expected.history.rows[: len(rows)]
            assert {len(column) for column in run.history.values()} <= {len(rows)}
        assert run.schedule() == expected.after_epochs[len(rows)]
        assert state in [after for _, after in expected.optimizer.log]
        if whole or (run.history is None and rows):
            assert (parameters, state) == numbers(expected.optimizer)
        elif rows and restores:
            best = expected.weights[run.history.best["epoch"]]
            # Where the last epoch was complete, the training may have been, which ends without going back to the best.
            ends = [best, numbers(expected.optimizer)[0]] if len(rows) == len(expected.history.rows) else [best]
            assert parameters in ends
        else:
            assert (parameters, state) in expected.optimizer.log
        seen.add(len(rows))
    assert seen == set(range(len(expected.history.rows) + 1))


@pytest.mark.parametrize("act", ["evaluate", "predict", "block"])
@pytest.mark.parametrize("every_frame", [False, True], ids=["own frames", "every frame"])
def test_an_interrupted_evaluation_leaves_modes_and_recording_as_they_were(act, every_frame):
    def make():
        model = nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.25))
        model[0].eval()

        def block():
            with evaluation_mode(model):
                pass

        acts = {
            "evaluate": lambda: nn.training.evaluate(model, (X, Y), nn.MSELoss(), metrics="r2_score"),
            "predict": lambda: nn.predict(model, X),
            "block": block,
        }
        return acts[act], model

    for _, model in each_interrupt(make, step=1 if act == "block" else 67, every_frame=every_frame):
        assert [module.training for module in model.modules()] == [True, False, True]
        assert autograd.is_grad_enabled()
        assert not autograd.core.recording.open_blocks


def test_an_interrupted_row_of_a_history_is_whole_or_missing():
    def make():
        history = nn.History()
        return lambda: [history.append({"epoch": epoch, "loss": 1 / epoch}) for epoch in (1, 2, 3)], history

    lengths = [[len(column) for column in history.values()] for _, history in each_interrupt(make)]
    assert {tuple(row) for row in lengths} == {(), (1, 1), (2, 2), (3, 3)}


def test_an_interrupted_pause_of_the_garbage_collector_can_be_closed():
    was = gc.isenabled()
    try:
        for enabled in (True, False):
            (gc.enable if enabled else gc.disable)()

            def make():
                pause = autograd.gc_paused()

                def paused():
                    with pause:
                        gc.collect(0)

                return paused, pause

            for _, pause in each_interrupt(make):
                pause.__exit__()
                assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


def test_an_interrupted_picture_of_the_loss_puts_the_parameters_back():
    matplotlib = pytest.importorskip("matplotlib", reason='matplotlib is not installed: pip install "stepgrad[plot]"')
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    def make():
        model = nn.Linear(1, 1)
        model.load_state_dict({"weight": [[2.0]], "bias": [-1.0]})
        ax = plt.figure().add_subplot()
        return lambda: nn.plot.error_surface(
            model, (X, Y), nn.MSELoss(), ("weight", "bias"), ax, domain=((0.0, 1.0), (0.0, 1.0)), resolution=3
        ), model

    for _, model in each_interrupt(make, step=409):
        assert flat(list(model.state_dict().values())) == [2.0, -1.0]
        assert [module.training for module in model.modules()] == [True]
        assert autograd.is_grad_enabled()
        plt.close("all")
