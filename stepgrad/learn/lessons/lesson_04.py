"""Write the engine: what each of its four parts must do, and its exercises."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd import Value, step_through
from autograd.core.ops import TABLE
from stepgrad.learn import answers, mistakes
from stepgrad.learn.kinds import Engine, Experiment, Function, Functions
from stepgrad.learn.running import run

BUGS = {
    "assign": "keeps the last contribution to a node only",
    "first": "keeps the first contribution only",
    "all_swapped": "takes the factor itself at a product",
    "pre_order": "takes nodes in the order in which it meets them",
    "repeated": "takes a node once for each path to it",
    "once_per_operand": "keeps operands in a set, so that a * a has one",
}
"""Six engines with one bug each: what lesson 04 looks for a program against."""

LONG = 3000
"""Nodes of a chain that a search which calls itself does not reach the end of."""

# ---------------------------------------------------------------------- (a) remember


def _remembered(kind: Any) -> Mapping[str, Any]:
    """What a class remembers of a * b + a."""
    make = answers.function(kind, "Value")
    a, b = make(3.0), make(-2.0)
    product = _value(kind, "a * b", lambda: a * b)
    result = _value(kind, "a * b + a", lambda: product + a)
    double = _value(kind, "a + a", lambda: a + a)
    for node in (a, product, result):
        for name in ("data", "operands"):
            if not hasattr(node, name):
                raise answers.AnswerError("no_attribute", name=name)
        if isinstance(node.operands, type(a)):
            raise answers.AnswerError("no_pair")
    return {
        "data": answers.number(result.data, "data"),
        "is_new": product is not a and product is not b,
        "leaf": len(tuple(a.operands)),
        "count": len(tuple(product.operands)),
        "double": len(tuple(double.operands)),
        "is_same": _are(product.operands, (a, b)) and _are(result.operands, (product, a)),
        "is_turned": _are(product.operands, (b, a)) or _are(result.operands, (a, product)),
        "is_number": any(isinstance(x, int | float) for x in (*product.operands, *double.operands)),
        "is_node": all(isinstance(x, type(a)) for x in (*product.operands, *double.operands)),
        "least": min(len(tuple(product.operands)), len(tuple(double.operands))),
        "is_shared": make(1.0).operands is product.operands and not isinstance(product.operands, tuple),
    }


def _value(kind: Any, written: str, compute: Callable[[], Any]) -> Any:
    """The result of an operation of the learner's class, if it is of that class."""
    try:
        result = compute()
    except RecursionError:
        raise answers.AnswerError("recursive_operator", written=written) from None
    if result is None:
        raise answers.AnswerError("no_result", written=written)
    if not isinstance(result, kind):
        raise answers.AnswerError("no_value", written=written, result=answers.shown(result))
    return result


def _are(operands: Any, nodes: Sequence[Any]) -> bool:
    found = tuple(operands)
    return len(found) == len(nodes) and all(x is y for x, y in zip(found, nodes, strict=True))


# ---------------------------------------------------------------------- (b) local derivatives


def _partials(name: str) -> Callable[..., list[float]]:
    """The local derivatives of an operation, from the table."""
    row = TABLE[name]
    return lambda *operands: [float(partial(row.value(*operands), *operands)) for partial in row.partials]


def _numbers(count: int) -> Callable[[random.Random, int], tuple[float, ...]]:
    return lambda generator, size: tuple(round(generator.uniform(0.2, 1.6) * 1.1**size, 2) for _ in range(count))


_LOCAL = {
    "+": Function(
        reference=_partials("add"),
        cases=_numbers(2),
        mistakes={"plus_factors": lambda a, b: [b, a], "plus_values": lambda a, b: [a, b]},
    ),
    "*": Function(
        reference=_partials("mul"),
        cases=_numbers(2),
        mistakes={
            "local_values": lambda a, b: [a, b],
            "local_ones": lambda a, b: [1.0, 1.0],
            "local_product": lambda a, b: [a * b, a * b],
        },
    ),
    "tanh": Function(
        reference=_partials("tanh"),
        cases=_numbers(1),
        mistakes={
            "tanh_operand": lambda a: [1 - a * a],
            "tanh_unsquared": lambda a: [1 - math.tanh(a)],
            "tanh_value": lambda a: [math.tanh(a)],
            "tanh_sigmoid": lambda a: [math.tanh(a) * (1 - math.tanh(a))],
        },
    ),
}

# ---------------------------------------------------------------------- (c) the order


@dataclass(eq=False)
class Node:
    """A node of a graph for the search: it has a name and operands, no more."""

    name: str
    operands: tuple[Node, ...] = ()

    def __repr__(self) -> str:
        return self.name


def _graphs() -> list[list[Node]]:
    """Graphs, small ones first, each as its nodes with the result last."""
    shapes: list[list[tuple[int, ...]]] = [
        [()],
        [(), (0,)],
        [(), (0, 0)],
        [(), (), (0, 1)],
        [(), (0, 0), (1, 0)],
        [(), (0, 0), (0, 1), (1, 2)],
        [(), (0, 0), (1, 0), (2, 1), (2,), (3, 4)],
    ]
    generator = random.Random(4)
    for size in (8, 12, 20):
        shape: list[tuple[int, ...]] = [(), ()]
        shape += [(i - 1, generator.randrange(i)) for i in range(2, size)]
        shapes.append(shape)
    made = []
    for shape in shapes:
        nodes: list[Node] = []
        for index, operands in enumerate(shape):
            name = chr(ord("a") + index)
            nodes.append(Node(name, tuple(nodes[i] for i in operands)))
        made.append(nodes)
    return made


def _ordered(search: Any) -> Mapping[str, Any]:
    """The first graph whose nodes a function does not put in order, and how."""
    facts = {"missing": "", "extra": "", "repeated": "", "early": "", "operand": "", "is_turned": False, "graph": ""}
    for nodes in _graphs():
        order = answers.listed(run(answers.function(search, "topological_order"), nodes[-1]), None, "nodes")
        facts["graph"] = _written(nodes)
        if stranger := [x for x in order if not isinstance(x, Node)]:
            raise answers.AnswerError("no_node", answer=answers.shown(stranger[0]))
        reached = _reached(nodes[-1])
        if missing := [x for x in reached if x not in order]:
            return facts | {"missing": missing[0].name}
        if extra := [x for x in order if x not in reached]:
            return facts | {"extra": extra[0].name}
        if repeated := [x for x in reached if order.count(x) > 1]:
            return facts | {"repeated": repeated[0].name}
        places = {node: place for place, node in enumerate(order)}
        early = [(x, y) for x in order for y in x.operands if places[y] > places[x]]
        if early:
            is_turned = all(places[y] > places[x] for x in order for y in x.operands)
            return facts | {"early": early[0][0].name, "operand": early[0][1].name, "is_turned": is_turned}
    return facts


def _ordered_without_end(search: Any) -> Mapping[str, Any]:
    """The same, and whether a search ends that would call itself too often."""
    facts = _ordered(search)
    nodes = [Node("start")]
    for _ in range(LONG):
        nodes.append(Node("next", (nodes[-1], nodes[0])))
    try:
        order = answers.listed(run(search, nodes[-1], seconds=20), None, "nodes")
    except answers.AnswerError as error:
        if error.code != "recursion":
            raise
        return {**facts, "is_deep": True, "count": LONG}
    return {**facts, "is_deep": False, "is_other": order != nodes, "count": LONG}


def _reached(result: Node) -> list[Node]:
    found = [result]
    for node in found:
        found.extend(x for x in dict.fromkeys(node.operands) if x not in found)
    return found


def _written(nodes: Sequence[Node]) -> str:
    results = [x for x in nodes if x.operands]
    return "; ".join(f"{x.name} ← {', '.join(map(str, x.operands))}" for x in results[:6]) or nodes[0].name


# ---------------------------------------------------------------------- break it


def escaped(program: Callable[..., Any], *inputs: float) -> list[str]:
    """Those of the six bugs that a program does not show: with them, too, all its gradients are right.

    >>> escaped(lambda a, b: a * b + a, 3.0, -2.0)
    ['pre_order', 'repeated', 'once_per_operand']
    """
    trace = step_through(program, *map(Value, inputs, "ab"))
    right = mistakes.backward(trace)
    made = {mistake.code: mistake.gradients for mistake in mistakes.of_programs(trace)}
    leaves = [node.name for node in trace.nodes if node.is_leaf]

    def same(code: str) -> bool:
        return all(math.isclose(made.get(code, right)[x], right[x], rel_tol=1e-9, abs_tol=1e-12) for x in leaves)

    return [code for code in BUGS if same(code)]


def _shown_bugs(program: Any) -> Mapping[str, Any]:
    """Which of the bugs the learner's program lets escape."""
    a, b = 0.7, -0.4  # where tanh is not flat
    answers.function(program, "lambda a, b: a * b")
    if not isinstance(run(program, Value(a), Value(b)), Value):
        raise answers.AnswerError("no_graph")
    left = escaped(program, a, b)
    steps = len(step_through(program, Value(a, "a"), Value(b, "b")).steps)
    return {"left": len(left), "first": left[0] if left else "", "all": ", ".join(left), "steps": steps}


def _is_not_first(code: str) -> Callable[..., bool]:
    return lambda first: bool(first != code)


ORDERED: dict[str, Callable[..., bool]] = {
    "missing": lambda missing: not missing,
    "extra": lambda extra: not extra,
    "repeated": lambda repeated: not repeated,
    "turned": lambda is_turned: not is_turned,
    "early": lambda early: not early,
}

EXERCISES = {
    "04.1": Experiment(
        perform=_remembered,
        conditions={
            "changed": lambda is_new: is_new,
            "wrong_data": lambda data: data == -3.0,
            "leaf": lambda leaf: leaf == 0,
            "shared": lambda is_shared: not is_shared,
            "nothing": lambda least: least > 0,
            "plain_numbers": lambda is_number: not is_number,
            "no_nodes": lambda is_node: is_node,
            "count": lambda count: count == 2,
            "a_set": lambda double: double == 2,
            "turned": lambda is_turned: not is_turned,
            "others": lambda is_same: is_same,
        },
        example=lambda: Value,
    ),
    "04.2": Functions(parts=_LOCAL),
    "04.3": Experiment(
        perform=_ordered,
        conditions=ORDERED,
        example=lambda: "autograd.topological_order",
    ),
    "04.4": Engine(),
    "04.5": Experiment(
        perform=_ordered_without_end,
        conditions={**ORDERED, "deep": lambda is_deep: not is_deep, "other": lambda is_other: not is_other},
        example=lambda: "autograd.topological_order",
    ),
    "04.6": Experiment(
        perform=_shown_bugs,
        conditions={code: _is_not_first(code) for code in BUGS},
        example=lambda: "the diamond of lesson 03, with a * a for b",
    ),
}
