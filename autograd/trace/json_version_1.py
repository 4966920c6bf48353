"""Read the JSON of older releases, version 1 of the format: a dictionary for each node and for each step.

It is turned into version 2, which has the same in columns and leaves out what follows from the rest. Its formulas are
complete, so each result has an operation of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from autograd.core.ops import TABLE
from autograd.schema import Dictionary, Integer, List, Nullable, Number, Object, OneOf, Text, shown
from autograd.trace.replay import groups_of

_POSITION = Integer(0)
_NODE = Object(
    {
        **dict.fromkeys(("name", "label", "op", "symbol", "expression"), Text()),
        "operands": List(OneOf({"node": _POSITION, "constant": Number()})),
        "groups": List(Integer(0)),
        "data": Number(),
        "grad": Number(),
        "consumers": Integer(0),
        "group": Text(),
        "line": Nullable(Integer(0)),
    }
)
_STEP = Object(
    {
        "node": _POSITION,
        "operand": _POSITION,
        "slot": Integer(0),
        "upstream": Number(),
        "rule": Text(),
        **dict.fromkeys(("local", "product", "before", "after"), Number()),
        "contribution": Integer(1),
        "order": Text(),
    }
)
# The elements that a page shows, with the attributes that formulas have: nothing that could run, nor load anything.
_MATHML = Text(
    r"""(?:[^<&]|&(?:amp|lt|gt|quot|\#x27);|</?(?:math|mrow|mi|mn|mo|mfrac|msup|msub|msqrt|mroot|mtable|mtr|mtd|mtext)>"""
    r"""|<math\ displaystyle="true">|<mtd\ style="text-align:\ left">)*""",
    "a formula in MathML",
)
_FORMULA = Object({"text": Text(), "latex": Text(), "mathml": _MATHML})
_TRACE = Object(
    {
        "version": Integer(1, 1),
        "result": _POSITION,
        "nodes": List(_NODE, least=1),
        "forward": List(_POSITION),
        "seed": Object({"node": _POSITION, "gradient": Number(finite=True)}),
        "steps": List(_STEP),
        "formulas": Dictionary(Object({"forward": _FORMULA, "partials": List(Nullable(_FORMULA))})),
        "source": Nullable(Object({"name": Text(), "first": Integer(0), "lines": List(Text())})),
    },
    ignored=["programs"],  # of older files; JavaScript is only ever made from the table
)
"""What a trace is made of; `_check` says how the parts fit together."""


def upgraded(json: Mapping[str, Any]) -> dict[str, Any]:
    """A trace of version 1 as one of version 2.

    Raises:
        ValueError: if it is none, with the path of the first field that is wrong.
    """
    read = _TRACE.read(json)
    nodes = read["nodes"]
    for node in nodes:
        node["operands"] = [value for _, value in node["operands"]]  # a position is an int, a constant a float
    _check(read, nodes)
    results = [i for i, node in enumerate(nodes) if node["op"]]
    operands = [x for node in nodes for x in node["operands"]]
    constants = [x for x in operands if isinstance(x, float)]
    places = iter(range(-1, -1 - len(constants), -1))
    starts = [0, *accumulate(len(node["operands"]) for node in nodes)]
    edges = [starts[step["node"]] + step["slot"] for step in read["steps"]]
    slopes: list[float | None] = [None] * len(operands)
    for index, step in zip(edges, read["steps"], strict=True):
        slopes[index] = _slope(step)
    formulas: list[dict[str, str]] = []
    modules = [*dict.fromkeys(node["group"] for node in nodes)]
    number_of = {position: index for index, position in enumerate(results)}
    return {
        "version": 2,
        "nodes": {
            **{name: [node[name] for node in nodes] for name in ("name", "label", "data", "line")},
            "operation": [number_of.get(i) for i in range(len(nodes))],
            "module": [modules.index(node["group"]) for node in nodes],
        },
        "edges": {"operand": [next(places) if isinstance(x, float) else x for x in operands], "local": slopes},
        "order": edges,
        "constants": constants,
        "operations": [_operation(nodes[position], read["formulas"][str(position)], formulas) for position in results],
        "formulas": formulas,
        "modules": modules,
        "source": read["source"],
    }


def _slope(step: dict[str, Any]) -> float | None:
    """The local derivative; None for a branch that was not taken, through which 0 came whatever the gradient."""
    is_closed = step["local"] == step["product"] == 0 and str(step["upstream"] * step["local"]) != str(step["product"])
    return None if is_closed else step["local"]


def _operation(node: dict[str, Any], of_node: dict[str, Any], formulas: list[dict[str, str]]) -> dict[str, Any]:
    def index(formula: dict[str, str] | None) -> int | None:
        if formula is None:
            return None
        formulas.append({notation: text.replace("$", "$$") for notation, text in formula.items()})
        return len(formulas) - 1

    return {
        **{name: node[name] for name in ("op", "symbol", "groups")},
        "forward": index(of_node["forward"]),
        "partials": [index(formula) for formula in of_node["partials"]],
    }


# ---------------------------------------------------------------------- do the parts fit together?


def _check(read: dict[str, Any], nodes: Sequence[dict[str, Any]]) -> None:
    """A ValueError for the first field that contradicts another."""
    last = len(nodes) - 1
    results = [i for i, node in enumerate(nodes) if node["op"]]
    for position, node in enumerate(nodes):
        _check_node(position, node, read["source"])
    _same("result", read["result"], last, "the position of the last node")
    _same("the length of forward", len(read["forward"]), len(results), "the number of results")
    for index, position in enumerate(results):
        _same(f"forward[{index}]", read["forward"][index], position, "since it has the results in order")
    _same("seed.node", read["seed"]["node"], last, "the position of the result")
    _same("seed.gradient", read["seed"]["gradient"], 1.0, "the derivative of the result by itself")
    _check_steps(read["steps"], nodes)
    formulas = read["formulas"]
    for position in results:
        path = f"formulas.{position}"
        if str(position) not in formulas:
            raise ValueError(f"{path} is missing")
        count = len(formulas[str(position)]["partials"])
        _same(f"the length of {path}.partials", count, len(nodes[position]["operands"]), "one for each operand")
    for name in set(formulas).difference(map(str, results)):
        raise ValueError(f"formulas must have positions of results as names, got {shown(name)}")


def _check_node(position: int, node: dict[str, Any], source: dict[str, Any] | None) -> None:
    path = f"nodes[{position}]"
    for slot, operand in enumerate(node["operands"]):
        if isinstance(operand, int) and operand >= position:
            raise ValueError(
                f"{path}.operands[{slot}].node must be the position of an earlier node, below {position}, "
                f"got {shown(operand)}"
            )
    if not node["op"] and node["operands"]:
        raise ValueError(f"{path}.op must be the operation on its operands, got '', which is for a node without any")
    _same(f"the sum of {path}.groups", sum(node["groups"]), len(node["operands"]), "the number of operands")
    if node["op"] in TABLE:
        expected = [*groups_of(TABLE[node["op"]], len(node["operands"]))]
        if node["groups"] != expected:
            raise ValueError(
                f"{path}.groups must be {expected}, the lengths of the arguments of {node['op']}, "
                f"got {node['groups'][:9]}"
            )
    if node["line"] is not None:
        lines = range(source["first"], source["first"] + len(source["lines"])) if source else range(0)
        if node["line"] not in lines:
            raise ValueError(f"{path}.line must be the number of a line of the source, got {shown(node['line'])}")


def _check_steps(steps: Sequence[dict[str, Any]], nodes: Sequence[dict[str, Any]]) -> None:
    """Each edge once, and no node passes its gradient on before that is complete."""
    arrived = [0] * len(nodes)
    expected = Counter(operand for node in nodes for operand in node["operands"] if isinstance(operand, int))
    for i, node in enumerate(nodes):
        _same(f"nodes[{i}].consumers", node["consumers"], expected[i], "how often it is an operand")
    taken: set[tuple[int, int]] = set()
    for index, step in enumerate(steps):
        path, position, slot = f"steps[{index}]", step["node"], step["slot"]
        if position >= len(nodes):
            raise ValueError(f"{path}.node must be the position of a node, below {len(nodes)}, got {shown(position)}")
        operands = nodes[position]["operands"]
        if slot >= len(operands) or isinstance(operands[slot], float) or (position, slot) in taken:
            raise ValueError(f"{path}.slot must be that of an operand node that had no step yet, got {shown(slot)}")
        taken.add((position, slot))
        _same(f"{path}.operand", step["operand"], operands[slot], f"operand {slot} of node {position}")
        if arrived[position] < expected[position]:
            raise ValueError(f"{path}.node must be a node whose own gradient is complete, got {position}")
        arrived[step["operand"]] += 1
        _same(f"{path}.contribution", step["contribution"], arrived[step["operand"]], "counted from 1")
    _same("the length of steps", len(steps), expected.total(), "one for each edge")


def _same(path: str, found: Any, expected: Any, what: str) -> None:
    if found != expected:
        raise ValueError(f"{path} must be {shown(expected)}, {what}, got {shown(found)}")
