"""Scalar reverse-mode automatic differentiation: backprop you can see, step through and check.

>>> from autograd import Value
>>> x, w, b = Value(2.0), Value(-3.0), Value(6.9)
>>> y = (x * w + b).tanh()
>>> y.backward()
>>> print(f"{w.grad:.4f}")
0.9738
"""

from __future__ import annotations

from autograd.core import copying as _copying, ops
from autograd.core.engine import Value, apply, topological_order
from autograd.core.ops import TABLE, Op, register, unregister
from autograd.core.recording import enable_grad, is_grad_enabled, no_grad
from autograd.core.row_functions import function, function_named
from autograd.symbols import compiled_methods as _methods

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

    from autograd import signatures as _signatures
    from autograd.core.gc_pause import gc_paused
    from autograd.diagnostics.anomaly import AnomalyError, detect_anomaly
    from autograd.diagnostics.flow import gradient_flow
    from autograd.diagnostics.kinks import kinks
    from autograd.diagnostics.stale import GraphWarning, unreached, warn_on_stale_graphs
    from autograd.drawing.draw import draw, draw_dot
    from autograd.drawing.drawing import Drawing
    from autograd.program.capture import capture_source
    from autograd.signatures import *  # noqa: F403
    from autograd.trace.paths import sum_over_paths
    from autograd.trace.trace import Trace, step_through
    from autograd.transforms.derivatives import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
    from autograd.transforms.function_at_point import GradcheckError
    from autograd.transforms.gradcheck import gradcheck, gradgradcheck, numerical_gradient

__version__ = "0.1.0"

__all__ = [
    "TABLE",
    "AnomalyError",
    "Drawing",
    "GradcheckError",
    "GraphWarning",
    "Op",
    "Trace",
    "Value",
    "apply",
    "capture_source",
    "detect_anomaly",
    "draw",
    "draw_dot",
    "enable_grad",
    "gc_paused",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "gradient_flow",
    "hessian",
    "hvp",
    "is_grad_enabled",
    "jacobian",
    "jvp",
    "kinks",
    "no_grad",
    "numerical_gradient",
    "register",
    "step_through",
    "sum_over_paths",
    "topological_order",
    "unreached",
    "unregister",
    "value_and_grad",
    "vjp",
    "warn_on_stale_graphs",
]
if TYPE_CHECKING:  # to whom a row would be private otherwise; `from autograd import *` brings none, as sum is Python's
    __all__ += _signatures.__all__

del _copying, _methods  # imported for what they add to Value

_REDUCTIONS = (
    *("sum", "mean", "prod", "var", "std", "logsumexp", "dot", "norm", "max", "min", "amax", "amin", "argmax"),
    *("argmin", "kthvalue", "sort", "topk", "softmax", "log_softmax", "cumsum"),
)

_TRANSFORMS = ("grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp")
_CHECKS = ("gradcheck", "gradgradcheck", "numerical_gradient")

# Every row of the table is a function of this package: autograd.tanh, autograd.dot, ...
globals().update({name: function(op) for name, op in TABLE.items() if name not in _REDUCTIONS})

# Loaded when first used, to keep `import autograd` fast.
_LAZY = {
    **dict.fromkeys(_REDUCTIONS, "autograd.arrays.reductions"),
    "gc_paused": "autograd.core.gc_pause",
    "AnomalyError": "autograd.diagnostics.anomaly",
    "detect_anomaly": "autograd.diagnostics.anomaly",
    "kinks": "autograd.diagnostics.kinks",
    "gradient_flow": "autograd.diagnostics.flow",
    "sum_over_paths": "autograd.trace.paths",
    "GraphWarning": "autograd.diagnostics.stale",
    "unreached": "autograd.diagnostics.stale",
    "warn_on_stale_graphs": "autograd.diagnostics.stale",
    **dict.fromkeys(_TRANSFORMS, "autograd.transforms.derivatives"),
    **dict.fromkeys(_CHECKS, "autograd.transforms.gradcheck"),
    "GradcheckError": "autograd.transforms.function_at_point",
    "Drawing": "autograd.drawing.drawing",
    "draw": "autograd.drawing.draw",
    "draw_dot": "autograd.drawing.draw",
    "capture_source": "autograd.program.capture",
    "Trace": "autograd.trace.trace",
    "step_through": "autograd.trace.trace",
}


def _at_first_use(name: str) -> Any:
    """Import a lazy name, or make the function of a row that was registered later."""
    if name in _LAZY:
        from importlib import import_module

        globals()[name] = getattr(import_module(_LAZY[name]), name)
        return globals()[name]
    if name in TABLE:
        return function_named(name)
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


if not TYPE_CHECKING:  # else every name would be there, in whatever spelling
    __getattr__ = _at_first_use


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *TABLE})


def _refuse_taken_names(op: Op) -> None:
    if op.name in TABLE:
        return
    from importlib.util import find_spec

    if op.name in globals() or op.name in _LAZY or find_spec(f"autograd.{op.name}"):
        raise ValueError(f"the name {op.name!r} is taken by autograd.{op.name}; choose another name")


ops.watch(_refuse_taken_names)
