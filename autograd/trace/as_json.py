"""Write a trace as JSON and read it back, exact to the last bit; docs/trace.md describes the format.

>>> number(float("nan")), number(-0.0), number(0.1)
('nan', '-0', 0.1)
>>> read_number("-inf")
-inf
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from autograd.core.number import as_integer
from autograd.program.source import Source
from autograd.trace.formulas import Formula, NodeFormulas
from autograd.trace.record import Node, Step

VERSION = 1
"""Version of the format, increased whenever an older reader would misread a trace."""

Program = Mapping[str, Any]
"""``{"forward": ..., "partials": [...]}``, in JavaScript."""


# ---------------------------------------------------------------------- numbers


def number(x: float) -> float | str:
    """A float for JSON: nan, infinities and minus zero, which JSON lacks or readers lose, become strings."""
    if math.isfinite(x):
        return "-0" if x == 0 and math.copysign(1.0, x) < 0 else float(x)
    return "nan" if x != x else "inf" if x > 0 else "-inf"


def read_number(x: Any) -> float:
    """The float that `number` wrote."""
    if isinstance(x, bool) or not (isinstance(x, int | float) or x in ("nan", "inf", "-inf", "-0")):
        raise ValueError(f"expected a number, 'nan', 'inf', '-inf' or '-0', got {x!r}")
    return float(x)


# ---------------------------------------------------------------------- writing


def json_of_trace(
    nodes: Sequence[Node],
    steps: Sequence[Step],
    source: Source | None,
    formulas: Mapping[int, NodeFormulas],
    programs: Mapping[str, Program | None],
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
        "programs": {
            name: program and {"forward": program["forward"], "partials": list(program["partials"])}
            for name, program in programs.items()
        },
        "source": source and {**source._asdict(), "lines": list(source.lines)},
    }


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

Parts = tuple[list[Node], list[Step], Source | None, dict[int, NodeFormulas], dict[str, Program | None]]


def read_trace(json: Any) -> Parts:
    """The parts of a trace: nodes, steps, source, formulas, programs.

    Raises:
        ValueError: if this is not a trace, or one of another version.
    """
    if not isinstance(json, Mapping) or "version" not in json:
        raise ValueError(
            f"expected a trace as Trace.to_json() gives it, a dict with a version, got {_shown(json)}; "
            "read a file with json.load first"
        )
    if json["version"] != VERSION:
        raise ValueError(
            f"the trace has version {_shown(json['version'])} of the format, this release reads version {VERSION}; "
            "take the trace again, or read it with the release that wrote it"
        )
    try:
        nodes = [_read_node(position, node) for position, node in enumerate(json["nodes"])]
        steps = [_read_step(index, step, nodes) for index, step in enumerate(json["steps"], start=1)]
        source = json["source"] and Source(
            json["source"]["name"], json["source"]["first"], tuple(json["source"]["lines"])
        )
        formulas = {
            int(position): NodeFormulas(
                Formula(**written["forward"]),
                tuple(None if formula is None else Formula(**formula) for formula in written["partials"]),
            )
            for position, written in json["formulas"].items()
        }
        programs = {name: program and frozen(program) for name, program in json["programs"].items()}
        if not nodes or json["result"] != len(nodes) - 1:
            raise ValueError(f"the result {_shown(json['result'])} is not the last of {len(nodes)} nodes")
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"this is not a trace as Trace.to_json() gives it: {what}") from error
    return nodes, steps, source, formulas, programs


def frozen(program: Program) -> Program:
    """The program as a read-only mapping."""
    return MappingProxyType({"forward": program["forward"], "partials": tuple(program["partials"])})


def _read_node(position: int, json: Mapping[str, Any]) -> Node:
    return Node(
        position=position,
        name=json["name"],
        label=json["label"],
        op=json["op"],
        symbol=json["symbol"],
        expression=json["expression"],
        operands=tuple(
            _position(x["node"], position) if "node" in x else read_number(x["constant"]) for x in json["operands"]
        ),
        groups=tuple(json["groups"]),
        data=read_number(json["data"]),
        grad=read_number(json["grad"]),
        consumers=json["consumers"],
        group=json["group"],
        line=json["line"],
    )


def _read_step(index: int, json: Mapping[str, Any], nodes: Sequence[Node]) -> Step:
    node = nodes[_position(json["node"], len(nodes))]
    return Step(
        number=index,
        node=node,
        operand=nodes[_position(json["operand"], node.position)],
        slot=json["slot"],
        upstream=read_number(json["upstream"]),
        rule=json["rule"],
        local=read_number(json["local"]),
        product=read_number(json["product"]),
        before=read_number(json["before"]),
        after=read_number(json["after"]),
        contribution=json["contribution"],
        order=json["order"],
    )


def _position(x: Any, below: int) -> int:
    position = as_integer(x)
    if position is None or not 0 <= position < below:
        raise ValueError(f"expected the position of an earlier node, below {below}, got {_shown(x)}")
    return position


def _shown(x: Any) -> str:
    text = repr(x)
    return text if len(text) <= 60 else f"{text[:57]}..."
