"""Check the derivatives of a function or a module at points that hypothesis draws: `check_grads`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy

from autograd.core.engine import Value
from autograd.core.number import whole_number
from autograd.testing.for_all import for_all
from autograd.transforms.function_at_point import (
    MODES,
    FunctionAtPoint,
    GradcheckError,
    GradcheckKinkError,
    parameters_of,
)
from autograd.transforms.pytrees import map_leaves

EACH = 8  # with more numbers than these the derivatives are compared along directions
PARAMETERS = st.floats(-2.0, 2.0)
LEAST = 1e-20  # products of numbers below this are closer to a kink than a difference can see
MOST = 1e100  # powers of numbers beyond this overflow
SHOWN = 20  # of the parameters in an error
COMPARED = "a derivative that agrees"


def check_grads(
    f: Callable[..., Any],
    *strategies: SearchStrategy[Any],
    orders: Iterable[int] = (1, 2),
    modes: Iterable[str] = MODES,
    max_examples: int | None = None,
) -> None:
    """Check the derivatives of a function or a module at many points, in a test or at the prompt.

    At each point the function must give one answer, and its derivatives agree with finite differences, which know
    their own error, as in `gradcheck`. With more than 8 numbers at once they are compared along two random directions.
    Points at which an operation is on a kink, or with numbers beyond 1e100, are passed over if the derivatives disagree
    there; numbers closer to 0 than 1e-20 are taken as 0.

    Args:
        f: takes as many arguments as there are strategies; returns a Value, or lists, tuples and dicts of them. The
            parameters of a module are drawn from -2 to 2 at each point, and are as before at the end.
        strategies: one of hypothesis for each argument: of floats or Values, or of lists, tuples and dicts of them,
            which may be empty. Whole numbers, texts and the like are passed as they are, and so is everything in a
            Value with ``requires_grad`` False.
        orders: 1 for the derivatives, 2 for their derivatives, or both.
        modes: "reverse" for the backward pass, "forward" for forward mode, or both.
        max_examples: how many points to draw; by default as many as hypothesis's settings say.

    Raises:
        GradcheckError: with the simplest failing point that was found, the input and both derivatives; also if `f`
            gives two answers at one point, or if no derivative could be compared at any point.
        TypeError: for an argument that is not a strategy.
        ValueError: for other orders or modes.

    >>> from hypothesis import strategies as st
    >>> check_grads(lambda x, y: (x * y).tanh() + x, st.floats(-2, 2), st.floats(-2, 2), max_examples=20)
    >>> check_grads(lambda x: x.detach() * x, st.floats(1, 2), max_examples=20)
    Traceback (most recent call last):
        ...
    autograd.transforms.function_at_point.GradcheckError: f(1.0): the derivative with respect to input 0 (at 1.0) is
    1.0 by backward() but 2 ± 3e-13 by finite differences; check the rule of each operation that this input goes through
    """
    if not isinstance(orders, Iterable) or isinstance(modes, str):
        raise TypeError(
            "check_grads takes a list of orders and a list of modes, as in orders=[1], modes=['reverse'], got "
            f"{orders!r} and {modes!r}"
        )
    chosen_orders = sorted({whole_number("orders", order, 1, 2) for order in orders})
    chosen_modes = list(modes)
    if not chosen_orders or not chosen_modes or not set(chosen_modes) <= set(MODES):
        raise ValueError(
            f"check_grads takes orders of 1 and 2 and modes of 'reverse' and 'forward', got {orders!r} and {modes!r}"
        )
    if max_examples is not None:
        max_examples = whole_number("max_examples", max_examples)
    for index, strategy in enumerate(strategies):
        if not isinstance(strategy, SearchStrategy):
            raise TypeError(
                f"check_grads takes a strategy of hypothesis for each argument of the function, got {strategy!r} for "
                f"argument {index}; write st.floats(-2, 2), or st.just({strategy!r})"
            )
    parameters = [parameter for _, parameter in parameters_of(f)]
    if not strategies and not parameters:
        raise TypeError("check_grads needs a strategy for each argument: check_grads(f, st.floats(-2, 2))")
    trained = [parameter.data for parameter in parameters]
    drawn_parameters = st.lists(PARAMETERS, min_size=len(parameters), max_size=len(parameters))
    outcomes: Counter[str] = Counter()

    def check(order: int, example: tuple[tuple[Any, ...], list[float]]) -> None:
        arguments, data = map_leaves(_without_the_smallest, example)
        for parameter, x in zip(parameters, data, strict=True):
            parameter.data = x
        try:
            outcomes[_check_at(f, arguments, order, chosen_modes)] += 1
        except (GradcheckError, TypeError) as error:
            raise type(error)(f"{_call(f, arguments)}{_with(data)}: {error}") from None

    try:
        for order in chosen_orders:  # the first one everywhere before the second, so that a fault of it is named as one
            for_all(st.tuples(st.tuples(*strategies), drawn_parameters), partial(check, order), max_examples)
    except GradcheckError as error:
        raise GradcheckError(str(error)) from None  # without hypothesis's own traceback
    except Flaky:
        raise GradcheckError(
            f"{_name(f)} gives one answer now and another then, so it has no derivative; fix its random numbers, or "
            "what else it reads"
        ) from None
    finally:
        for parameter, x in zip(parameters, trained, strict=True):
            parameter.data = x
    if not outcomes[COMPARED]:
        found = " and ".join(what for what, _ in outcomes.most_common())
        raise GradcheckError(
            f"no derivative of {_name(f)} was compared: at the points that were drawn there was {found}"
        )


def _check_at(f: Callable[..., Any], arguments: Sequence[Any], order: int, modes: Sequence[str]) -> str:
    """Check one point; returns `COMPARED`, or what there was instead of a derivative."""
    point = FunctionAtPoint("check_grads", f, arguments, floats_only=True)
    point.add_parameters()
    point.differentiate()
    if not point.leaves:
        return "no number to differentiate with respect to"
    many = len(point.leaves) > EACH
    compared = point.reaches_a_leaf
    if order == 2 and compared:
        point = point.gradient(summed=many)
        point.differentiate()
    try:
        if many:
            rng = random.Random(0)
            for _ in range(2):
                point.check_along([rng.uniform(-1.0, 1.0) for _ in point.leaves], modes)
        else:
            point.check(modes)
    except GradcheckKinkError:
        return "a kink"
    except GradcheckError:
        if all(abs(leaf.data) < MOST for leaf in point.leaves):
            raise
        return f"a number beyond {MOST}"
    return COMPARED if compared else "a result that depends on no input"


def _without_the_smallest(x: Any) -> Any:
    if not isinstance(x, float | Value) or not 0 < abs(float(x)) < LEAST:
        return x
    if isinstance(x, float):
        return 0.0
    x.data = 0.0
    return x


def _name(f: Callable[..., Any]) -> str:
    name = getattr(f, "__name__", type(f).__name__)
    return "f" if name == "<lambda>" else str(name)


def _call(f: Callable[..., Any], arguments: Sequence[Any]) -> str:
    shown = (map_leaves(lambda x: x.data if isinstance(x, Value) else x, argument) for argument in arguments)
    return f"{_name(f)}({', '.join(map(repr, shown))})"


def _with(data: Sequence[float]) -> str:
    return f" with parameters {data[:SHOWN]}{'...' * (len(data) > SHOWN)}" if data else ""
