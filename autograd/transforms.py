"""Derivatives of functions, as functions: `grad`, `jacobian`, `jvp` and their kin.

They take a function of numbers, or of nested lists, tuples and dicts of numbers, and give another such function.
What they give can be differentiated again:

    >>> f = lambda x: x**4
    >>> grad(f)(2.0), grad(grad(f))(2.0)
    (32.0, 48.0)

Each call runs the function on fresh Values and reads the graph that results as a linear map, `LinearMap`: a list of
edges with a local derivative on each. Swept from the result to the inputs it is reverse mode, from the inputs to the
result forward mode. Swept with the local derivatives as numbers it gives numbers, with the rules of the table run on
Values it gives Values, which an enclosing transform differentiates. Since every call has variables of its own, no
derivative is ever taken with respect to the variable of another call.

Called with numbers the transforms return floats. Called with Values, or inside another transform on something that
depends on its variables, they return Values.
"""

from __future__ import annotations

from _thread import _local
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, wraps
from itertools import repeat
from typing import Any

from autograd.elementary import NO_FLOW
from autograd.engine import Value
from autograd.real import as_float
from autograd.recording import _of_this_thread
from autograd.symbols import is_symbolic
from autograd.trees import aligned, children, leaves, map_leaves, numbers, rebuild
from autograd.vector import Vector

Function = Callable[..., Any]
Argnums = int | Sequence[int]

# ---------------------------------------------------------------------- the derivative as a linear map


class LinearMap:
    """The derivative of some Values with respect to others: the part of the graph between them, as a list of edges.

    Args:
        outputs: Values and numbers.
        variables: with respect to which, at which the walk ends; None for every Value there is.

    >>> x, y = Value(2.0), Value(3.0)
    >>> derivative = LinearMap([x * y, x], [x, y])
    >>> derivative.push([1.0, 0.0])        # how both outputs change with x
    [3.0, 1.0]
    >>> derivative.pull([1.0, 0.0])        # how the first output changes with x and y
    [3.0, 2.0]
    """

    __slots__ = ("inputs", "nodes", "operands", "outputs", "partials", "position", "results")

    def __init__(self, outputs: Sequence[Any], variables: Sequence[Value] | None) -> None:
        # Nodes are known by their position in topological order, -1 for those that do not depend on a variable.
        self.nodes: list[Value] = list(variables or ())
        self.inputs = len(self.nodes)
        self.position: dict[Any, int] = {node: index for index, node in enumerate(self.nodes)}
        # Edge number i leads from node operands[i] to node results[i]. Three flat lists, in the order in which
        # `Value.backward` goes through them, reversed, so that both add up in the same order.
        self.results: list[int] = []
        self.operands: list[int] = []
        self.partials: list[Any] = []
        self._walk([x for x in reversed(outputs) if isinstance(x, Value)], everything=variables is None)
        self.outputs = [self.position.get(x, -1) for x in outputs]

    def _walk(self, waiting: list[Any], everything: bool) -> None:
        """As `topological_order`, but only nodes that depend on a variable get a place."""
        position, nodes = self.position, self.nodes
        found, push, pop = position.get, waiting.append, waiting.pop
        add_result, add_operand, add_partial = self.results.append, self.operands.append, self.partials.append
        while waiting:
            node = pop()
            if node is not None:
                if node in position:
                    continue
                a, b = node._a, node._b
                position[node] = -1
                if a is None:
                    if everything:
                        position[node] = len(nodes)
                        nodes.append(node)
                    continue
                push(node)
                push(None)
                if a.__class__ is tuple:
                    waiting += [x for x in reversed(node.operands) if x.__class__ is not float]
                else:
                    if b is not None and b.__class__ is not float:
                        push(b)
                    if a.__class__ is not float:
                        push(a)
                continue
            node = pop()
            if node._a.__class__ is tuple:
                pairs = _edges(node) if not everything or node._rule else ((x, None) for x in node._prev)
                edges = [(found(x, -1), partial) for x, partial in pairs]
                edges = [edge for edge in reversed(edges) if edge[0] >= 0]
                if edges:
                    self.results += [len(nodes)] * len(edges)
                    self.operands += [operand for operand, _ in edges]
                    self.partials += [partial for _, partial in edges]
                    position[node] = len(nodes)
                    nodes.append(node)
                continue
            # The usual case, one or two operands: the same by hand, in a third of the time.
            i, j, place = found(node._b, -1), found(node._a, -1), len(nodes)
            if i < 0 and j < 0:
                continue
            position[node] = place
            nodes.append(node)
            if i >= 0:
                add_result(place)
                add_operand(i)
                add_partial(NO_FLOW if node._db is None else node._db)
            if j >= 0:
                add_result(place)
                add_operand(j)
                add_partial(NO_FLOW if node._da is None else node._da)

    def on_values(self, one: float = 1.0) -> None:
        """Replace the local derivatives by the rules of the table run on Values: the map can then be differentiated.

        Args:
            one: what stands for a derivative that is always 1.
        """
        self.partials = []
        for node in self.nodes:
            if node._a is None or self.position[node] < self.inputs:
                continue
            pairs = zip(node.operands, _partials_as_values(node), strict=True)
            partials = [partial for x, partial in pairs if self.position.get(x, -1) >= 0]
            self.partials += [one if x.__class__ is float and x == 1.0 else x for x in reversed(partials)]

    def push(self, tangents: Iterable[Any]) -> list[Any]:
        """Forward mode: the tangents of the outputs from those of the variables. None stands for no tangent at all."""
        changes = [*tangents, *repeat(None, len(self.nodes) - self.inputs)]
        for result, operand, partial in zip(self.results, self.operands, self.partials, strict=True):
            change = changes[operand]
            if change is not None:
                earlier = changes[result]
                changes[result] = partial * change if earlier is None else earlier + partial * change
        return [_or_zero(changes[place]) if place >= 0 else 0.0 for place in self.outputs]

    def pull(self, cotangents: Iterable[Any]) -> list[Any]:
        """Reverse mode: the gradients of the variables from those of the outputs. None stands for no gradient."""
        return [_or_zero(gradient) for gradient in self.gradients(cotangents)[: self.inputs]]

    def gradients(self, cotangents: Iterable[Any]) -> list[Any]:
        """The gradient of every node, None where nothing arrives."""
        gradients: list[Any] = [None] * len(self.nodes)
        for place, cotangent in zip(self.outputs, cotangents, strict=True):
            if place >= 0 and cotangent is not None:
                gradients[place] = cotangent if gradients[place] is None else gradients[place] + cotangent
        edges = zip(reversed(self.results), reversed(self.operands), reversed(self.partials), strict=True)
        for result, operand, partial in edges:
            upstream = gradients[result]
            if upstream is not None:
                earlier = gradients[operand]
                gradients[operand] = partial * upstream if earlier is None else earlier + partial * upstream
        return gradients


def _or_zero(sum_of_products: Any) -> Any:
    """A sum to which nothing was added is 0, and -0.0 is 0.0, as in the `grad` of a leaf."""
    if sum_of_products is None:
        return 0.0
    return sum_of_products + 0.0 if sum_of_products.__class__ is float else sum_of_products


def _edges(node: Value) -> Iterator[tuple[Any, Any]]:
    """The operands of a node, which keeps them in a tuple, each with its local derivative."""
    if node._rule is None:
        yield from _edges_by_hand(node)
        return
    for operand, partial in zip(node._a, node._da, strict=True):
        if operand.__class__ is Vector:
            yield from zip(operand.elements, repeat(NO_FLOW) if partial is None else partial, strict=False)
        else:
            yield operand, NO_FLOW if partial is None else partial


def _edges_by_hand(node: Value) -> list[tuple[Value, float]]:
    """The same for a node made by hand: what its own chain rule passes on of a gradient of 1."""
    operands = node._prev
    earlier = [(x, x.grad) for x in (node, *operands)]
    for x in operands:
        x.grad = 0.0
    node.grad = 1.0
    try:
        node._backward()
        return [(x, x.grad) for x in operands]
    finally:
        for x, grad in earlier:
            x.grad = grad


_is_symbolic = cache(is_symbolic)


def _partials_as_values(node: Value) -> list[Any]:
    """The local derivatives of a node as Values: the rules of its row, run on the operands themselves."""
    op = node._rule
    if op is None:
        raise TypeError(
            f"the node {node._op!r} was made by hand with a chain rule for numbers only, so it cannot be "
            "differentiated twice; make the operation a row of the table with autograd.register"
        )
    if not _is_symbolic(op):
        raise TypeError(
            f"the rules of {op.name!r} run on numbers only, so it has no second derivative; write them with functions "
            "of autograd (autograd.exp, not math.exp) and choose with autograd.where"
        )
    earlier = node.local_derivatives
    partials = op.flat([rule(node, *node.arguments) for rule in op.partials])
    partials = [None if before is None else now for now, before in zip(partials, earlier, strict=True)]
    for partial, before in zip(partials, earlier, strict=True):
        if partial is None or before is None:
            continue
        now = float(partial)
        if now != before and not (now != now and before != before):
            raise RuntimeError(
                f"the data of an operand of {op.name!r} changed after the forward pass (a local derivative was "
                f"{before}, is now {now}), so its second derivative would be wrong; compute the result again first"
            )
    return partials


class _One(float):
    """A derivative of 1, which makes no node: times a Value it is that Value."""

    __slots__ = ()

    def __mul__(self, other: Any) -> Any:
        return other


_ONE = _One(1.0)


def differentiate(root: Value, gradient: Any = 1.0) -> dict[Value, Any]:
    """The gradient of `root` with respect to every node, as Values that can be differentiated again.

    The same chain rule as `Value.backward`, with the table's rules run on Values instead of floats. No `grad`
    is touched.
    """
    derivative = LinearMap([root], None)
    derivative.on_values()
    gradients = zip(derivative.nodes, derivative.gradients([gradient]), strict=True)
    return {node: gradient for node, gradient in gradients if gradient is not None}


def backward_as_graph(root: Value, gradient: Any) -> None:
    """``root.backward(create_graph=True)``."""
    gradient = gradient if isinstance(gradient, Value) else as_float(gradient)
    for node, upstream in differentiate(root, gradient).items():
        if not node.is_leaf:
            node.grad = float(upstream)
        elif node.requires_grad:
            new: Any = upstream if isinstance(upstream, Value) else Value(upstream)
            node.grad = new + node.grad if isinstance(node.grad, Value) or node.grad else new


# ---------------------------------------------------------------------- one call of a function


class _Active(_local):
    """The variables of the transforms that are under way in this thread."""

    def __init__(self) -> None:
        self.variables: set[Value] = set()


_active = _Active()


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
        aux: the second of the pair.
        derivative: the derivative of the output with respect to the leaves of the chosen arguments.
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
        points = [x for index in chosen for x in numbers(arguments[index], name.format(index))]
        options = options or {}
        self.on_values = any(isinstance(x, Value) for x in leaves([*arguments, options, others]))
        # The variable of this call at a Value is not that Value, which `func` may know from elsewhere, but computed
        # from it.
        variables = [x * 1.0 if isinstance(x, Value) else Value(x) for x in points]
        rest = iter(variables)
        arguments = list(arguments)
        for index in chosen:
            arguments[index] = rebuild(arguments[index], rest, arrays=True)
        # A `no_grad` around a transform means its result; what happens inside must be recorded.
        blocks, enclosing = _of_this_thread.no_grad, _active.variables
        suspended, blocks[:] = blocks[:], []
        _active.variables = enclosing.union(variables)
        try:
            output = func(*arguments, **options)
            self.aux = None
            if has_aux:
                if not isinstance(output, tuple) or len(output) != 2:
                    raise TypeError(f"with has_aux the function must return a pair (result, aux), got {output!r}")
                output, self.aux = output
            results = numbers(output, "the result")
            self.derivative = LinearMap(results, variables)
            self.on_values = self.on_values or not self.derivative.position.keys().isdisjoint(enclosing)
            if self.on_values and not suspended:
                self.derivative.on_values(_ONE)
        finally:
            _active.variables = enclosing
            blocks[:] = suspended
        self.derivative.position = {}
        self.form = rebuild(output, repeat(0.0))
        if self.on_values:
            self.values = [x.detach() if suspended and isinstance(x, Value) else x for x in results]
        else:
            self.values = results
            self.aux = map_leaves(lambda x: float(x) if isinstance(x, Value) else x, self.aux)
        self.values = self.given(self.values)

    def given(self, results: Iterable[Any]) -> list[Any]:
        """Numbers as they are to be returned: all of them floats or all of them Values."""
        if self.on_values:
            return [x if isinstance(x, Value) else Value(x) for x in results]
        return [float(x) for x in results]


def _positions(argnums: Argnums, count: int) -> list[int]:
    """The positions of the arguments to differentiate with respect to; negative ones count from the end."""
    chosen = [argnums] if isinstance(argnums, int) else list(argnums)
    for index in chosen:
        if not -count <= index < count:
            raise ValueError(f"argnums is {argnums}, but the function was called with {count} positional arguments")
    chosen = [index % count for index in chosen]
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"argnums names an argument twice: {argnums}")
    return chosen


def _checked(name: str, func: Any, argnums: Any = 0) -> None:
    if not callable(func):
        raise TypeError(f"{name} takes a function, got {func!r}; write {name}(f), without calling f")
    indices = argnums if isinstance(argnums, list | tuple) else [argnums]
    if not indices or not all(isinstance(index, int) and not isinstance(index, bool) for index in indices):
        raise TypeError(f"argnums must be the position of an argument, or a tuple of positions, got {argnums!r}")


def _checked_primals(name: str, func: Any, primals: Any) -> None:
    _checked(name, func)
    if not isinstance(primals, list | tuple) or not primals:
        raise TypeError(f"{name} takes a tuple of primals, one for each argument of the function, got {primals!r}")


def _in_form_of(arguments: Sequence[Any], argnums: Argnums, chosen: Sequence[int], results: Iterable[Any]) -> Any:
    """Numbers, one for each leaf of the chosen arguments, in the form of the one argument or as a tuple of several."""
    form = arguments[chosen[0]] if isinstance(argnums, int) else tuple(arguments[index] for index in chosen)
    return rebuild(form, results)


# ---------------------------------------------------------------------- the transforms


def grad(func: Function, argnums: Argnums = 0, *, has_aux: bool = False) -> Function:
    """The gradient of a function that returns one number, as a function of the same arguments.

    grad f(x) = [df/dx_1, ..., df/dx_n], by one sweep in reverse mode.

    Args:
        func: takes numbers, or nested lists, tuples, dicts and arrays of numbers; returns a number.
        argnums: the position of the argument to differentiate with respect to, or a tuple of positions.
        has_aux: whether `func` returns a pair (number, anything); so does the gradient then: (gradient, anything).

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
    _checked("grad", func, argnums)

    @wraps(func, updated=())
    def gradient(*arguments: Any, **options: Any) -> Any:
        call, result = _gradient("grad", func, argnums, has_aux, arguments, options)
        return (result, call.aux) if has_aux else result

    return gradient


def value_and_grad(func: Function, argnums: Argnums = 0, *, has_aux: bool = False) -> Function:
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
    _checked("value_and_grad", func, argnums)

    @wraps(func, updated=())
    def value_and_gradient(*arguments: Any, **options: Any) -> Any:
        call, result = _gradient("value_and_grad", func, argnums, has_aux, arguments, options)
        return ((call.values[0], call.aux) if has_aux else call.values[0]), result

    return value_and_gradient


def _gradient(
    name: str, func: Function, argnums: Argnums, has_aux: bool, arguments: Sequence[Any], options: dict[str, Any]
) -> tuple[_Call, Any]:
    chosen = _positions(argnums, len(arguments))
    call = _Call(func, arguments, chosen, options, has_aux=has_aux)
    if children(call.form) is not None:
        shown = rebuild(call.form, map(float, call.values))
        raise TypeError(f"{name} needs a function that returns one number, got {shown}; use jacobian for several")
    return call, _in_form_of(arguments, argnums, chosen, call.given(call.derivative.pull([1.0])))


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
    _checked("jacobian", func, argnums)

    @wraps(func, updated=())
    def jacobian_of(*arguments: Any, **options: Any) -> Any:
        chosen = _positions(argnums, len(arguments))
        call = _Call(func, arguments, chosen, options)
        derivative = call.derivative
        rows: Iterable[Any]
        if len(derivative.outputs) <= derivative.inputs:
            rows = map(derivative.pull, _units(len(derivative.outputs)))
        else:
            rows = zip(*map(derivative.push, _units(derivative.inputs)), strict=True)
        rows = list(rows) or [()] * len(derivative.outputs)  # without inputs, empty rows
        return rebuild(call.form, (_in_form_of(arguments, argnums, chosen, call.given(row)) for row in rows))

    return jacobian_of


def _units(count: int) -> Iterator[list[Any]]:
    """The unit vectors. None rather than 0, so that an infinite derivative elsewhere makes no nan."""
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
    _checked("hessian", func, argnums)
    return jacobian(jacobian(func, argnums), argnums)


def jvp(func: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value of a function and its derivative along a direction: a Jacobian times a vector, in forward mode.

    (f(x), J v) with J = df/dx, by one sweep from the inputs to the outputs.

    Args:
        func: as for `jacobian`.
        primals: the arguments x, one tuple.
        tangents: the direction v, in the form of `primals`.

    Raises:
        TypeError: if `primals` is not a tuple or list, or a leaf is not a number.
        ValueError: if `tangents` has another form than `primals`.

    >>> jvp(lambda x, y: [x * y, x], (2.0, 3.0), (1.0, 10.0))
    ([6.0, 2.0], [23.0, 1.0])
    """
    _checked_primals("jvp", func, primals)
    primals = tuple(primals)
    directions = aligned(primals, tangents, "primals", "tangents")
    call = _Call(func, primals, range(len(primals)), others=directions, name="primals[{}]")
    changes = call.given(call.derivative.push(directions))
    return rebuild(call.form, call.values), rebuild(call.form, changes)


def vjp(func: Function, *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The value of a function, and a function that pulls gradients back through it: a vector times a Jacobian.

    (f(x), u -> u^T J) with J = df/dx, by one sweep in reverse mode for each call of the second.

    Args:
        func: as for `jacobian`.
        primals: the arguments x.

    Returns:
        The value, and `pullback`, which takes numbers in the form of the value and gives a tuple with one gradient
        for each argument.

    Raises:
        TypeError: if a leaf is not a number.
        ValueError: by `pullback`, if its argument has another form than the value.

    >>> value, pullback = vjp(lambda x, y: [x * y, x], 2.0, 3.0)
    >>> value, pullback([1.0, 10.0])
    ([6.0, 2.0], (13.0, 2.0))
    """
    _checked_primals("vjp", func, primals)
    call = _Call(func, primals, range(len(primals)), name="primals[{}]")
    form = rebuild(primals, repeat(0.0))

    def pullback(cotangents: Any) -> tuple[Any, ...]:
        seeds = aligned(call.form, cotangents, "the value", "cotangents")
        results = call.derivative.pull(seeds)
        on_values = call.on_values or any(isinstance(x, Value) for x in seeds)
        return rebuild(form, [Value(x) if on_values and not isinstance(x, Value) else x for x in results])  # type: ignore[no-any-return]

    return rebuild(call.form, call.values), pullback


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
