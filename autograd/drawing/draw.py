"""Draw computation graphs, as DOT and as SVG, without a system Graphviz.

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
is computed by ``dot`` where Graphviz is installed, else by Graphviz compiled to WebAssembly, in this process; where
there is neither, as in the Python of a browser, by `layout.py`, from left to right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograd.core.engine import Value, topological_order
from autograd.core.gc_pause import gc_paused
from autograd.core.number import whole_number
from autograd.core.ops import Op
from autograd.drawing.clusters import Clusters
from autograd.drawing.colors import (
    BLUE,
    BOX_FILL,
    CLUSTER_FILL,
    CONSTANT_FILL,
    GREY,
    INK,
    LEAF_FILL,
    OPERATION_FILL,
    ORANGE,
    RESULT_FILL,
    GradientColors,
)
from autograd.drawing.drawing import Drawing
from autograd.drawing.selection import MAX_NODES, Boxes, Drawn, Item, is_whole, within_reach
from autograd.drawing.sketch import Sketch
from autograd.drawing.summary import Survey
from autograd.symbols import format_number
from autograd.text.labels import escaped, plain
from autograd.text.names import operation_of

# Dark text on pale fills and a white ground, legible in dark and light notebooks alike. Blue and orange can be told
# apart with every kind of color blindness, and shape and line width carry the same information.
GRAPH = {"bgcolor": "white", "nodesep": "0.2", "ranksep": "0.35", "pad": "0.1"}
# Graphviz has built-in widths for Helvetica, and adds a fallback font to it in SVG. The margin leaves room for wider
# substitutes.
FONT = {"fontname": "Helvetica", "fontsize": "11", "fontcolor": INK}
NODE = {**FONT, "style": "filled", "height": "0.3", "margin": "0.14,0.06"}
EDGE = {"color": GREY, "arrowsize": "0.6", **FONT, "fontsize": "9", "fontcolor": GREY}
RESULT = {"shape": "record", "color": INK, "fillcolor": RESULT_FILL}
LEAF = {"shape": "Mrecord", "color": BLUE, "fillcolor": LEAF_FILL, "penwidth": "2"}
OPERATION = {"shape": "oval", "color": ORANGE, "fillcolor": OPERATION_FILL, "margin": "0.04,0.02", "width": "0.3"}
ORDERED_OPERATION = {**OPERATION, "shape": "Mrecord", "margin": "0.07,0.02"}
CONSTANT = {"shape": "box", "color": GREY, "fillcolor": CONSTANT_FILL, "style": "filled,dashed", "width": "0.3"}
MORE = {"shape": "plaintext", "fontcolor": GREY, "style": "", "margin": "0.03", "width": "0"}
NOTE = {"shape": "note", "color": GREY, "fillcolor": CONSTANT_FILL}
BOX = {"shape": "box", "margin": "0.24,0.08", "color": INK, "fillcolor": BOX_FILL, "peripheries": "2"}
CLUSTER = {
    **FONT,
    "color": GREY,
    "style": "rounded,filled",
    "fillcolor": CLUSTER_FILL,
    "labeljust": "l",
    "margin": "10",
}
ENTRANCE = {"LR": "w", "TB": "n", "RL": "e", "BT": "s"}  # the side where operands arrive
STYLES = ("classic", "fused")


def draw(
    root: Value | Iterable[Value],
    *,
    rankdir: str = "LR",
    style: str = "classic",
    fused: bool = False,
    show_grad: bool = True,
    color_gradients: bool = False,
    clusters: Any = None,
    collapse: int | str | Iterable[str] = (),
    max_nodes: int | None = None,
) -> Drawing:
    """The computation graph of a Value as a picture.

    Each Value is a box ``label | data | grad``: with round corners and a thick border if it is a leaf, with
    square corners if it is a result. Each operation is an oval between its operands and its result. Constants
    are dashed boxes. Where the order of the operands matters, the edges are numbered.

    A graph that is too large is summarized: a box stands for each cluster or, without clusters, for the nodes of one
    operation at one depth. A note has the number of nodes, the depth and so on, as the text of
    `autograd.drawing.summary.summarize`. A number at an edge says how many edges it stands for.

    Args:
        root: the output, or several outputs.
        rankdir: the direction of computation: "LR" (left to right), "TB", "RL" or "BT".
        style: "classic", or "fused": an operation and its result are one box.
        fused: short for ``style="fused"``.
        show_grad: show gradients.
        color_gradients: fill each Value by its gradient: orange for negative, blue for positive, darker for larger
            ones; a legend gives the scale.
        clusters: the Values to draw together in a frame: a model, whose modules become nested frames around their
            parameters, by their names, and the results computed from them; or a mapping from names to Values, where a
            dot nests a name in another. By default a large graph is clustered by the labels of its leaves, such as
            ``layers.0.w``.
        collapse: the clusters to draw as one box each: their names, or a depth; 1 is the outermost clusters.
        max_nodes: draw this many Values and constants, those nearest to the root, and summarize nothing. Fewer are
            drawn if many long edges would make the layout take more than a few seconds.

    Returns:
        A `graphviz.Digraph` that shows itself as SVG. Its text depends on nothing but the graph.

    Raises:
        TypeError: if the root is not made of Values, or the clusters are not what they should be.
        ValueError: if there is no root, for an unknown direction, style or cluster, or for a maximum below 1.

    >>> a = Value(2.0, "a")
    >>> draw(a + a).source.count("n0 -> n1_op")
    2
    >>> w = Value(3.0, "w")
    >>> y = a * w
    >>> print(draw(y, clusters={"layer": [w, y]}, collapse=1).source.splitlines()[6].strip()[:35])
    c1 [label="layer\\n1 leaf, 1 result"
    """
    roots = _roots(root)
    if rankdir not in ENTRANCE:
        raise ValueError(f"expected a direction 'LR', 'TB', 'RL' or 'BT', got {rankdir!r}")
    if style not in STYLES:
        raise ValueError(f"expected a style 'classic' or 'fused', got {style!r}")
    max_nodes = None if max_nodes is None else whole_number("max_nodes", max_nodes, more=" or None")
    if not isinstance(collapse, Iterable):
        collapse = whole_number("collapse", collapse, 0, more=", a depth of clusters, or the names of clusters")
    if clusters is None and collapse not in ((), 0):
        raise ValueError("there is nothing to collapse: give the model, or a mapping, as clusters")
    with gc_paused():  # the garbage collector would traverse a graph of a million nodes many times
        # A node above all the roots gives one order over several graphs.
        order = topological_order(Value(0.0, tuple(roots)))[:-1]
        view = _view(roots, order, clusters, collapse, max_nodes)
        colors = GradientColors(node.grad for node in order if node in view.drawn) if color_gradients else None
        return _Writer(view, rankdir, style == "fused" or fused, show_grad, colors).picture()


draw_dot = draw

# ---------------------------------------------------------------------- what is drawn


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


class _View:
    """What is drawn: items with their operands, and what is said about them."""

    def __init__(self, order: Sequence[Value], drawn: Drawn, boxes: Boxes, groups: Clusters | None) -> None:
        self.names: dict[Item, str] = {}
        for index, node in enumerate(order):
            item = boxes.of(node)
            if item in drawn:
                self.names.setdefault(item, f"n{index}" if item is node else f"c{len(self.names)}")
        self.drawn = drawn
        self.boxes = boxes
        self.groups = groups
        self.note: list[str] = []


def _view(roots: list[Value], order: list[Value], clusters: Any, collapse: Any, max_nodes: int | None) -> _View:
    """The whole graph if it is small; else a box for each cluster, or for each operation and depth."""
    labeled = _by_labels(order) if clusters is None and max_nodes is None and len(order) > MAX_NODES else None
    groups = None
    if clusters is not None or labeled:
        groups = Clusters(labeled or clusters, order, spread=bool(labeled))
    collapsed = groups.collapsed(collapse) if groups else set()
    depth = groups.depth() if groups and max_nodes is None else 0
    while True:
        boxes = Boxes(order, groups, collapsed)
        if groups and depth < groups.depth() and max_nodes is None:  # some clusters were collapsed for size
            boxes.gather()
        drawn = within_reach(roots, boxes, max_nodes or MAX_NODES)
        if max_nodes is not None or is_whole(drawn, boxes):
            view = _View(order, drawn, boxes, groups)
            if len(drawn) < boxes.count:
                view.note = [f"... and {boxes.count - len(drawn):,} more nodes"]
            elif boxes.inside and not collapse:
                view.note = Survey(order).summary().lines()
            return view
        if depth:
            collapsed = collapsed | groups.collapsed(depth)  # type: ignore[union-attr]
            depth -= 1
            continue
        survey = Survey(order)
        boxes = Boxes(order, None, set())
        boxes.take(survey)
        view = _View(order, within_reach(roots, boxes, MAX_NODES), boxes, None)
        view.note = survey.summary().lines()
        return view


def _by_labels(order: Iterable[Value]) -> Mapping[str, list[Value]] | None:
    """Clusters by the part before the last dot in the labels of leaves, as in the names of a model's parameters."""
    groups: dict[str, list[Value]] = {}
    for node in order:
        name, dot, _ = str(node.label or "").rpartition(".")
        if dot and name.replace(".", "").isidentifier() and node.is_leaf:
            groups.setdefault(name, []).append(node)
    return groups or None


# ---------------------------------------------------------------------- how it is written


class _Writer:
    """The DOT text of a view."""

    def __init__(self, view: _View, rankdir: str, fused: bool, show_grad: bool, colors: GradientColors | None) -> None:
        self.view = view
        self.rankdir = rankdir
        self.fused = fused
        self.show_grad = show_grad
        self.colors = colors
        self.order_matters: dict[Op | None, bool] = {}
        self.dot = Drawing("computation", format="svg", graph_attr=GRAPH, node_attr=NODE, edge_attr=EDGE)
        self.frames: dict[str, Drawing] = {}  # by the name of their cluster, the outer ones first
        self.sketch = Sketch()

    def picture(self) -> Drawing:
        self.dot.attr(rankdir=self.rankdir)
        if len(self.view.drawn) > 30:  # limits the network simplex, which may not end in time
            self.dot.attr(nslimit="1", nslimit1="1")
        for item, name in self.view.names.items():
            if isinstance(item, str):
                self._box(item, name)
            elif item.is_leaf:
                cells = self._cells(item)
                self._add(item, name, cells, _record(cells, self.rankdir), self._filled(LEAF, item))
            else:
                self._result(item, name)
        for cluster in reversed(self.frames):
            self._outer(cluster).subgraph(self.frames[cluster])
        if self.view.note:
            self.dot.node("more", "".join(escaped(line) + r"\l" for line in self.view.note), **NOTE)
            self.sketch.add("more", self.view.note, NOTE)
        if self.colors:
            self._legend(self.colors)
        self.dot.take(self.sketch)
        return self.dot

    def _add(self, item: Item, name: str, lines: Sequence[str], label: str, style: Mapping[str, str]) -> None:
        """Draw a box or an oval in the frame of an item."""
        self._frame(item).node(name, label, **style)
        titles = self.view.groups.titles if self.view.groups else {}
        self.sketch.add(name, lines, style, {cluster: plain(titles[cluster]) for cluster in self._around(item)})

    def _box(self, box: str, name: str) -> None:
        lines = self.view.boxes.lines[box]
        self._add(box, name, lines, r"\n".join(map(escaped, lines)), BOX)
        for _, operand, count in self.view.drawn[box][0]:
            self._edge(self.view.names[operand], name, count)  # type: ignore[index]
        self._more(box, name, name)

    def _result(self, node: Value, name: str) -> None:
        operands, _ = self.view.drawn[node]
        if node.op not in self.order_matters:
            self.order_matters[node.op] = _order_matters(node.op)
        numbered = self.order_matters[node.op] and len(operands) > 1
        ports = [position for position, _, _ in operands] if numbered else []
        operation = plain(operation_of(node)) or "?"
        cells = self._cells(node)
        style = self._filled(RESULT, node)
        consumer = name if self.fused else f"{name}_op"
        if self.fused:
            cells = [operation, *cells]
            self._add(node, name, cells, _record(cells, self.rankdir, ports), style)
        else:
            if numbered:
                label = _record([operation], self.rankdir, ports)
                self._add(node, consumer, [operation], label, ORDERED_OPERATION)
            else:
                self._add(node, consumer, [operation], escaped(operation), OPERATION)
            self._add(node, name, cells, _record(cells, self.rankdir), style)
            self._edge(consumer, name)
        for position, operand, count in operands:
            if isinstance(operand, float):
                source, number = f"{name}_constant{position}", format_number(operand)
                self._add(node, source, [number], number, CONSTANT)
            else:
                source = self.view.names[operand]
            port = f":{position + 1}:{ENTRANCE[self.rankdir]}" if numbered else ""
            self._edge(source, consumer, count, port)
        self._more(node, name, consumer)

    def _edge(self, tail: str, head: str, count: int = 1, port: str = "") -> None:
        label = f"{count:,}" if count > 1 else ""
        self.dot.edge(tail, head + port, **({"label": label} if label else {}))
        self.sketch.edges.append((tail, head, label))

    def _more(self, item: Item, name: str, consumer: str) -> None:
        hidden = self.view.drawn[item][1]
        if hidden:
            more, line = f"{name}_more", f"... {hidden:,} more"
            self.dot.node(more, line, **MORE)
            self.dot.edge(more, consumer, style="dashed")
            self.sketch.add(more, [line], MORE)
            self.sketch.edges.append((more, consumer, ""))

    def _cells(self, node: Value) -> list[str]:
        name = self._name(node)
        cells = [plain(name)] if name not in ("", None) else []
        cells.append(f"data {_number(node.data)}")
        if self.show_grad:
            cells.append(f"grad {_number(node.grad)}")
        return cells

    def _name(self, node: Value) -> Any:
        """The label; of a parameter without one, its name in the module whose frame it stands in."""
        if node.label not in ("", None) or self.view.groups is None:
            return node.label
        return self.view.groups.names.get(node, "")

    def _filled(self, style: Mapping[str, str], node: Value) -> dict[str, str]:
        return {**style, "fillcolor": self.colors.of(node.grad)} if self.colors else dict(style)

    # ------------------------------------------------------------------ clusters

    def _around(self, item: Item) -> list[str]:
        groups = self.view.groups
        if groups is None:
            return []
        return groups.nesting(item)[:-1] if isinstance(item, str) else groups.around(item)

    def _frame(self, item: Item) -> Drawing:
        """The frame that an item is drawn in, which may be the whole picture."""
        frame = self.dot
        for cluster in self._around(item):
            if cluster not in self.frames:
                title = escaped(plain(self.view.groups.titles[cluster]))  # type: ignore[union-attr]
                self.frames[cluster] = Drawing(f"cluster_{len(self.frames)}", graph_attr={**CLUSTER, "label": title})
            frame = self.frames[cluster]
        return frame

    def _outer(self, cluster: str) -> Drawing:
        around = self.view.groups.nesting(cluster)[:-1]  # type: ignore[union-attr]
        return self.frames[around[-1]] if around else self.dot

    def _legend(self, colors: GradientColors) -> None:
        attributes = {**CLUSTER, "label": "gradient", "fillcolor": "#ffffff"}
        with self.dot.subgraph(name="cluster_legend", graph_attr=attributes) as legend:
            steps = colors.legend() if self.rankdir in ("LR", "RL") else colors.legend()[::-1]
            for index, (color, text) in enumerate(steps):
                style = {"shape": "box", "color": GREY, "fillcolor": color}
                legend.node(f"legend{index}", escaped(text), **style)
                self.sketch.add(f"legend{index}", [text], style, {"legend": "gradient"})


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


def _record(cells: list[str], rankdir: str, ports: Sequence[int] = ()) -> str:
    """A record label with its cells side by side for any direction of the graph.

    The numbered ports, where the edges from the operands end, are in a row across the direction of the edges.
    """
    label = "|".join(map(escaped, cells))
    if ports:
        entrances = "|".join(f"<{position + 1}>{position + 1}" for position in ports)
        first, second = f"{{{entrances}}}", label if rankdir in ("LR", "RL") else f"{{{label}}}"
        return f"{{{first}|{second}}}" if rankdir in ("LR", "TB") else f"{{{second}|{first}}}"
    return f"{{{label}}}" if rankdir in ("LR", "RL") else label


def _number(number: Any) -> str:
    try:
        return format_number(number)
    except (TypeError, ValueError, OverflowError):  # a program may store anything in `data` and `grad`
        return plain(number)
