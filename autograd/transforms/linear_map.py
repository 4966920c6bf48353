"""The derivative of a graph as a `LinearMap`, swept forwards or backwards; it leaves every `grad` as it was.

>>> x, y = Value(2.0), Value(3.0)
>>> derivative = LinearMap([x * y, x], [x, y])
>>> derivative.push([1.0, 0.0]), derivative.pull([1.0, 0.0])
([3.0, 1.0], [3.0, 2.0])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, repeat
from operator import itemgetter
from typing import Any

from autograd.core.atomic import set_all
from autograd.core.elementary import NO_FLOW
from autograd.core.engine import Value
from autograd.core.number import as_float, number_in
from autograd.core.ops import Op
from autograd.core.recording import is_observed, open_blocks, passed_on
from autograd.symbols import is_symbolic


class LinearMap:
    """The derivative of some Values with respect to others: the part of the graph between them, as a list of edges.

    Args:
        outputs: Values and numbers.
        variables: the Values to differentiate with respect to, where the walk ends; None for every node of the graph.

    >>> x, y = Value(2.0), Value(3.0)
    >>> derivative = LinearMap([x * y, x], [x, y])
    >>> derivative.push([1.0, 0.0])        # how both outputs change with x
    [3.0, 1.0]
    >>> derivative.pull([1.0, 0.0])        # how the first output changes with x and y
    [3.0, 2.0]
    """

    __slots__ = ("inputs", "nodes", "operands", "outputs", "partials", "position", "results")

    def __init__(self, outputs: Sequence[Any], variables: Sequence[Value] | None) -> None:
        # A node is represented by its position in topological order, -1 if it does not depend on a variable.
        self.nodes: list[Value] = list(variables or ())
        self.inputs = len(self.nodes)
        self.position: dict[Any, int] = {node: index for index, node in enumerate(self.nodes)}
        # Edge number i leads from node operands[i] to node results[i]. The edges are in the reverse of the order of
        # `Value.backward`, so that a sweep in reverse mode rounds its sums in the same way.
        self.results: list[int] = []
        self.operands: list[int] = []
        self.partials: list[Any] = []
        self._walk([x for x in reversed(outputs) if isinstance(x, Value)], everything=variables is None)
        self.outputs = [self.position.get(x, -1) for x in outputs]

    def _walk(self, waiting: list[Any], everything: bool) -> None:
        """Like `topological_order`, but only nodes that depend on a variable get a position."""
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
                if not node._a:
                    raise TypeError(
                        f"the leaf {node.label!r} has a chain rule assigned to its _backward but names no operands, so "
                        "its derivative is not known; name them, as in Value(data, (x,))"
                    )
                # A chain rule made by hand has no local derivatives; `on_values` raises for such a node.
                unknown = everything and node.is_made_by_hand
                pairs = [(x, None) for x in node._prev] if unknown else node.edges
                edges = [(found(x, -1), partial) for x, partial in pairs]
                edges = [edge for edge in reversed(edges) if edge[0] >= 0]
                if edges or everything:
                    self.results += [len(nodes)] * len(edges)
                    self.operands += [operand for operand, _ in edges]
                    self.partials += [partial for _, partial in edges]
                    position[node] = len(nodes)
                    nodes.append(node)
                continue
            # The usual case, one or two operands: what `Value.edges` gives, read here in a third of the time.
            i, j, place = found(node._b, -1), found(node._a, -1), len(nodes)
            if i < 0 and j < 0 and not everything:
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
        """Replace the local derivatives by Values, the rules of the table run on Values, to differentiate the map.

        Args:
            one: the replacement for a derivative that is always 1.
        """
        self.partials = []
        for node in self.nodes:
            if node.is_leaf or self.position[node] < self.inputs:
                continue
            pairs = zip(node.operands, partials_as_values(node), strict=True)
            partials = [partial for x, partial in pairs if self.position.get(x, -1) >= 0]
            self.partials += [one if x.__class__ is float and x == 1.0 else x for x in reversed(partials)]

    def run_rules_by_hand(self) -> None:
        """Fill in the local derivatives of nodes made by hand, which only their chain rules know."""
        unknown = {result for result, partial in zip(self.results, self.partials, strict=True) if partial is None}
        known = {(i, self.position[x]): partial for i in unknown for x, partial in self.nodes[i].edges}
        edges = zip(self.results, self.operands, self.partials, strict=True)
        self.partials = [known[i, j] if partial is None else partial for i, j, partial in edges]

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
        gradients = self._seeds(cotangents)
        _pass_on(gradients, self.edges())
        return gradients

    def edges(self) -> Iterator[tuple[int, int, Any]]:
        """The edges in the order of the backward pass, each as result, operand, local derivative."""
        return zip(reversed(self.results), reversed(self.operands), reversed(self.partials), strict=True)

    def _seeds(self, cotangents: Iterable[Any]) -> list[Any]:
        gradients: list[Any] = [None] * len(self.nodes)
        for place, cotangent in zip(self.outputs, cotangents, strict=True):
            if place >= 0 and cotangent is not None:
                gradients[place] = cotangent if gradients[place] is None else gradients[place] + cotangent
        return gradients

    def show(self, cotangents: Iterable[Any]) -> None:
        """Run a sweep in reverse mode on numbers and call the observers of this thread at each step.

        Observers read `grad`, which other sweeps do not touch: it is filled in here, as by `Value.backward`, and
        restored at the end. Cotangents are as for `pull`.
        """
        if not is_observed():
            return
        nodes = self.nodes
        gradients = [None if x is None else number_in(x) for x in self._seeds(cotangents)]
        earlier = {x: x.grad for node in nodes for x in (node, *node._prev)}
        try:
            set_all(earlier, "grad", repeat(0.0))
            for node, gradient in zip(nodes, gradients, strict=True):
                if gradient is not None:
                    node.grad = gradient
            for result, edges in groupby(self.edges(), key=itemgetter(0)):
                if gradients[result] is None:
                    continue
                for _, operand, partial in edges:
                    if partial is None:
                        continue
                    _pass_on(gradients, ((result, operand, _as_number(partial)),))
                    nodes[operand].grad = gradients[operand]  # type: ignore[assignment]
                passed_on(nodes[result])
            set_all(earlier, "grad", earlier.values())
        except BaseException:  # rather than `finally`, in which Ctrl-C could come before its first call
            set_all(earlier, "grad", earlier.values())
            raise


def _pass_on(gradients: list[Any], edges: Iterable[tuple[int, int, Any]]) -> None:
    """The chain rule: add to the gradient of each operand that of the result times the local derivative."""
    for result, operand, partial in edges:
        upstream = gradients[result]
        if upstream is not None:
            earlier = gradients[operand]
            gradients[operand] = partial * upstream if earlier is None else earlier + partial * upstream


def _as_number(partial: Any) -> float:
    return partial if isinstance(partial, float) else number_in(partial)


def _or_zero(sum_of_products: Any) -> Any:
    """A sum to which nothing was added is 0, and -0.0 is 0.0, as in the `grad` of a leaf."""
    if sum_of_products is None:
        return 0.0
    return sum_of_products + 0.0 if sum_of_products.__class__ is float else sum_of_products


def partials_as_values(node: Value) -> list[Any]:
    """The local derivatives of a node as Values: the rules of its row, run on the operands themselves."""
    op = node.op
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
    partials = _partials(node, op, node, node.arguments)
    for now, before in zip(partials, node.local_derivatives, strict=True):
        if now is None or _is_same(number_in(now), before):
            continue
        # A rule may round otherwise on Values than on numbers, as the built-in sum does since Python 3.12.
        numbers = op.grouped([number_in(operand) for operand in node.operands])
        if all(map(_is_same, _partials(node, op, node.data, numbers), node.local_derivatives)):
            break
        raise RuntimeError(
            f"the data of an operand of {op.name!r} changed after the forward pass (a local derivative was {before}, "
            f"is now {number_in(now)}), so its second derivative would be wrong; compute the result again first"
        )
    return partials


def _partials(node: Value, op: Op, out: Any, arguments: Sequence[Any]) -> list[Any]:
    """The local derivatives of a node by the rules of its row; None where the node kept none."""
    partials = op.flat([op.partial(index, out, *arguments) for index in range(len(op.partials))])
    return [None if kept is None else now for now, kept in zip(partials, node.local_derivatives, strict=True)]


def _is_same(a: Any, b: Any) -> bool:
    return bool(a == b or (a != a and b != b))


class _One(float):
    """A derivative of 1 that makes no node: ``ONE * value`` is the Value itself."""

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
    nodes: list[Value] = []
    gradients: list[Any] = []
    for node, upstream in differentiate(root, gradient).items():
        if not node.is_leaf:
            new: Any = number_in(upstream)
        elif node.requires_grad:
            new = upstream if isinstance(upstream, Value) else Value(upstream)
            new = new + node.grad if isinstance(node.grad, Value) or node.grad else new
        else:
            continue
        nodes.append(node)
        gradients.append(new)
    set_all(nodes, "grad", gradients)


def gradients_of(root: Value) -> dict[Value, float]:
    """What ``root.backward()`` computes, for every node, without touching a `grad`.

    >>> x = Value(3.0)
    >>> gradients_of(x * x)[x]
    6.0
    """
    derivative = LinearMap([root], None)
    if None in derivative.partials:
        derivative.run_rules_by_hand()
    gradients = zip(derivative.nodes, derivative.gradients([1.0]), strict=True)
    return {node: _or_zero(gradient) for node, gradient in gradients}
