"""An example of every option that is a whole number: for each a number that it takes, and a call with it.

`test_integer_options.py` says which line is missing when a new option comes.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import autograd
import nn
from autograd import (
    Op,
    Value,
    draw,
    grad,
    gradcheck,
    gradgradcheck,
    gradient_flow,
    hessian,
    jacobian,
    sum_over_paths,
    value_and_grad,
)
from autograd.testing import (
    check_grads,
    check_op,
    complex_step,
    expressions,
    extreme_points,
    graphs,
    kinks_of,
    points,
    trees,
    values,
    vectors,
)
from nn import data, datasets, functional as F, init, landscapes, linear_model, metrics, optim  # noqa: N812
from nn.optim import lr_scheduler

X, Y = [[0.0, 1.0], [1.0, 0.5], [2.0, 3.0], [3.0, 1.0]], [0, 0, 1, 1]
VECTOR = [5.0, 1.0, 3.0]


def graph():
    """A small graph: its leaf, and the result."""
    x = Value(3.0, "x")
    return x, (x * x).tanh()


def optimizer(**options):
    return optim.SGD([Value(1.0)], **{"lr": 0.5, **options})


def later(n):
    """An optimizer whose schedule began already, for any epoch to go on from."""
    chosen = optimizer()
    chosen.param_groups[0]["initial_lr"] = 0.5
    return chosen, n


def one_cycle(**options):
    return lr_scheduler.OneCycleLR(optimizer(momentum=0.9), 1.0, **options)


def weight():
    return nn.Parameter([[0.0, 0.0], [0.0, 0.0]])


def sequential(chosen, last_epoch=-1, milestone=2):
    parts = [lr_scheduler.ConstantLR(chosen), lr_scheduler.StepLR(chosen, 2)]
    return lr_scheduler.SequentialLR(chosen, parts, [milestone], last_epoch)


def fitted(n, **options):
    model = nn.Linear(1, 1)
    return model, nn.fit(
        model, ([[1.0], [2.0]], [[1.0], [2.0]]), nn.MSELoss(), optim.SGD(model.parameters()), n, **options
    )


def drawn(strategy):
    """What a hypothesis strategy draws, the same each time."""
    found = []

    @settings(max_examples=5, database=None, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
    @given(strategy)
    def note(thing):
        found.append(repr(thing))

    note()
    return found


def picture(name, *arguments, **options):
    """The lines that a function of `nn.plot` draws, or the shape of what else it does."""
    matplotlib = pytest.importorskip("matplotlib", reason='matplotlib is not installed: pip install "stepgrad[plot]"')
    matplotlib.use("agg")
    from matplotlib import pyplot

    try:
        axes = getattr(nn.plot, name)(*arguments, **options)
        axes = axes if isinstance(axes, list) else [axes]
        return [
            [
                ax.get_title(),
                len(ax.patches),
                len(ax.collections),
                [list(map(float, line.get_xdata())) for line in ax.lines],
            ]
            for ax in axes
        ]
    finally:
        pyplot.close("all")


def report():
    return nn.diagnose(nn.Sequential(nn.Linear(1, 2), nn.Tanh()), [[1.0], [2.0]])


def cube(**options):
    return Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)], **options)


def digits(n):
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    return datasets.load_digits(n_class=n)


EXAMPLES = {
    # ------------------------------------------------------------------ autograd
    "autograd.Op(precedence)": (2, lambda n: cube(precedence=n)),
    "autograd.Op(vectors)": (
        1,
        lambda n: Op(
            "first", lambda xs: xs[0], [lambda out, xs: [1.0, *[0.0] * (len(xs) - 1)]], domain=[(0, 1)], vectors=n
        ),
    ),
    "autograd.draw(collapse)": (1, lambda n: draw(graph()[1], clusters={"all": graph()}, collapse=n).source),
    "autograd.draw(max_nodes)": (2, lambda n: draw(graph()[1], max_nodes=n).source),
    "autograd.gradcheck(argnums)": (1, lambda n: gradcheck(lambda x, y: x * y, [2.0, 3.0], argnums=n)),
    "autograd.gradgradcheck(argnums)": (1, lambda n: gradgradcheck(lambda x, y: x * y, [2.0, 3.0], argnums=n)),
    "autograd.grad(argnums)": (1, lambda n: grad(lambda x, y: x * y, argnums=n)(2.0, 3.0)),
    "autograd.gradient_flow(max_rows)": (2, lambda n: repr(gradient_flow(graph()[1], max_rows=n))),
    "autograd.hessian(argnums)": (1, lambda n: hessian(lambda x, y: x * y * y, argnums=n)(2.0, 3.0)),
    "autograd.jacobian(argnums)": (-1, lambda n: jacobian(lambda x, y: [x * y, y], argnums=n)(2.0, 3.0)),
    "autograd.sum_over_paths(max_paths)": (1, lambda n: repr(sum_over_paths(*reversed(graph()), max_paths=n))),
    "autograd.value_and_grad(argnums)": (1, lambda n: value_and_grad(lambda x, y: x * y, argnums=n)(2.0, 3.0)),
    **{
        f"autograd.{name}(dim)": (0, lambda n, name=name: getattr(autograd, name)([[1.0, 2.0], [3.0, 5.0]], dim=n))
        for name in (
            *("sum", "mean", "prod", "var", "std", "logsumexp", "norm", "max", "min", "amax", "amin", "argmax"),
            *("argmin", "sort", "softmax", "log_softmax", "cumsum"),
        )
    },
    "autograd.kthvalue(dim)": (0, lambda n: autograd.kthvalue(VECTOR, 2, dim=n)),
    "autograd.kthvalue(k)": (2, lambda n: autograd.kthvalue(VECTOR, n)),
    "autograd.topk(dim)": (0, lambda n: autograd.topk(VECTOR, 2, dim=n)),
    "autograd.topk(k)": (2, lambda n: autograd.topk(VECTOR, n)),
    # ------------------------------------------------------------------ autograd.testing
    "autograd.testing.check_op(examples)": (2, lambda n: check_op("tanh", examples=n)),
    "autograd.testing.check_op(orders)": (1, lambda n: check_op("tanh", examples=2, orders=n)),
    "autograd.testing.check_grads(max_examples)": (2, lambda n: check_grads(abs, values(), max_examples=n)),
    "autograd.testing.check_grads(orders)": (1, lambda n: check_grads(abs, values(), orders=[n], max_examples=2)),
    "autograd.testing.complex_step(index)": (1, lambda n: complex_step(autograd.TABLE["mul"], [2.0, 3.0], n)),
    "autograd.testing.expressions(max_inputs)": (2, lambda n: drawn(expressions(["add"], max_inputs=n))),
    "autograd.testing.expressions(max_steps)": (2, lambda n: drawn(expressions(["add"], max_steps=n))),
    "autograd.testing.expressions(min_steps)": (2, lambda n: drawn(expressions(["add"], min_steps=n))),
    "autograd.testing.extreme_points(max_length)": (2, lambda n: drawn(extreme_points("sum", max_length=n))),
    "autograd.testing.graphs(max_inputs)": (2, lambda n: drawn(graphs(["add"], max_inputs=n).map(len))),
    "autograd.testing.graphs(max_steps)": (2, lambda n: drawn(graphs(["add"], max_steps=n).map(len))),
    "autograd.testing.kinks_of(most)": (2, lambda n: kinks_of("maximum", most=n)),
    "autograd.testing.points(max_length)": (2, lambda n: drawn(points("sum", max_length=n))),
    "autograd.testing.trees(max_leaves)": (2, lambda n: drawn(trees(st.just(1.0), max_leaves=n))),
    "autograd.testing.vectors(max_size)": (2, lambda n: drawn(vectors(max_size=n).map(len))),
    "autograd.testing.vectors(min_size)": (2, lambda n: drawn(vectors(min_size=n).map(len))),
    # ------------------------------------------------------------------ modules
    "nn.CrossEntropyLoss(ignore_index)": (1, lambda n: nn.CrossEntropyLoss(ignore_index=n)),
    "nn.EarlyStopping(patience)": (2, lambda n: nn.EarlyStopping(patience=n)),
    "nn.Layer(nin)": (2, lambda n: nn.Layer(n, 1)),
    "nn.Layer(nout)": (2, lambda n: nn.Layer(1, n)),
    "nn.Linear(in_features)": (2, lambda n: nn.Linear(n, 1)),
    "nn.Linear(out_features)": (2, lambda n: nn.Linear(1, n)),
    "nn.LogSoftmax(dim)": (0, lambda n: nn.LogSoftmax(dim=n)),
    "nn.MLP(nin)": (2, lambda n: nn.MLP(n, [1])),
    "nn.MLP(nouts)": (2, lambda n: nn.MLP(1, [n, 1])),
    "nn.Maxout(in_features)": (2, lambda n: nn.Maxout(n, 1)),
    "nn.Maxout(out_features)": (2, lambda n: nn.Maxout(1, n)),
    "nn.Maxout(num_pieces)": (2, lambda n: nn.Maxout(1, 1, n)),
    "nn.MultiMarginLoss(p)": (2, lambda n: nn.MultiMarginLoss(n)),
    "nn.NLLLoss(ignore_index)": (1, lambda n: nn.NLLLoss(ignore_index=n)),
    "nn.Neuron(nin)": (2, lambda n: nn.Neuron(n)),
    "nn.PReLU(num_parameters)": (2, lambda n: nn.PReLU(n)),
    "nn.Softmax(dim)": (0, lambda n: nn.Softmax(dim=n)),
    # ------------------------------------------------------------------ training
    "nn.fit(batch_size)": (1, lambda n: fitted(2, batch_size=n)),
    "nn.fit(epochs)": (2, fitted),
    "nn.fit(seed)": (2, lambda n: fitted(2, batch_size=1, seed=n)),
    "nn.predict(batch_size)": (2, lambda n: nn.predict(lambda x: x, [[1.0]], batch_size=n)),
    "nn.training.evaluate(batch_size)": (
        2,
        lambda n: nn.training.evaluate(nn.ReLU(), ([[1.0]], [[0.0]]), nn.MSELoss(), batch_size=n),
    ),
    # ------------------------------------------------------------------ data
    "nn.data.DataLoader(batch_size)": (2, lambda n: data.DataLoader([1, 2, 3], batch_size=n)),
    "nn.data.DataLoader(generator)": (2, lambda n: list(data.DataLoader([1, 2, 3], shuffle=True, generator=n))),
    "nn.data.random_split(generator)": (2, lambda n: data.random_split([1, 2, 3], [2, 1], generator=n)),
    "nn.data.train_test_split(random_state)": (2, lambda n: data.train_test_split([1, 2, 3, 4], random_state=n)),
    "nn.datasets.generator_of(seed)": (2, datasets.generator_of),
    "nn.datasets.make_blobs(centers)": (2, lambda n: datasets.make_blobs(4, centers=n)),
    "nn.datasets.make_blobs(n_features)": (2, lambda n: datasets.make_blobs(4, n)),
    "nn.datasets.make_regression(n_features)": (2, lambda n: datasets.make_regression(4, n)),
    "nn.datasets.make_regression(n_informative)": (2, lambda n: datasets.make_regression(4, 3, n_informative=n)),
    "nn.datasets.make_regression(n_targets)": (2, lambda n: datasets.make_regression(4, 3, n_targets=n)),
    "nn.datasets.load_digits(n_class)": (2, digits),
    "nn.datasets.make_spirals(n_classes)": (2, lambda n: datasets.make_spirals(4, n_classes=n)),
    **{
        key: example
        for name in ("moons", "circles", "blobs", "regression", "xor", "spirals")
        for make in [getattr(datasets, f"make_{name}")]
        for home in ["data" if name == "moons" else "datasets"]
        for key, example in [
            (f"nn.{home}.make_{name}(n_samples)", (6, make)),
            (f"nn.{home}.make_{name}(random_state)", (2, lambda n, make=make: make(6, random_state=n))),
        ]
    },
    "nn.preprocessing.PolynomialFeatures(degree)": (2, lambda n: nn.preprocessing.PolynomialFeatures(n)),
    # ------------------------------------------------------------------ metrics
    **{
        f"nn.metrics.{name}(ignore_index)": (1, lambda n, name=name: getattr(metrics, name)(Y, Y, ignore_index=n))
        for name in (
            "accuracy_score",
            "classification_report",
            "confusion_matrix",
            "f1_score",
            "precision_score",
            "recall_score",
        )
    },
    "nn.metrics.accuracy(ignore_index)": (1, lambda n: metrics.accuracy(X, Y, ignore_index=n)),
    "nn.metrics.log_loss(ignore_index)": (
        2,
        lambda n: metrics.log_loss([0, 2, 1], [0.5, 0.5, 0.5], labels=[0, 1], ignore_index=n),
    ),
    "nn.metrics.roc_auc_score(ignore_index)": (
        2,
        lambda n: metrics.roc_auc_score([0, 2, 1], [0.0, 1.0, 2.0], ignore_index=n),
    ),
    # ------------------------------------------------------------------ functions
    "nn.functional.cross_entropy(ignore_index)": (1, lambda n: F.cross_entropy(X, Y, ignore_index=n)),
    "nn.functional.nll_loss(ignore_index)": (1, lambda n: F.nll_loss(X, Y, ignore_index=n)),
    "nn.functional.log_softmax(dim)": (0, lambda n: F.log_softmax(X, n)),
    "nn.functional.multi_margin_loss(p)": (2, lambda n: F.multi_margin_loss(X, Y, n)),
    "nn.functional.one_hot(num_classes)": (3, lambda n: F.one_hot(Y, n)),
    "nn.functional.softmax(dim)": (0, lambda n: F.softmax(X, n)),
    **{
        f"nn.init.{name}(generator)": (
            2,
            lambda n, name=name: getattr(init, name)(weight(), generator=n),
        )
        for name in ("kaiming_normal_", "kaiming_uniform_", "normal_", "orthogonal_", "trunc_normal_", "uniform_")
    },
    "nn.init.sparse_(generator)": (2, lambda n: init.sparse_(weight(), 0.5, generator=n)),
    "nn.init.xavier_normal_(generator)": (2, lambda n: init.xavier_normal_(weight(), generator=n)),
    "nn.init.xavier_uniform_(generator)": (2, lambda n: init.xavier_uniform_(weight(), generator=n)),
    "nn.landscapes.descend(steps)": (2, lambda n: landscapes.descend(landscapes.saddle, optim.SGD, steps=n, lr=0.1)),
    "nn.metrics.classification_report(digits)": (3, lambda n: metrics.classification_report([0, 1], [0, 1], digits=n)),
    # ------------------------------------------------------------------ models
    "nn.linear_model.LinearRegression(max_iter)": (2, lambda n: linear_model.LinearRegression(max_iter=n)),
    "nn.linear_model.LogisticRegression(max_iter)": (
        50,
        lambda n: linear_model.LogisticRegression(max_iter=n).fit(X, Y),
    ),
    "nn.linear_model.Perceptron(max_iter)": (50, lambda n: linear_model.Perceptron(max_iter=n).fit(X, Y)),
    "nn.linear_model.Perceptron(random_state)": (2, lambda n: linear_model.Perceptron(random_state=n).fit(X, Y)),
    # ------------------------------------------------------------------ schedulers
    **{
        f"nn.optim.lr_scheduler.{name}(last_epoch)": (3, lambda n, make=make: make(*later(n)))
        for name, make in {
            "ConstantLR": lambda o, n: lr_scheduler.ConstantLR(o, last_epoch=n),
            "CosineAnnealingLR": lambda o, n: lr_scheduler.CosineAnnealingLR(o, 5, last_epoch=n),
            "CosineAnnealingWarmRestarts": lambda o, n: lr_scheduler.CosineAnnealingWarmRestarts(o, 5, last_epoch=n),
            "ExponentialLR": lambda o, n: lr_scheduler.ExponentialLR(o, 0.5, last_epoch=n),
            "InverseSqrtLR": lambda o, n: lr_scheduler.InverseSqrtLR(o, last_epoch=n),
            "LambdaLR": lambda o, n: lr_scheduler.LambdaLR(o, abs, last_epoch=n),
            "LinearLR": lambda o, n: lr_scheduler.LinearLR(o, last_epoch=n),
            "MultiStepLR": lambda o, n: lr_scheduler.MultiStepLR(o, [2], last_epoch=n),
            "OneCycleLR": lambda o, n: lr_scheduler.OneCycleLR(o, 1.0, 9, cycle_momentum=False, last_epoch=n),
            "PolynomialLR": lambda o, n: lr_scheduler.PolynomialLR(o, last_epoch=n),
            "StepLR": lambda o, n: lr_scheduler.StepLR(o, 2, last_epoch=n),
        }.items()
    },
    # Its own get_lr is for subclasses to write; it gets there once the option is found good.
    "nn.optim.lr_scheduler.LRScheduler(last_epoch)": (
        3,
        lambda n: type("Same", (lr_scheduler.LRScheduler,), {"get_lr": lambda self: self.base_lrs})(*later(n)),
    ),
    "nn.optim.lr_scheduler.ConstantLR(total_iters)": (2, lambda n: lr_scheduler.ConstantLR(optimizer(), total_iters=n)),
    "nn.optim.lr_scheduler.CosineAnnealingLR(T_max)": (2, lambda n: lr_scheduler.CosineAnnealingLR(optimizer(), n)),
    "nn.optim.lr_scheduler.CosineAnnealingWarmRestarts(T_0)": (
        2,
        lambda n: lr_scheduler.CosineAnnealingWarmRestarts(optimizer(), n),
    ),
    "nn.optim.lr_scheduler.CosineAnnealingWarmRestarts(T_mult)": (
        2,
        lambda n: lr_scheduler.CosineAnnealingWarmRestarts(optimizer(), 2, n),
    ),
    "nn.optim.lr_scheduler.LinearLR(total_iters)": (2, lambda n: lr_scheduler.LinearLR(optimizer(), total_iters=n)),
    "nn.optim.lr_scheduler.MultiStepLR(milestones)": (2, lambda n: lr_scheduler.MultiStepLR(optimizer(), [1, n])),
    "nn.optim.lr_scheduler.OneCycleLR(epochs)": (2, lambda n: one_cycle(epochs=n, steps_per_epoch=4)),
    "nn.optim.lr_scheduler.OneCycleLR(steps_per_epoch)": (2, lambda n: one_cycle(epochs=4, steps_per_epoch=n)),
    "nn.optim.lr_scheduler.OneCycleLR(total_steps)": (9, lambda n: one_cycle(total_steps=n)),
    "nn.optim.lr_scheduler.PolynomialLR(total_iters)": (2, lambda n: lr_scheduler.PolynomialLR(optimizer(), n)),
    "nn.optim.lr_scheduler.ReduceLROnPlateau(cooldown)": (
        2,
        lambda n: lr_scheduler.ReduceLROnPlateau(optimizer(), cooldown=n),
    ),
    "nn.optim.lr_scheduler.ReduceLROnPlateau(patience)": (
        2,
        lambda n: lr_scheduler.ReduceLROnPlateau(optimizer(), patience=n),
    ),
    "nn.optim.lr_scheduler.SequentialLR(last_epoch)": (3, lambda n: sequential(*later(n))),
    "nn.optim.lr_scheduler.SequentialLR(milestones)": (2, lambda n: sequential(optimizer(), milestone=n)),
    "nn.optim.lr_scheduler.StepLR(step_size)": (2, lambda n: lr_scheduler.StepLR(optimizer(), n)),
    # ------------------------------------------------------------------ pictures
    "nn.plot.activations(resolution)": (5, lambda n: picture("activations", ["relu"], resolution=n)),
    "nn.plot.contours(resolution)": (9, lambda n: picture("contours", landscapes.saddle, resolution=n)),
    "nn.plot.decision_regions(resolution)": (
        5,
        lambda n: picture("decision_regions", lambda batch: [x - y for x, y in batch], X, Y, resolution=n),
    ),
    "nn.plot.error_surface(resolution)": (
        5,
        lambda n: picture(
            *("error_surface", nn.Linear(1, 1), ([[0.0], [1.0]], [[1.0], [3.0]]), nn.MSELoss()),
            *(("weight", "bias"),),
            resolution=n,
        ),
    ),
    "nn.plot.histograms(bins)": (5, lambda n: picture("histograms", report(), bins=n)),
    "nn.plot.learning_rates(epochs)": (
        5,
        lambda n: picture("learning_rates", {"steps": lambda o: lr_scheduler.StepLR(o, 2)}, n),
    ),
    "nn.plot.optimizer_race(resolution)": (
        9,
        lambda n: picture("optimizer_race", landscapes.saddle, {"SGD": optim.SGD}, steps=2, resolution=n),
    ),
    "nn.plot.optimizer_race(steps)": (
        3,
        lambda n: picture("optimizer_race", landscapes.saddle, {"SGD": optim.SGD}, steps=n, resolution=9),
    ),
}


NO_OPTIONS = {
    "nn.data.Subset(indices)": "positions in the data set, which looks them up as it likes",
    "nn.datasets.TabularData(target)": "data",
    "nn.diagnostics.LayerReport(cut_off)": "a result of `diagnose`",
    "nn.diagnostics.LayerReport(dead)": "a result of `diagnose`",
    "nn.diagnostics.LayerReport(parameters)": "a result of `diagnose`",
    "nn.diagnostics.LayerReport(saturated)": "a result of `diagnose`",
    "nn.diagnostics.LayerReport(units)": "a result of `diagnose`",
    "nn.diagnostics.Report(samples)": "a result of `diagnose`",
    "nn.optim.lr_scheduler.LambdaLR(lr_lambda)": "a function of a whole number",
}
"""Parameters that mention int without being an option, and why."""
