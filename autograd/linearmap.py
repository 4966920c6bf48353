"""The derivative of some Values with respect to others, as a linear map: one list of edges, swept either way.

>>> x, y = Value(2.0), Value(3.0)
>>> derivative = LinearMap([x * y, x], [x, y])
>>> derivative.push([1.0, 0.0]), derivative.pull([1.0, 0.0])
([3.0, 1.0], [3.0, 2.0])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

from autograd.elementary import NO_FLOW
from autograd.engine import Value
from autograd.real import as_float
from autograd.recording import is_observed, open_blocks, passed_on
from autograd.symbols import is_symbolic
from autograd.vector import Vector


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
            pairs = zip(node.operands, partials_as_values(node), strict=True)
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

    def show(self, cotangents: Iterable[Any]) -> None:
        """Show the observers of this thread a sweep in reverse mode, on numbers, step by step.

        They look at `grad`, which a sweep leaves alone: so it is filled in here, as by `Value.backward`, and put
        back at the end. Cotangents are as for `pull`.
        """
        if not is_observed():
            return
        nodes = self.nodes
        earlier = {x: x.grad for node in nodes for x in (node, *node._prev)}
        steps: dict[int, list[tuple[int, float]]] = {}
        edges = zip(reversed(self.results), reversed(self.operands), reversed(self.partials), strict=True)
        for result, operand, partial in edges:
            if partial is not None:  # None in a chain rule by hand
                slope = partial if isinstance(partial, float) else float(partial)
                steps.setdefault(result, []).append((operand, slope))
        try:
            for x in earlier:
                x.grad = 0.0
            reached = set()
            for place, cotangent in zip(self.outputs, cotangents, strict=True):
                if place >= 0 and cotangent is not None:
                    nodes[place].grad += float(cotangent)
                    reached.add(place)
            for result, contributions in steps.items():
                if result in reached:
                    for operand, slope in contributions:
                        nodes[operand].grad += slope * nodes[result].grad
                        reached.add(operand)
                    passed_on(nodes[result])
        finally:
            for x, grad in earlier.items():
                x.grad = grad


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


def partials_as_values(node: Value) -> list[Any]:
    """The local derivatives of a node as Values: the rules of its row, run on the operands themselves."""
    op = node._rule
    if op is None:
        raise TypeError(
            f"the node {node._op!r} was made by hand with a chain rule for numbers only, so it cannot be "
            "differentiated twice; make the operation a row of the table with autograd.register"
        )
    if not is_symbolic(op):
        raise TypeError(
            f"the rules of {op.name!r} run on numbers only, so it has no second derivative; write them with functions "
            "of autograd (autograd.exp, not math.exp) and choose with autograd.where"
        )
    earlier = node.local_derivatives
    partials = op.flat([op.partial(index, node, *node.arguments) for index in range(len(op.partials))])
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


ONE = _One(1.0)


def differentiate(root: Value, gradient: Any = 1.0) -> dict[Value, Any]:
    """The gradient of `root` with respect to every node, as Values that can be differentiated again.

    The same chain rule as `Value.backward`, with the table's rules run on Values instead of floats. No `grad`
    is touched.
    """
    derivative = LinearMap([root], None)
    if open_blocks:
        derivative.show([gradient])
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
