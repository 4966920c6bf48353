"""Write a trace as JSON and read it back, exact to the last bit; docs/trace.md describes the format.

>>> number(float("nan")), number(-0.0), number(0.1)
('nan', '-0', 0.1)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from autograd.core.ops import TABLE
from autograd.program.source import Source
from autograd.schema import Dictionary, Integer, List, Nullable, Number, Object, OneOf, Text, parse, shown
from autograd.trace.formulas import Formula, NodeFormulas
from autograd.trace.record import Node, Step
from autograd.trace.replay import groups_of

VERSION = 1
"""Version of the format, increased whenever an older reader would misread a trace."""


# ---------------------------------------------------------------------- writing


def json_of_trace(
    nodes: Sequence[Node],
    steps: Sequence[Step],
    source: Source | None,
    formulas: Mapping[int, NodeFormulas],
) -> dict[str, Any]:
    """The parts of a trace as dictionaries, lists, texts and numbers."""
    return {
        "version": VERSION,
        "result": len(nodes) - 1,
        "nodes": [_node(node) for node in nodes],
        "forward": [node.position for node in nodes if not node.is_leaf],
        "seed": {"node": len(nodes) - 1, "gradient": number(1.0)},
        "steps": [_step(step) for step in steps],
        "formulas": {
            str(position): {
                "forward": written.forward._asdict(),
                "partials": [formula and formula._asdict() for formula in written.partials],
            }
            for position, written in formulas.items()
        },
        "source": source and {**source._asdict(), "lines": list(source.lines)},
    }


def number(x: float) -> float | str:
    """A float for JSON: nan, infinities and minus zero, which JSON lacks or readers lose, become strings."""
    if math.isfinite(x):
        return "-0" if x == 0 and math.copysign(1.0, x) < 0 else float(x)
    return "nan" if x != x else "inf" if x > 0 else "-inf"


def _node(node: Node) -> dict[str, Any]:
    return {
        "name": node.name,
        "label": node.label,
        "op": node.op,
        "symbol": node.symbol,
        "expression": node.expression,
        "operands": [{"node": x} if isinstance(x, int) else {"constant": number(x)} for x in node.operands],
        "groups": list(node.groups),
        "data": number(node.data),
        "grad": number(node.grad),
        "consumers": node.consumers,
        "group": node.group,
        "line": node.line,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "node": step.node.position,
        "operand": step.operand.position,
        "slot": step.slot,
        "upstream": number(step.upstream),
        "rule": step.rule,
        "local": number(step.local),
        "product": number(step.product),
        "before": number(step.before),
        "after": number(step.after),
        "contribution": step.contribution,
        "order": step.order,
    }


# ---------------------------------------------------------------------- reading

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
        "version": Integer(VERSION, VERSION),
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


class Parts(NamedTuple):
    """What a trace is made from."""

    nodes: list[Node]
    steps: list[Step]
    source: Source | None
    formulas: dict[int, NodeFormulas]


def read_trace(json: Any) -> Parts:
    """The parts of a trace, from what `json_of_trace` gave, or from the text of it.

    Raises:
        ValueError: if this is not a trace, with the path of the first field that is wrong, or has another version.
    """
    if isinstance(json, str):
        json = parse(json)
    if not isinstance(json, Mapping) or "version" not in json:
        raise ValueError(
            "expected a trace as Trace.to_json() gives it, a dict with a version, or its text in JSON, "
            f"got {shown(json)}; pass what is in the file"
        )
    version = json["version"]
    if isinstance(version, bool) or not isinstance(version, int) or version != VERSION:
        raise ValueError(
            f"the trace has version {shown(version)} of the format, this release reads version {VERSION}; "
            "take the trace again, or read it with the release that wrote it"
        )
    try:
        read = _TRACE.read(json)
        nodes = [_read_node(position, node) for position, node in enumerate(read["nodes"])]
        _check(read, nodes)
    except ValueError as error:
        raise ValueError(f"this is not a trace as Trace.to_json() gives it: {error}") from None
    source = read["source"]
    return Parts(
        nodes,
        [_read_step(number, step, nodes) for number, step in enumerate(read["steps"], start=1)],
        source and Source(source["name"], source["first"], tuple(source["lines"])),
        {int(position): _read_formulas(formulas) for position, formulas in read["formulas"].items()},
    )


def _read_node(position: int, read: dict[str, Any]) -> Node:
    operands = tuple(value for _, value in read.pop("operands"))  # a position is an int, a constant a float
    return Node(position=position, operands=operands, groups=tuple(read.pop("groups")), **read)


def _read_step(number: int, read: dict[str, Any], nodes: Sequence[Node]) -> Step:
    return Step(number=number, node=nodes[read.pop("node")], operand=nodes[read.pop("operand")], **read)


def _read_formulas(read: dict[str, Any]) -> NodeFormulas:
    partials = tuple(None if formula is None else Formula(**formula) for formula in read["partials"])
    return NodeFormulas(Formula(**read["forward"]), partials)


# ---------------------------------------------------------------------- do the parts fit together?


def _check(read: dict[str, Any], nodes: Sequence[Node]) -> None:
    """A ValueError for the first field that contradicts another."""
    last = len(nodes) - 1
    results = [node.position for node in nodes if node.op]
    for node in nodes:
        _check_node(node, read["source"])
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
        _same(f"the length of {path}.partials", count, len(nodes[position].operands), "one for each operand")
    for name in set(formulas).difference(map(str, results)):
        raise ValueError(f"formulas must have positions of results as names, got {shown(name)}")


def _check_node(node: Node, source: dict[str, Any] | None) -> None:
    path = f"nodes[{node.position}]"
    for slot, operand in enumerate(node.operands):
        if isinstance(operand, int) and operand >= node.position:
            raise ValueError(
                f"{path}.operands[{slot}].node must be the position of an earlier node, below {node.position}, "
                f"got {shown(operand)}"
            )
    if not node.op and node.operands:
        raise ValueError(f"{path}.op must be the operation on its operands, got '', which is for a node without any")
    _same(f"the sum of {path}.groups", sum(node.groups), len(node.operands), "the number of operands")
    if node.op in TABLE:
        expected = groups_of(TABLE[node.op], len(node.operands))
        if node.groups != expected:
            raise ValueError(
                f"{path}.groups must be {[*expected]}, the lengths of the arguments of {node.op}, "
                f"got {[*node.groups][:9]}"
            )
    if node.line is not None:
        lines = range(source["first"], source["first"] + len(source["lines"])) if source else range(0)
        if node.line not in lines:
            raise ValueError(f"{path}.line must be the number of a line of the source, got {shown(node.line)}")


def _check_steps(steps: Sequence[dict[str, Any]], nodes: Sequence[Node]) -> None:
    """Each edge once, and no node passes its gradient on before that is complete."""
    arrived = [0] * len(nodes)
    expected = Counter(operand for node in nodes for operand in node.operands if isinstance(operand, int))
    for i, node in enumerate(nodes):
        _same(f"nodes[{i}].consumers", node.consumers, expected[i], "how often it is an operand")
    taken: set[tuple[int, int]] = set()
    for index, step in enumerate(steps):
        path, position, slot = f"steps[{index}]", step["node"], step["slot"]
        if position >= len(nodes):
            raise ValueError(f"{path}.node must be the position of a node, below {len(nodes)}, got {shown(position)}")
        operands = nodes[position].operands
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
