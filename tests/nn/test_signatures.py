"""Every public callable that PyTorch or scikit-learn has by the same name takes the same arguments.

Compared are names, defaults, order, and whether an argument may be passed by position. What differs stands on the two
lists below, with the reason; a difference that is new fails, and so does a line that no longer applies.
"""

from __future__ import annotations

import fnmatch
import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import autograd
import nn

# Arguments of theirs that are left out wherever they occur, and why.
LEFT_OUT = {
    **dict.fromkeys(["size_average", "reduce", "min_value", "max_value", "y_pred"], "deprecated there"),
    **dict.fromkeys(["device", "dtype", "copy", "copy_X", "order", "sparse_output"], "of arrays; here are lists"),
    **dict.fromkeys(["foreach", "capturable", "fused", "differentiable"], "ways to compute the same on tensors"),
    "assign": "would replace tensors by others, of another type or device",
    "inplace": "an operation here makes a new Value",
    "_stacklevel": "private, for a warning",
    "epoch": "deprecated there, as the schedulers count epochs themselves",
    **dict.fromkeys(
        ["num_workers", "pin_memory", "timeout", "worker_init_fn", "multiprocessing_context", "prefetch_factor"],
        "of worker processes, of which there are none",
    ),
    **dict.fromkeys(["persistent_workers", "pin_memory_device", "in_order", "n_jobs"], "of worker processes"),
    "batch_sampler": "a sampler and batch_size say the same",
    **dict.fromkeys(["return_X_y", "as_frame"], "the data set that is returned has data and target as attributes"),
    "verbose": "nothing is printed",
    **dict.fromkeys(["class_weight", "warm_start", "l1_ratio"], "of solvers other than ours"),
    **dict.fromkeys(["dual", "intercept_scaling", "solver", "positive"], "of solvers other than ours"),
}

A_DEFAULT_FOR_THE_LAST = "None there asks for a guess, which is deprecated"
ZERO_DIVISION = "what is not defined counts as 0, as there, but without the warning"
OWN_SOLVER = "ours solves for the optimum without draws, in few steps, so it can be exact"
PERCEPTRON = "the algorithm of Rosenblatt alone, which ends when an epoch has no mistake"
BLOCK_OR_DECORATOR = "a block that also decorates a function"

# Single differences: of whom (a pattern), which, and why.
DELIBERATE = {
    ("nn.Linear", "has also expanded=False"): "builds all products and sums of the layer as nodes, to look at",
    ("nn.*oftmax", "dim=-1 rather than dim=None"): A_DEFAULT_FOR_THE_LAST,
    ("nn.Parameter", "data rather than data=None"): "there is no empty number",
    ("nn.*.pop", "key=-1 rather than key"): "as a list's pop",
    ("nn.Sequential.extend", "lacks sequential"): "the name that ModuleList has, here and there",
    ("nn.Sequential.extend", "has also modules"): "the name that ModuleList has, here and there",
    ("nn.data.random_split", "generator=None rather than generator=<*"): "PyTorch's own generator is the default there",
    ("autograd.*_grad", "has also function=None"): BLOCK_OR_DECORATOR,
    ("autograd.*_grad", "lacks orig_func=None"): BLOCK_OR_DECORATOR,
    ("autograd.jvp", "lacks strict=False"): "about outputs that do not depend on inputs, whose derivative here is 0",
    ("autograd.detect_anomaly", "lacks check_nan=True"): "it is there to check",
    ("autograd.detect_anomaly", "has also allow_inf=False"): "an infinity is reported too, unless it is allowed",
    ("autograd.gradcheck", "eps=None rather than eps=1e-06"): "chooses its step, and knows its error",
    ("autograd.gradcheck", "[ar]tol=None rather than *"): "chooses its step, and knows its error",
    ("autograd.grad*check", "has also argnums=None"): "what a tensor says by requires_grad",
    ("autograd.gradgradcheck", "lacks *"): "chooses its steps; the rest is about tensors, as for gradcheck",
    ("autograd.gradcheck", "lacks *"): "about tensors, complex numbers, forward mode and sparse layouts",
    ("nn.preprocessing.OneHotEncoder", "lacks m*"): "rare categories are not gathered; replace them by one before",
    ("nn.preprocessing.OneHotEncoder", "lacks feature_name_combiner='concat'"): "features here have no names",
    ("nn.metrics.*", "zero_division=0.0 rather than zero_division='warn'"): ZERO_DIVISION,
    ("nn.metrics.*", "has also ignore_index=None"): "leaves out what the losses leave out",
    ("nn.metrics.log_loss", "y_proba rather than y_proba=None"): "None is there for the sake of a deprecated name",
    ("nn.metrics.roc_auc_score", "lacks *"): "of two classes; the curve is not cut off",
    ("nn.datasets.make_regression", "lacks effective_rank=None"): "the features are independent",
    ("nn.datasets.make_regression", "lacks tail_strength=0.5"): "the features are independent",
    (
        "nn.*.fit",
        "lacks sample_weight=None",
    ): "training counts every sample the same; repeat those that are to count more",
    ("nn.linear_model.LinearRegression", "has also *"): "gradient descent as well as the closed form",
    ("nn.linear_model.LogisticRegression", "lacks random_state=None"): OWN_SOLVER,
    ("nn.linear_model.LogisticRegression", "tol=1e-08 rather than tol=0.0001"): OWN_SOLVER,
    ("nn.linear_model.LogisticRegression", "penalty='l2' rather than penalty='deprecated'"): "names what is done",
    ("nn.linear_model.Perceptron", "lacks *"): PERCEPTRON,
    ("nn.linear_model.Perceptron.fit", "lacks *"): PERCEPTRON,
}

# Of one name, but another thing: a derivative of a function here, of tensors there.
OTHER_THINGS = {("autograd.grad", "torch.autograd")}

Parameter = inspect.Parameter
BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
OPEN = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)

TORCH = [
    (nn, "torch.nn"),
    (nn.functional, "torch.nn.functional"),
    (nn.optim, "torch.optim"),
    (nn.optim.lr_scheduler, "torch.optim.lr_scheduler"),
    (nn.init, "torch.nn.init"),
    (nn.utils, "torch.nn.utils"),
    (nn.data, "torch.utils.data"),
    (autograd, "torch"),
    (autograd, "torch.func"),
    (autograd, "torch.autograd"),
]
SKLEARN = [
    (nn.data, "sklearn.model_selection"),
    (nn.preprocessing, "sklearn.preprocessing"),
    (nn.metrics, "sklearn.metrics"),
    (nn.datasets, "sklearn.datasets"),
    (nn.linear_model, "sklearn.linear_model"),
    (nn.generative, "sklearn.naive_bayes"),
]


def library(name: str) -> Any:
    pytest.importorskip(name, reason="PyTorch is not installed" if name[0] == "t" else "scikit-learn is not installed")
    return importlib.import_module(name)


def pairs(ours: Any, theirs: Any) -> Iterator[tuple[str, Any, Any]]:
    """The public functions, classes and methods that two modules have by one name."""
    for name in getattr(ours, "__all__", vars(ours)):
        mine, other = getattr(ours, name), getattr(theirs, name, None)
        is_ours = str(getattr(mine, "__module__", "")).split(".")[0] in ("nn", "autograd")
        if name.startswith("_") or not is_ours or not callable(mine) or not callable(other):
            continue
        if (f"{ours.__name__}.{name}", theirs.__name__) in OTHER_THINGS:
            continue
        yield f"{ours.__name__}.{name}", mine, other
        if inspect.isclass(mine) and inspect.isclass(other):
            for method in dir(mine):
                if not method.startswith("_") and callable(getattr(mine, method)) and hasattr(other, method):
                    yield f"{ours.__name__}.{name}.{method}", getattr(mine, method), getattr(other, method)


def parameters_of(function: Callable[..., Any]) -> dict[str, Parameter] | None:
    try:
        named = inspect.signature(function).parameters
    except (ValueError, TypeError):  # written in C, without a signature to read
        return None
    return {name: parameter for name, parameter in named.items() if name != "self"}


def shown(parameter: Parameter) -> str:
    default = "" if parameter.default is Parameter.empty else f"={parameter.default!r}"
    return parameter.name + default


def equal(ours: Any, theirs: Any) -> bool:
    return ours is theirs or (isinstance(ours, bool) == isinstance(theirs, bool) and bool(ours == theirs))


def differences(ours: dict[str, Parameter], theirs: dict[str, Parameter]) -> Iterator[str]:
    for name, parameter in theirs.items():
        if name not in ours and parameter.kind not in OPEN:
            yield f"lacks {shown(parameter)}"
    for name, parameter in ours.items():
        if name not in theirs and parameter.kind not in OPEN:
            yield f"has also {shown(parameter)}"
        elif name in theirs and not equal(parameter.default, theirs[name].default):
            yield f"{shown(parameter)} rather than {shown(theirs[name])}"
    # By position there, as far as no argument that is left out here comes before.
    there = [name for name, parameter in theirs.items() if parameter.kind in BY_POSITION]
    reached = next((place for place, name in enumerate(there) if name not in ours), len(there))
    here = [name for name, parameter in ours.items() if parameter.kind in BY_POSITION]
    if here[:reached] != there[:reached]:
        yield f"by position {here[:reached]} rather than {there[:reached]}"


def reason(label: str, difference: str) -> tuple[str, str] | str | None:
    """The line of the lists that a difference is on."""
    argument = difference.removeprefix("lacks ").split("=")[0]
    if difference.startswith("lacks ") and argument in LEFT_OUT:
        return argument
    return next(
        (
            (whom, which)
            for whom, which in DELIBERATE
            if fnmatch.fnmatchcase(label, whom) and (difference == which or fnmatch.fnmatchcase(difference, which))
        ),
        None,
    )


def found(modules: list[tuple[Any, str]]) -> dict[tuple[str, str], tuple[str, str] | str | None]:
    """Each difference, with the line that it is on."""
    known = {}
    for ours, name in modules:
        for label, mine, other in pairs(ours, library(name)):
            arguments, expected = parameters_of(mine), parameters_of(other)
            if arguments is not None and expected is not None:
                for difference in differences(arguments, expected):
                    known[label, difference] = reason(label, difference)
    return known


@pytest.mark.parametrize("modules", [TORCH, SKLEARN], ids=["PyTorch", "scikit-learn"])
def test_arguments_are_theirs_but_for_what_is_listed(modules):
    new = [f"{label}: {difference}" for (label, difference), line in found(modules).items() if line is None]
    assert not new, "make them equal, or add them to DELIBERATE with a reason"


def test_every_line_of_the_lists_still_applies():
    used = set(found(TORCH + SKLEARN).values())
    no_longer_so = [line for line in (*DELIBERATE, *LEFT_OUT) if line not in used]
    assert not no_longer_so


def test_many_callables_are_compared():
    compared = [label for ours, name in TORCH + SKLEARN for label, *_ in pairs(ours, library(name))]
    assert len(set(compared)) > 500


def test_differences_of_every_kind_are_seen():
    def ours(a, c, b=1, *, d=2, e=False):
        pass

    def theirs(a, b=1, c=0, d=2, f=None, e=0):
        pass

    assert list(differences(parameters_of(ours), parameters_of(theirs))) == [
        "lacks f=None",
        "c rather than c=0",
        "e=False rather than e=0",
        "by position ['a', 'c', 'b'] rather than ['a', 'b', 'c', 'd']",
    ]
    assert reason("nn.Anything", "lacks f=None") is None


# ---------------------------------------------------------------------- results

# Kinds of results that differ, and why; all others are a number, a list, a mapping, ... where theirs are one.
OTHER_RESULTS = {
    "parameters": "a list, which can be looked at more than once; iter(...) of it is what PyTorch gives",
}


def test_the_kinds_of_results_of_a_module_are_pytorchs_but_for_what_is_listed():
    torch = library("torch")
    ours, theirs = nn.Linear(2, 2), torch.nn.Linear(2, 2)
    kinds = {"iterator": "__next__", "mapping": "keys", "list": "append"}

    def kind(thing: Any) -> str:
        return next((name for name, method in kinds.items() if hasattr(thing, method)), type(thing).__name__)

    methods = ["parameters", "named_parameters", "children", "named_children", "modules", "named_modules"]
    methods += ["state_dict", "zero_grad", "train", "eval", "requires_grad_", "extra_repr"]
    differing = {name for name in methods if kind(getattr(ours, name)()) != kind(getattr(theirs, name)())}
    assert differing == OTHER_RESULTS.keys()
