"""Write a trace as JSON and read it back, exact to the last bit; docs/trace.md describes the format.

It holds columns: one list for each field of all nodes, and of all edges. What follows from the rest is left out, such
as the gradients; `passes.py` computes it again.

>>> number(float("nan")), number(-0.0), number(0.1)
('nan', '-0', 0.1)
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from autograd.core.ops import TABLE
from autograd.program.source import Source
from autograd.schema import Integer, List, Nullable, Number, Object, Text, parse, shown
from autograd.trace.formulas import Formula, Kind
from autograd.trace.json_version_1 import upgraded
from autograd.trace.passes import Edge, Given, backward_order, both_passes
from autograd.trace.record import Node, Step
from autograd.trace.replay import groups_of

VERSION = 2
"""Version of the format, increased whenever an older reader would misread a trace."""

T = TypeVar("T", bound=Hashable)


# ---------------------------------------------------------------------- writing


class _Listed(dict[T, int]):
    """What is listed once, each with its index in the list."""

    def index(self, thing: T) -> int:
        """The index of a thing, which joins the list if it is new."""
        return self.setdefault(thing, len(self))


def json_of_trace(
    nodes: Sequence[Node], steps: Sequence[Step], source: Source | None, kinds: Sequence[Kind | None]
) -> dict[str, Any]:
    """The parts of a trace as dictionaries, lists, texts and numbers."""
    operations, formulas, modules, constants = _Listed[Kind](), _Listed[Formula](), _Listed[str](), _Listed[Any]()
    columns = {
        "name": [node.name for node in nodes],
        "label": [None if node.label == node.name else node.label for node in nodes],
        "operation": [None if kind is None else operations.index(kind) for kind in kinds],
        "data": [number(node.data) for node in nodes],
        "module": [modules.index(node.group) for node in nodes],
        "line": source and [node.line for node in nodes],
    }
    operands = [node.operands for node in nodes]
    return {
        "version": VERSION,
        "nodes": columns,
        "edges": {
            "operand": [
                x if isinstance(x, int) else -1 - constants.index(number(x)) for group in operands for x in group
            ],
            "local": _locals(operands, steps),
        },
        "order": _order(operands, steps),
        "constants": [*constants],
        "operations": [_operation(kind, formulas) for kind in operations],
        "formulas": [formula._asdict() for formula in formulas],
        "modules": [*modules],
        "parameters": [node.position for node in nodes if node.is_parameter],
        "source": source and {**source._asdict(), "lines": list(source.lines)},
    }


def number(x: float) -> float | str:
    """A float for JSON: nan, infinities and minus zero, which JSON lacks or readers lose, become strings."""
    if math.isfinite(x):
        return "-0" if x == 0 and math.copysign(1.0, x) < 0 else float(x)
    return "nan" if x != x else "inf" if x > 0 else "-inf"


def _locals(operands: Sequence[Sequence[int | float]], steps: Iterable[Step]) -> list[float | str | None]:
    slopes: dict[tuple[int, int], float | str | None] = {}
    for step in steps:
        # Where upstream * local is not what was passed on, the branch was not taken.
        flows = number(step.product) == number(step.upstream * step.local)
        slopes[step.node.position, step.slot] = number(step.local) if flows else None
    return [slopes.get((i, slot)) for i, group in enumerate(operands) for slot in range(len(group))]


def _order(operands: Sequence[Sequence[int | float]], steps: Sequence[Step]) -> list[int] | None:
    edges = [(step.node.position, step.slot, step.operand.position) for step in steps]
    if edges == [*backward_order(operands)]:
        return None
    starts = _starts([len(group) for group in operands])
    return [starts[node] + slot for node, slot, _ in edges]


def _starts(lengths: Iterable[int]) -> list[int]:
    """Where each part starts, of parts that lie end to end; and where the last one ends.

    >>> _starts([0, 2, 1])
    [0, 0, 2, 3]
    """
    starts = [0]
    for length in lengths:
        starts.append(starts[-1] + length)
    return starts


def _operation(kind: Kind, formulas: _Listed[Formula]) -> dict[str, Any]:
    return {
        "op": kind.op,
        "symbol": kind.symbol,
        "groups": list(kind.groups),
        "forward": formulas.index(kind.forward),
        "partials": [None if partial is None else formulas.index(partial) for partial in kind.partials],
    }


# ---------------------------------------------------------------------- reading

_INDEX = Integer(0)
_NODES = Object(
    {
        "name": List(Text(), least=1),
        "label": List(Nullable(Text())),
        "operation": List(Nullable(_INDEX)),
        "data": List(Number()),
        "module": List(_INDEX),
        "line": Nullable(List(Nullable(_INDEX))),
    }
)
_OPERATION = Object(
    {
        "op": Text(r"(?s:.+)", "the name of an operation"),
        "symbol": Text(),
        "groups": List(_INDEX),
        "forward": _INDEX,
        "partials": List(Nullable(_INDEX)),
    }
)
_PLACE = r"\$\$|\$\{(?:out|[0-9]{1,9})\}"
_TEMPLATE = Text(rf"(?:[^$]|{_PLACE})*", "a formula with places such as ${0} and ${out}, and $$ for the sign itself")
# The elements that a page shows, with the attributes that formulas have: nothing that could run, nor load anything.
_MATHML = Text(
    r"(?:[^<&$]|&(?:amp|lt|gt|quot|\#x27);|</?(?:math|mrow|mi|mn|mo|mfrac|msup|msub|msqrt|mroot|mtable|mtr|mtd|mtext)>"
    rf"""|<math displaystyle="true">|<mtd style="text-align: left">|{_PLACE})*""",
    "a formula in MathML",
)
_TRACE = Object(
    {
        "version": Integer(VERSION, VERSION),
        "nodes": _NODES,
        "edges": Object({"operand": List(Integer()), "local": List(Nullable(Number()))}),
        "order": Nullable(List(_INDEX)),
        "constants": List(Number()),
        "operations": List(_OPERATION),
        "formulas": List(Object({"text": _TEMPLATE, "latex": _TEMPLATE, "mathml": _MATHML})),
        "modules": List(Text()),
        "source": Nullable(Object({"name": Text(), "first": _INDEX, "lines": List(Text())})),
    },
    optional={"parameters": List(_INDEX)},
)
"""What a trace is made of; the functions below say how the parts fit together."""


class Parts(NamedTuple):
    """What a trace is made from."""

    nodes: list[Node]
    steps: list[Step]
    source: Source | None
    kinds: list[Kind | None]


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
    if isinstance(version, bool) or not isinstance(version, int) or version not in (1, VERSION):
        raise ValueError(
            f"the trace has version {shown(version)} of the format, this release reads the versions 1 and {VERSION}; "
            "take the trace again, or read it with the release that wrote it"
        )
    try:
        return _parts(_TRACE.read(upgraded(json) if version == 1 else json))
    except ValueError as error:
        raise ValueError(f"this is not a trace as Trace.to_json() gives it: {error}") from None


def _parts(read: dict[str, Any]) -> Parts:
    columns, edges, source = read["nodes"], read["edges"], read["source"]
    _check_nodes(columns, read)
    formulas = [Formula(**formula) for formula in read["formulas"]]
    operations = [
        _kind(f"operations[{index}]", operation, formulas) for index, operation in enumerate(read["operations"])
    ]
    kinds = [None if index is None else operations[index] for index in columns["operation"]]
    starts = _starts(0 if kind is None else sum(kind.groups) for kind in kinds)
    _check_lengths("edges", edges, starts[-1], "one for each operand of the operations of the nodes")
    _check_operands(edges["operand"], starts, len(read["constants"]))
    operands = [x if x >= 0 else read["constants"][-1 - x] for x in edges["operand"]]  # int: a node, float: a constant
    parameters = _parameters(read.get("parameters", []), kinds)
    given = [
        Given(
            name=name,
            label=name if columns["label"][i] is None else columns["label"][i],
            op=kind.op if kind else "",
            symbol=kind.symbol if kind else "",
            groups=kind.groups if kind else (),
            operands=tuple(operands[starts[i] : starts[i + 1]]),
            slopes=tuple(edges["local"][starts[i] : starts[i + 1]]),
            data=columns["data"][i],
            group=read["modules"][columns["module"][i]],
            line=None if columns["line"] is None else columns["line"][i],
            forward=kind.forward.text if kind else "",
            partials=tuple([partial and partial.text for partial in kind.partials]) if kind else (),
            is_parameter=i in parameters,
        )
        for i, (name, kind) in enumerate(zip(columns["name"], kinds, strict=True))
    ]
    order = None if read["order"] is None else _edges_in_order(read["order"], given, starts)
    nodes, steps = both_passes(given, order)
    return Parts(nodes, steps, source and Source(source["name"], source["first"], tuple(source["lines"])), kinds)


def _kind(path: str, read: dict[str, Any], formulas: Sequence[Formula]) -> Kind:
    groups = tuple(read["groups"])
    count = sum(groups)
    _same(f"the length of {path}.partials", len(read["partials"]), count, "one for each operand")
    if read["op"] in TABLE:
        expected = groups_of(TABLE[read["op"]], count)
        if groups != expected:
            raise ValueError(
                f"{path}.groups must be {[*expected]}, the lengths of the arguments of {read['op']}, "
                f"got {[*groups][:9]}"
            )
    forward = _formula(f"{path}.forward", read["forward"], formulas, count)
    partials = [
        None if index is None else _formula(f"{path}.partials[{slot}]", index, formulas, count)
        for slot, index in enumerate(read["partials"])
    ]
    return Kind(read["op"], read["symbol"], groups, forward, tuple(partials))


def _formula(path: str, index: int, formulas: Sequence[Formula], operands: int) -> Formula:
    _check_index(path, index, len(formulas), "a formula")
    for notation, text in formulas[index]._asdict().items():
        largest = max(map(int, re.findall(r"\$\{([0-9]+)\}", text)), default=-1)
        if largest >= operands:
            raise ValueError(
                f"formulas[{index}].{notation} must have places below {operands}, since an operation of so many "
                f"operands uses it, got {largest}"
            )
    return formulas[index]


# ---------------------------------------------------------------------- do the parts fit together?


def _parameters(positions: Sequence[int], kinds: Sequence[Kind | None]) -> set[int]:
    """The positions of the parameters, each of which is a leaf."""
    for i, position in enumerate(positions):
        if position >= len(kinds) or kinds[position] is not None:
            raise ValueError(f"parameters[{i}] must be the position of a leaf, got {shown(position)}")
    return set(positions)


def _check_nodes(columns: dict[str, Any], read: dict[str, Any]) -> None:
    _check_lengths("nodes", columns, len(columns["name"]), "one for each node")
    for i, (operation, module) in enumerate(zip(columns["operation"], columns["module"], strict=True)):
        if operation is not None:
            _check_index(f"nodes.operation[{i}]", operation, len(read["operations"]), "an operation")
        _check_index(f"nodes.module[{i}]", module, len(read["modules"]), "a module")
    source = read["source"]
    lines = range(source["first"], source["first"] + len(source["lines"])) if source else range(0)
    for i, line in enumerate(columns["line"] or ()):
        if line is not None and line not in lines:
            raise ValueError(f"nodes.line[{i}] must be the number of a line of the source, got {shown(line)}")


def _check_operands(operands: Sequence[int], starts: Sequence[int], constants: int) -> None:
    for position, (start, end) in enumerate(pairwise(starts)):
        for index in range(start, end):
            if not -constants <= operands[index] < position:
                raise ValueError(
                    f"edges.operand[{index}] must be the position of an earlier node, below {position}, or a number "
                    f"from -{constants} to -1 for a constant, got {shown(operands[index])}"
                )


def _edges_in_order(order: Sequence[int], given: Sequence[Given], starts: Sequence[int]) -> list[Edge]:
    """The edges in the order of the steps: each once, and no node passes its gradient on before that is complete."""
    edges = {
        starts[node] + slot: (node, slot, operand)
        for node, slot, operand in backward_order([node.operands for node in given])
    }
    waiting = Counter(operand for _, _, operand in edges.values())
    _same("the length of order", len(order), len(edges), "one for each operand that is a node")
    in_order = []
    for step, index in enumerate(order):
        if index not in edges:
            raise ValueError(
                f"order[{step}] must be the number of an edge from a node, which had no step yet, got {shown(index)}"
            )
        node, slot, operand = edges.pop(index)
        if waiting[node]:
            raise ValueError(f"order[{step}] must be an edge of a node whose own gradient is complete, got {index}")
        waiting[operand] -= 1
        in_order.append((node, slot, operand))
    return in_order


def _check_lengths(path: str, columns: Mapping[str, Any], expected: int, what: str) -> None:
    for name, column in columns.items():
        if column is not None:
            _same(f"the length of {path}.{name}", len(column), expected, what)


def _check_index(path: str, index: int, length: int, what: str) -> None:
    if index >= length:
        raise ValueError(f"{path} must be the number of {what}, below {length}, got {shown(index)}")


def _same(path: str, found: Any, expected: Any, what: str) -> None:
    if found != expected:
        raise ValueError(f"{path} must be {shown(expected)}, {what}, got {shown(found)}")
