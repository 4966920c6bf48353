"""Differentiate functions: `grad`, `jacobian`, `hessian`, `jvp`, `vjp`, `hvp`.

`grad` takes a function of numbers, or of nested lists, tuples and dicts of numbers, and returns another such function,
which can be differentiated again:

    >>> f = lambda x: x**4
    >>> grad(f)(2.0), grad(grad(f))(2.0)
    (32.0, 48.0)

Each call runs the function on fresh Values and reads the graph that results as a linear map, `LinearMap`: a list of
edges with a local derivative on each. Swept from the result to the inputs it is reverse mode, from the inputs to the
result forward mode. Swept with the local derivatives as numbers it gives numbers, with the rules of the table run on
Values it gives Values, which an enclosing transform differentiates. Every call has variables of its own, so a
derivative is never taken with respect to the variable of another call (perturbation confusion).

Called with numbers the transforms return floats. Called with Values, or inside another transform on something that
depends on its variables, they return Values.
"""

from __future__ import annotations

import warnings
from _thread import _local
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from itertools import repeat
from typing import TYPE_CHECKING, Any, Literal, Protocol, overload

from autograd.core.engine import Value, topological_order
from autograd.core.number import number_in, watchers
from autograd.core.recording import enable_grad, is_grad_enabled, open_blocks
from autograd.program.frames import user_frame
from autograd.transforms.argnums import Argnums, checked, positions
from autograd.transforms.linear_map import ONE, LinearMap
from autograd.transforms.pytrees import aligned, children, leaves, map_leaves, numbers, rebuild

if TYPE_CHECKING:
    from autograd.core.number import Number

Function = Callable[..., Any]


class Gradient(Protocol):
    """What `grad` returns, as type checkers see it: a gradient in the form of the first argument."""

    @overload
    def __call__(self, point: Number, /, *others: Any, **options: Any) -> float: ...
    @overload
    def __call__(self, point: Value, /, *others: Any, **options: Any) -> Value: ...
    @overload
    def __call__(self, point: list[float], /, *others: Any, **options: Any) -> list[float]: ...
    @overload
    def __call__(self, point: list[Value], /, *others: Any, **options: Any) -> list[Value]: ...
    @overload
    def __call__(self, point: Any, /, *others: Any, **options: Any) -> Any: ...


class ValueAndGradient(Protocol):
    """What `value_and_grad` returns, as type checkers see it."""

    @overload
    def __call__(self, point: Number, /, *others: Any, **options: Any) -> tuple[float, float]: ...
    @overload
    def __call__(self, point: Value, /, *others: Any, **options: Any) -> tuple[Value, Value]: ...
    @overload
    def __call__(self, point: list[float], /, *others: Any, **options: Any) -> tuple[float, list[float]]: ...
    @overload
    def __call__(self, point: list[Value], /, *others: Any, **options: Any) -> tuple[Value, list[Value]]: ...
    @overload
    def __call__(self, point: Any, /, *others: Any, **options: Any) -> tuple[Any, Any]: ...


# ---------------------------------------------------------------------- one call of a function


class _Active(_local):
    """The variables of the transforms that are under way in this thread."""

    def __init__(self) -> None:
        self.variables: set[Value] = set()
        self.converted: list[Any] = []


_active = _Active()

_MOST_CONVERTED = 20
"""How many conversions of one call are kept: the slip shows in the first few, and each keeps its graph alive."""


def _converted(value: Any) -> None:
    """Note a Value that the function being differentiated converts to a plain number, as ``math.exp(x)`` does."""
    if _active.variables and len(_active.converted) < _MOST_CONVERTED and is_grad_enabled():
        _active.converted.append(value)


class _Call:
    """One call of a function on fresh variables.

    Args:
        func: the function.
        arguments: all its positional arguments.
        chosen: the positions of the arguments to differentiate with respect to.
        options: its named arguments.
        others: a tree that also makes the results Values if there is a Value in it.
        has_aux: whether the function returns a pair, of which only the first is differentiated.
        name: what to call an argument in errors.

    Attributes:
        form: the output, as a tree of zeros.
        values: the leaves of the output, as they are to be returned.
        aux: the second element of that pair.
        derivative: the derivative of the output with respect to the leaves of the chosen arguments.
        on_values: whether the results are to be Values.
        recorded: whether these Values are to have a history.
    """

    def __init__(
        self,
        func: Function,
        arguments: Sequence[Any],
        chosen: Sequence[int],
        options: dict[str, Any] | None = None,
        others: Any = (),
        has_aux: bool = False,
        name: str = "argument {}",
    ) -> None:
        parts = [(index, numbers(arguments[index], name.format(index))) for index in chosen]
        points = [x for _, part in parts for x in part]
        options = options or {}
        self.on_values = any(isinstance(x, Value) for x in leaves([*arguments, options, others]))
        # At a Value, the variable is a new node computed from it: `func` may also use the Value itself, as a constant.
        variables = [x * 1.0 if isinstance(x, Value) else Value(x) for x in points]
        rest = iter(variables)
        arguments = list(arguments)
        for index in chosen:
            arguments[index] = rebuild(arguments[index], rest, arrays=True)
        # `no_grad` around a transform applies to the result of the transform; `func` must be recorded.
        self.recorded = is_grad_enabled()
        if not self.recorded:
            func = enable_grad(func)
        enclosing, outside = _active.variables, _active.converted
        _active.variables, _active.converted = enclosing.union(variables), []
        watchers.append(_converted)
        try:
            output = func(*arguments, **options)
        finally:
            watchers.pop()  # every entry is `_converted`
            converted = _active.converted
            _active.variables, _active.converted = enclosing, outside
        aux = None
        if has_aux:
            if not isinstance(output, tuple) or len(output) != 2:
                raise TypeError(f"with has_aux the function must return a pair (result, aux), got {output!r}")
            output, aux = output
        results = numbers(output, "the result")
        self.derivative = LinearMap(results, variables)
        if converted:
            owners = [name.format(index) for index, part in parts for _ in part]
            is_said = _warn_of_lost_history(converted, variables, self.derivative, owners)
            if enclosing and not is_said:  # what does not come from these variables concerns the enclosing transform
                _active.converted += [x for x in converted if {*variables}.isdisjoint(topological_order(x))]
        self.on_values = self.on_values or not self.derivative.position.keys().isdisjoint(enclosing)
        self.form = rebuild(output, repeat(0.0))
        self.values = self.given(map(self._outside, results) if self.on_values else results)
        # What is not differentiated here may still be by an enclosing transform.
        plain = not (self.on_values or _depends(leaves(aux), enclosing))
        self.aux = map_leaves(lambda x: x.data if plain and isinstance(x, Value) else self._outside(x), aux)

    def _outside(self, x: Any) -> Any:
        """A result as it is to be returned where results are Values: without a history if none is recorded."""
        return x if self.recorded or not isinstance(x, Value) else x.detach()

    def prepare(self, cotangents: Iterable[Sequence[Any]] = ()) -> LinearMap:
        """The derivative, ready to be swept: by Values if the results are to be Values that have a history.

        Args:
            cotangents: those of the reverse sweeps to come, which are shown to the observers.
        """
        derivative = self.derivative
        if open_blocks:
            for seeds in cotangents:
                derivative.show(seeds)
        if self.on_values and self.recorded:
            derivative.on_values(ONE)
        derivative.position = {}
        return derivative

    def given(self, results: Iterable[Any]) -> list[Any]:
        """Numbers as they are to be returned: all floats or all Values."""
        if self.on_values:
            return [x if isinstance(x, Value) else Value(x) for x in results]
        return [number_in(x) for x in results]


def _depends(results: Iterable[Any], variables: set[Value]) -> bool:
    """Whether one of several results depends on one of the variables."""
    if not variables:
        return False
    return not variables.isdisjoint(topological_order(Value(0.0, [x for x in results if isinstance(x, Value)])))


def _warn_of_lost_history(
    converted: Sequence[Value], variables: Sequence[Value], result: LinearMap, owners: Sequence[str]
) -> bool:
    """Warn if a variable was converted to a plain number and the result does not depend on it; whether it was so.

    Args:
        converted: the Values that were converted to plain numbers.
        variables: the variables.
        result: the result, as a map of the variables.
        owners: for each variable, what to call the argument that it comes from.
    """
    reached = {*result.operands, *result.outputs}
    missing = [index for index in range(len(variables)) if index not in reached]
    if not missing:
        return False
    went_in = set(topological_order(Value(0.0, converted)))  # one walk for all
    lost = [index for index in missing if variables[index] in went_in]
    if lost:
        _, depth = user_frame()
        warnings.warn(
            f"the result does not depend on {owners[lost[0]]}, which was turned into a plain number on the way, so "
            "this derivative is 0; use autograd.exp, not math.exp and the like, or .detach() where 0 is meant",
            UserWarning,
            stacklevel=depth + 1,
        )
    return bool(lost)


def _checked_primals(name: str, func: Any, primals: Any) -> None:
    checked(name, func)
    if not isinstance(primals, list | tuple) or not primals:
        raise TypeError(f"{name} takes a tuple of primals, one for each argument of the function, got {primals!r}")


def _in_form_of(arguments: Sequence[Any], argnums: Argnums, chosen: Sequence[int], results: Iterable[Any]) -> Any:
    """Numbers, one for each leaf of the chosen arguments, in the form of the one argument or as a tuple of several."""
    form = arguments[chosen[0]] if isinstance(argnums, int) else tuple(arguments[index] for index in chosen)
    return rebuild(form, results)


# ---------------------------------------------------------------------- the transforms


@overload
def grad(func: Function) -> Gradient: ...
@overload
def grad(func: Function, argnums: Argnums = 0, has_aux: Literal[False] = False) -> Function: ...
@overload
def grad(func: Function, argnums: Argnums = 0, *, has_aux: bool) -> Callable[..., tuple[Any, Any]]: ...
def grad(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The gradient of a function that returns one number, as a function of the same arguments.

    grad f(x) = [df/dx_1, ..., df/dx_n], by one sweep in reverse mode.

    Args:
        func: takes numbers, or nested lists, tuples, dicts and arrays of numbers; returns a number.
        argnums: the position of the argument to differentiate with respect to, or a tuple of positions.
        has_aux: whether `func` returns a pair (number, anything); the result is then (gradient, anything).

    Returns:
        A function that gives the gradient in the form of the argument; with a tuple of positions, a tuple of them.
        Floats for numbers, Values for Values.

    Raises:
        TypeError: if `func` does not return a number, or a leaf of the argument is not a number.
        ValueError: if there is no argument at `argnums`.

    >>> grad(lambda x, y: x * y + y, argnums=(0, 1))(2.0, 3.0)
    (3.0, 3.0)
    >>> grad(lambda p: p["w"][0] * p["w"][1] - p["b"])({"w": [2, 3], "b": 1})
    {'w': [3.0, 2.0], 'b': -1.0}
    """
    argnums = checked("grad", func, argnums)

    @wraps(func, updated=())
    def gradient(*arguments: Any, **options: Any) -> Any:
        call, result = _gradient("grad", func, argnums, has_aux, arguments, options)
        return (result, call.aux) if has_aux else result

    return gradient


@overload
def value_and_grad(func: Function) -> ValueAndGradient: ...
@overload
def value_and_grad(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., tuple[Any, Any]]: ...
def value_and_grad(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """A function that gives both the value of `func` and its gradient, for the price of `grad`.

    Args:
        func: as for `grad`.
        argnums: as for `grad`.
        has_aux: whether `func` returns a pair (number, anything); the result is then ((number, anything), gradient).

    Raises:
        TypeError: as `grad`.
        ValueError: as `grad`.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    argnums = checked("value_and_grad", func, argnums)

    @wraps(func, updated=())
    def value_and_gradient(*arguments: Any, **options: Any) -> Any:
        call, result = _gradient("value_and_grad", func, argnums, has_aux, arguments, options)
        return ((call.values[0], call.aux) if has_aux else call.values[0]), result

    return value_and_gradient


def _gradient(
    name: str, func: Function, argnums: Argnums, has_aux: bool, arguments: Sequence[Any], options: dict[str, Any]
) -> tuple[_Call, Any]:
    chosen = positions(argnums, len(arguments), options)
    call = _Call(func, arguments, chosen, options, has_aux=has_aux)
    if children(call.form) is not None:
        shown = rebuild(call.form, map(number_in, call.values))
        raise TypeError(f"{name} needs a function that returns one number, got {shown}; use jacobian for several")
    slopes = call.prepare([[1.0]]).pull([1.0])
    return call, _in_form_of(arguments, argnums, chosen, call.given(slopes))


def jacobian(func: Function, argnums: Argnums = 0) -> Function:
    """The derivative of every output with respect to every input, as a function of the same arguments.

    J[i][j] = df_i/dx_j, by one sweep for each output in reverse mode, or one for each input in forward mode,
    whichever is fewer. The function itself runs once.

    Args:
        func: takes and returns numbers, or nested lists, tuples, dicts and arrays of numbers.
        argnums: as for `grad`.

    Returns:
        A function that gives the output of `func` with, in place of each number, its gradient in the form of the
        argument: for a list of m numbers from a list of n, m rows of n.

    Raises:
        TypeError: if a leaf of the output or the argument is not a number.
        ValueError: if there is no argument at `argnums`.

    >>> jacobian(lambda x: [x[0] * x[1], x[0], 5.0])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 0.0], [0.0, 0.0]]
    """
    argnums = checked("jacobian", func, argnums)

    @wraps(func, updated=())
    def jacobian_of(*arguments: Any, **options: Any) -> Any:
        chosen = positions(argnums, len(arguments), options)
        call = _Call(func, arguments, chosen, options)
        outputs, inputs = len(call.derivative.outputs), call.derivative.inputs
        rows: Iterable[Any]
        if outputs <= inputs:
            rows = map(call.prepare(_units(outputs)).pull, _units(outputs))
        else:
            rows = zip(*map(call.prepare().push, _units(inputs)), strict=True)
        rows = list(rows) or [()] * outputs  # without inputs, empty rows
        return rebuild(call.form, (_in_form_of(arguments, argnums, chosen, call.given(row)) for row in rows))

    return jacobian_of


def _units(count: int) -> Iterator[list[Any]]:
    """The unit vectors, with None in place of 0, since 0 times an infinite derivative would be nan."""
    for index in range(count):
        yield [1.0 if i == index else None for i in range(count)]


def hessian(func: Function, argnums: Argnums = 0) -> Function:
    """The second derivatives of a function, as a function of the same arguments.

    H[i][j] = d^2 f / dx_i dx_j, as the jacobian of the jacobian: one gradient as a graph, and one sweep of it for
    each input.

    Args:
        func: as for `jacobian`; usually returns one number.
        argnums: as for `grad`; with a tuple of positions, a tuple of tuples of blocks.

    Raises:
        TypeError: as `jacobian`.
        ValueError: as `jacobian`.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0])
    [[10.0, 6.0], [6.0, 0.0]]
    """
    argnums = checked("hessian", func, argnums)
    return jacobian(jacobian(func, argnums), argnums)


@overload
def jvp(
    func: Function, primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: Literal[False] = False
) -> tuple[Any, Any]: ...
@overload
def jvp(
    func: Function, primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: Literal[True]
) -> tuple[Any, Any, Any]: ...
def jvp(func: Function, primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of a function and its derivative along a direction: a Jacobian times a vector, in forward mode.

    (f(x), J v) with J = df/dx, by one sweep from the inputs to the outputs.

    Args:
        func: as for `jacobian`.
        primals: the arguments x, one tuple.
        tangents: the direction v, in the form of `primals`.
        has_aux: whether `func` returns a pair (value, anything); the result is then (f(x), J v, anything).

    Raises:
        TypeError: if `primals` is not a tuple or list, or a leaf is not a number.
        ValueError: if `tangents` has another form than `primals`.

    >>> jvp(lambda x, y: [x * y, x], (2.0, 3.0), (1.0, 10.0))
    ([6.0, 2.0], [23.0, 1.0])
    >>> jvp(lambda x: (x * x, "square"), (3.0,), (1.0,), has_aux=True)
    (9.0, 6.0, 'square')
    """
    _checked_primals("jvp", func, primals)
    primals = tuple(primals)
    directions = aligned(primals, tangents, "primals", "tangents")
    call = _Call(func, primals, range(len(primals)), others=directions, has_aux=has_aux, name="primals[{}]")
    changes = call.given(call.prepare().push(directions))
    result = rebuild(call.form, call.values), rebuild(call.form, changes)
    return (*result, call.aux) if has_aux else result


Pullback = Callable[[Any], tuple[Any, ...]]


@overload
def vjp(func: Function, *primals: Any, has_aux: Literal[False] = False) -> tuple[Any, Pullback]: ...
@overload
def vjp(func: Function, *primals: Any, has_aux: Literal[True]) -> tuple[Any, Pullback, Any]: ...
def vjp(func: Function, *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of a function, and a function that pulls gradients back through it: a vector times a Jacobian.

    (f(x), u -> u^T J) with J = df/dx, by one sweep in reverse mode for each call of the second.

    Args:
        func: as for `jacobian`.
        primals: the arguments x.
        has_aux: whether `func` returns a pair (value, anything).

    Returns:
        The value, and `pullback`, which takes numbers in the form of the value and gives a tuple with one gradient
        for each argument; with `has_aux` the second element of that pair as well.

    Raises:
        TypeError: if a leaf is not a number.
        ValueError: by `pullback`, if its argument has another form than the value.

    >>> value, pullback = vjp(lambda x, y: [x * y, x], 2.0, 3.0)
    >>> value, pullback([1.0, 10.0])
    ([6.0, 2.0], (13.0, 2.0))
    """
    _checked_primals("vjp", func, primals)
    call = _Call(func, primals, range(len(primals)), has_aux=has_aux, name="primals[{}]")
    derivative = call.prepare()
    form = rebuild(primals, repeat(0.0))

    def pullback(cotangents: Any) -> tuple[Any, ...]:
        seeds = aligned(call.form, cotangents, "the value", "cotangents")
        if open_blocks:
            derivative.show(seeds)
        results = derivative.pull(seeds)
        on_values = call.on_values or any(isinstance(x, Value) for x in seeds)
        return rebuild(form, [Value(x) if on_values and not isinstance(x, Value) else x for x in results])  # type: ignore[no-any-return]

    value = rebuild(call.form, call.values)
    return (value, pullback, call.aux) if has_aux else (value, pullback)


def hvp(func: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """The Hessian of a function times a vector, without the Hessian: forward mode over reverse mode.

    H v = d/dt grad f(x + t v) at t = 0, for about the price of two gradients as graphs.

    B. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6 (1994) 147-160.

    Args:
        func: as for `grad`.
        primals: the arguments x, one tuple.
        tangents: the vector v, in the form of `primals`.

    Returns:
        The product in the form of the argument; for several arguments, a tuple.

    Raises:
        TypeError: as `jvp` and `grad`.
        ValueError: as `jvp`.

    >>> hvp(lambda x: x[0] ** 2 * x[1], ([3.0, 5.0],), ([1.0, 1.0],))
    [16.0, 6.0]
    """
    _checked_primals("hvp", func, primals)
    _, product = jvp(grad(func, tuple(range(len(primals)))), primals, tangents)
    return product[0] if len(primals) == 1 else product
