"""Record one forward and one backward pass, step by step: `step_through` gives a `Trace`.

A `Trace` never changes, whatever happens to the graph. It is the single source of every explanation: the tables that
``stepgrad explain`` prints, the page to step through, the JSON.

One step of the backward pass is one edge of the graph: the gradient that reached a node (*upstream*) times the
*local derivative* of that node with respect to one operand is added to the operand's gradient. Data and local
derivatives are those that the nodes keep from the forward pass; `passes.py` makes the steps from them.

    >>> from autograd import Value
    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = a * b; c.label = "c"
    >>> trace = step_through(c)
    >>> for step in trace:
    ...     print(step.operand.name, step.upstream, step.rule, step.local, step.product)
    a 1.0 b -3.0 -3.0
    b 1.0 a 2.0 2.0
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypedDict

from autograd.core.elementary import NoFlow
from autograd.core.engine import Value, row_of, topological_order
from autograd.core.ops import TABLE, Op
from autograd.program.capture import capture_source, leaves_for
from autograd.program.frames import user_frame
from autograd.program.source import Source, lines_of_leaves, source_of
from autograd.program.variables import names_of_parameters
from autograd.symbols import format_number, is_symbolic
from autograd.text.names import names_of, operation_of
from autograd.trace.as_json import json_of_trace, read_trace
from autograd.trace.as_text import text_of_trace
from autograd.trace.browser import show
from autograd.trace.formulas import Kind, NodeFormulas, expressions, formulas_of, kind_of, template
from autograd.trace.passes import Given, both_passes
from autograd.trace.paths import MAX_PATHS, PathSum
from autograd.trace.record import Node, Seed, Step
from autograd.trace.replay import computed, finite_differences, groups_of, paths_to, row_for
from autograd.transforms.pytrees import leaves

__all__ = ["Node", "PathSum", "Seed", "Source", "Step", "Trace", "capture_source", "step_through"]

MAX_SHOWN = 400_000
"""Edges of the largest graph that has a page; a larger one would block the browser."""
MAX_LINES = 200
"""Edges of the largest graph that a notebook without HTML shows as tables."""
MAX_ANIMATED = 30
"""Edges of the largest graph that has an animation: one of some twenty nodes, which runs for a minute or two."""


class Trace:
    """An immutable record of the forward and backward pass of one result. Iterating over it gives the steps.

    In a notebook it shows itself as a page to step through; elsewhere `open` shows that page in the browser.

    Attributes:
        nodes: every node in topological order, the result last.
        steps: every step of the backward pass, in order.
        source: the part of the program that made the graph; None if it was not captured.
    """

    __slots__ = ("_kinds", "_rows", "nodes", "source", "steps")

    nodes: tuple[Node, ...]
    steps: tuple[Step, ...]
    source: Source | None
    _rows: Mapping[str, Op]
    _kinds: tuple[Kind | None, ...] | None

    def __init__(
        self,
        nodes: Sequence[Node],
        steps: Sequence[Step],
        source: Source | None = None,
        *,
        rows: Mapping[str, Op] = TABLE,
        kinds: Sequence[Kind | None] | None = None,
    ) -> None:
        known = None if kinds is None else tuple(kinds)
        self._set(nodes=tuple(nodes), steps=tuple(steps), source=source, _rows=rows, _kinds=known)

    def _set(self, **attributes: Any) -> None:
        for name, value in attributes.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a trace does not change; take a new one with step_through(result)")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a trace does not change; take a new one with step_through(result)")

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __copy__(self) -> Trace:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Trace:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (Trace.from_json, (self.to_json(),))

    def __repr__(self) -> str:
        return f"<{self._what()}; trace.open() shows it in the browser, trace.save_html(path) writes the page>"

    def _what(self) -> str:
        return f"Trace of {self.nodes[-1].name}: {len(self.nodes)} nodes, {len(self.steps)} backward steps"

    # ------------------------------------------------------------------ what follows from the nodes

    @property
    def forward(self) -> tuple[int, ...]:
        """The positions of the results, in the order of the forward pass."""
        return tuple(node.position for node in self.nodes if not node.is_leaf)

    @property
    def seed(self) -> Seed:
        """What the backward pass starts with: the gradient of the result with respect to itself, which is 1."""
        return Seed(self.nodes[-1], 1.0)

    @property
    def formulas(self) -> Mapping[int, NodeFormulas]:
        """The formulas of each result, as text, LaTeX and MathML, by its position."""
        slopes = {(step.node.position, step.slot): step.local for step in self.steps}
        return MappingProxyType(formulas_of(self.nodes, self._kinds_of_nodes(), slopes))

    def _kinds_of_nodes(self) -> tuple[Kind | None, ...]:
        """The kind of each node, None for a leaf; made from the table unless they came from a file."""
        if self._kinds is None:
            made: dict[Any, Kind] = {}
            self._set(_kinds=tuple(self._kind(node, made) if node.op else None for node in self.nodes))
        return self._kinds or ()

    def _kind(self, node: Node, made: dict[Any, Kind]) -> Kind:
        constants = _constants(node.operands)
        # As text, since nan differs from itself, and -0.0 does not from 0.0.
        key = node.op, str(constants)
        if key not in made:
            made[key] = kind_of(self._rows[node.op], constants)
        return made[key]

    @property
    def programs(self) -> dict[str, dict[str, Any] | None]:
        """Each operation in JavaScript, by its name and the lengths of its arguments, such as ``dot:3,3``.

        They are made from the table, never read from a file. None for an operation whose rules run on numbers only, and
        for one that is not in the table, as may be in a trace from a file.
        """
        from autograd.symbols import javascript_of

        kinds = {(node.op, node.groups): row_for(node, self._rows) for node in self.nodes if node.op}
        return {
            f"{op}:{','.join(map(str, lengths))}": javascript_of(row, lengths) if row else None
            for (op, lengths), row in sorted(kinds.items(), key=itemgetter(0))
        }

    # ------------------------------------------------------------------ computing with it

    def finite_differences(self) -> dict[str, float]:
        """For each leaf the derivative of the result by differences, computed from the trace alone, by the leaf's name.

        They are those of `numerical_gradient`, at many steps and extrapolated, and should be the gradients to about ten
        digits. At a kink they are the mean of the slopes on both sides; at the end of a domain, that of one side.

        Raises:
            KeyError: if an operation is not in the table, which can happen with a trace from a file.

        >>> x = Value(3.0, "x")
        >>> {name: round(slope, 6) for name, slope in step_through(x * x).finite_differences().items()}
        {'x': 6.0}
        """
        return finite_differences(self.nodes, self._rows)

    def paths_to(self, node: int | str, max_paths: int = MAX_PATHS) -> PathSum:
        """The gradient of a node as the sum, over all paths to it, of the product of the local derivatives.

        `sum_over_paths` does the same for Values; here each path has its `steps` as well.

        Args:
            node: its position in `nodes`, or its name.
            max_paths: how many to list, or fewer if they have millions of steps.

        Raises:
            IndexError: if there is no such position.
            ValueError: if no node, or more than one, has that name, or `max_paths` is negative.

        >>> a = Value(3.0, "a")
        >>> print(step_through(a * a + a).paths_to("a"))
        dv2/da = 7, the sum over 3 paths of the product of the local derivatives:
        a -> v1 -> v2:  (3) * (1)  = 3
        a -> v1 -> v2:  (3) * (1)  = 3
        a -> v2:        (1)        = 1
        """
        return paths_to(self.nodes, self.steps, node, max_paths)

    # ------------------------------------------------------------------ views

    def to_text(self) -> str:
        """Both passes as two tables."""
        return text_of_trace(self.nodes, self.steps)

    def to_json(self) -> dict[str, Any]:
        """The trace as what `json.dump` takes; docs/trace.md describes it. `from_json` reads it again, bit by bit."""
        return json_of_trace(self.nodes, self.steps, self.source, self._kinds_of_nodes())

    @classmethod
    def from_json(cls, json: Mapping[str, Any] | str) -> Trace:
        """A trace from what `to_json` gave, or from the text of it in JSON.

        Raises:
            ValueError: if `json` is not a trace, with the path of the first field that is wrong, such as
                ``nodes[3].data``; or if it has another version of the format.

        >>> x = Value(2.0, "x")
        >>> Trace.from_json(step_through(x * x).to_json())  # doctest: +ELLIPSIS
        <Trace of v1: 2 nodes, 2 backward steps; trace.open() shows it in the browser, ...>
        """
        nodes, steps, source, kinds = read_trace(json)
        return cls(nodes, steps, source, kinds=kinds)

    def to_html(self, *, lang: str | None = None, static: bool = False, live: str | None = None) -> str:
        """A page to step through: one document that needs neither a network nor Python.

        Every node and every step is in its tables, the first 200 of each even where scripts do not run. Its picture has
        every node of a graph of up to 80; of a larger one it follows the steps, beside a map of the whole. Where
        scripts do not run, the latter has groups as one box each if it was captured with its model, by
        ``capture_source(model)``, and is left out otherwise.

        The address of the page follows what the reader does, and leads others there: ``page.html#step=5&node=w1&x=2.5``
        is position 5 of the slider, with w1 chosen and the input x changed.

        Args:
            lang: the language of the page: "en" for English, "zh" for Chinese, or None for that of the browser. A
                button changes it. Where scripts do not run, a page without a language is in English.
            static: for mail, print and hosts that run no script: only the picture and the first 50 steps, at most
                8 KB for a neuron. In a notebook, STEPGRAD_STATIC=1 in the environment does the same.
            live: the address of the page with the script, for a link on the static one.

        Raises:
            ValueError: if the graph is too large for a page, with more than 400,000 edges, constants included; if
                the page does not have the language; or if `live` is no address, or given for a page that is not static.

        >>> x = Value(3.0, "x")
        >>> page = step_through(x * x).to_html(lang="zh")
        >>> page[:32]
        '<!DOCTYPE html>\\n<html lang="zh">'
        >>> len(step_through(x * x).to_html(static=True, live="https://example.org/square.html")) < 8000
        True
        """
        from autograd.stepper.page import page_of
        from autograd.stepper.static import static_page
        from autograd.stepper.svg import left_out

        if live is not None and not static:
            raise ValueError(f"live={live!r} is the link of a static page to this one; pass static=True with it")

        edges = self._edges
        if edges > MAX_SHOWN:
            raise ValueError(
                f"the {self._what()} is too large for a browser to step through: a page has up to {MAX_SHOWN:,} edges, "
                f"here are {edges:,}; take a trace of a smaller part of the graph, such as the loss of one example, or "
                "use to_text() or to_json()"
            )
        if static and (missing := left_out(self)):
            warnings.warn(
                f"the picture on the page leaves something out of {' '.join(missing)}", stacklevel=user_frame()[1] + 1
            )
        return static_page(self, lang=lang, live=live) if static else page_of(self, lang=lang)

    def to_animation(self, *, seconds_per_step: float = 3.0) -> str:
        """One picture that shows both passes as they go on, in a loop: an SVG without a script, for READMEs and slides.

        The values are computed; then the gradient flows back along one edge after the other. It moves wherever a page
        has it as an ``<img>``, in the colors of a light or a dark page. Who asks the browser for less motion sees
        the last moment, with all values, gradients and local derivatives.

        Args:
            seconds_per_step: how long a step of the backward pass takes, from 0.1 to 100. The forward pass and the
                rest at the end are slower or faster with it.

        Raises:
            ValueError: if the graph has more than 30 edges, constants included, or `seconds_per_step` is out of range.

        >>> x, w = Value(2.0, "x"), Value(-3.0, "w")
        >>> svg = step_through(x * w).to_animation()
        >>> svg[:4], "<script" in svg, "@media(prefers-reduced-motion:reduce)" in svg
        ('<svg', False, True)
        """
        from autograd.stepper.animation import animation_of

        if self._edges > MAX_ANIMATED:
            raise ValueError(
                f"an animation of {self!r} would be too long to watch: up to {MAX_ANIMATED} edges are possible, here "
                f"are {self._edges:,}; take a trace of a smaller part of the graph, such as a neuron, or use to_html()"
            )
        return animation_of(self, seconds_per_step)

    def save_animation(self, path: str | os.PathLike[str], *, seconds_per_step: float = 3.0) -> None:
        """Write the picture of `to_animation` to a file, whose name should end in ``.svg``.

        Args:
            path: where the file will be.
            seconds_per_step: as for `to_animation`.

        Raises:
            OSError: if it cannot be written.
            ValueError: as for `to_animation`.
        """
        from autograd.files import write_text

        write_text(path, self.to_animation(seconds_per_step=seconds_per_step))

    def open(self) -> Path:
        """Show the page of `to_html` in the browser, from a temporary file.

        Where there is no browser, as on a server, a sentence says what to do.

        Returns:
            The file; it is left to the system to remove it.

        Raises:
            OSError: if it cannot be written.
            ValueError: if the graph is too large for a page, with more than 400,000 edges, constants included.
        """
        return show(self.to_html())

    @property
    def _edges(self) -> int:
        """The edges of the picture: the steps, and the operands that are constants."""
        return sum(len(node.operands) for node in self.nodes)

    def save_html(
        self, path: str | os.PathLike[str], *, lang: str | None = None, static: bool = False, live: str | None = None
    ) -> None:
        """Write the page of `to_html` to a file; what that leaves out of a large graph, it says in a `UserWarning`.

        Args:
            path: where the file will be.
            lang: the language of the page, as for `to_html`.
            static: whether it is the small one without a script, as for `to_html`.
            live: the address of the page with the script, as for `to_html`.

        Raises:
            OSError: if it cannot be written.
            ValueError: as for `to_html`.
        """
        from autograd.files import write_text

        write_text(path, self.to_html(lang=lang, static=static, live=live))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: the page; its picture where a host shows images only; or the tables.

        The tables, if they have few lines, are for where there is neither HTML nor an image. With STEPGRAD_STATIC=1 in
        the environment, for a notebook that goes to a code host, a printer or by mail, the page is the static one.
        """
        if self._edges > MAX_SHOWN:
            return {"text/plain": f"<{self._what()}, too many to show; take a trace of a smaller part of the graph>"}
        from autograd.stepper.page import embedded
        from autograd.stepper.static import image_of, static_output

        is_static = os.environ.get("STEPGRAD_STATIC", "0") not in ("", "0")
        text = self.to_text() if self._edges <= MAX_LINES else f"<{self._what()}; to_text() gives them as tables>"
        image = image_of(self)
        page = static_output(self, image=image) if is_static else embedded(self, image=image)
        return {"text/plain": text, "text/html": page, "image/svg+xml": image}


# ---------------------------------------------------------------------- taking a trace


def step_through(result: Value | Callable[..., Any], *arguments: Any, capture: capture_source | None = None) -> Trace:
    """Record how a result was computed and how its gradient flows back, without touching any `grad`.

    A function is called with leaves made of `arguments`, which are named after its parameters and come first in the
    trace, in their order; its lines and variables are captured: the shortest way to a trace with the program beside it.
    A result that it returns without having given it a name gets the name of the function. The parameters of a module
    that is a variable where `step_through` is called, or that the function uses, are called ``model.0.bias.1``.

    Args:
        result: the Value to differentiate; or a function that gives it, or a module.
        arguments: of the function: numbers, Values, and sequences of these.
        capture: the `capture_source` block in which the Value was computed.

    Raises:
        TypeError: if there is no Value to differentiate, or a node in its graph was made by hand with a rule of its
            own.
        RuntimeError: if the data of a node have changed since the forward pass, as an optimizer changes them.
        ValueError: if an operation was replaced while the graph was built, so that it has two of one name.

    >>> def neuron(x, w, b):
    ...     n = x * w + b
    ...     return n.tanh()
    >>> trace = step_through(neuron, 2.0, -3.0, 6.5)
    >>> [(node.name, node.expression) for node in trace.nodes]
    [('x', ''), ('w', ''), ('b', ''), ('v1', 'x * w'), ('n', 'v1 + b'), ('neuron', 'tanh(n)')]
    """
    if isinstance(result, Value):
        if arguments:
            raise TypeError(
                f"step_through takes one Value, got {len(arguments)} more; arguments are for a function to call, as in "
                "step_through(function, 2.0, -3.0)"
            )
        if not isinstance(capture, capture_source | None):
            raise TypeError(
                f"step_through takes a capture_source block as capture, got {capture!r}; pass the block's name"
            )
        caller = user_frame()[0]
        if capture is not None:
            return _trace(result, capture, capture.names(caller), capture.parameters(caller))
        parameters = names_of_parameters(caller)
        return _trace(result, None, parameters, parameters)
    if callable(result):
        if capture is not None:
            raise TypeError("step_through captures the lines of a function itself; leave out capture")
        return _call_and_trace(result, arguments)
    raise TypeError(f"step_through takes a Value, got {result!r}; build the result from Values first")


def _call_and_trace(function: Callable[..., Any], arguments: Sequence[Any]) -> Trace:
    capture = capture_source(function if hasattr(function, "named_modules") else None)
    inputs = leaves_for(function, arguments)
    capture.look_around(function)
    with capture:
        result = function(*inputs)
    if not isinstance(result, Value):
        raise TypeError(
            f"step_through takes a function that returns a Value, got {result!r} of type {type(result).__name__}; "
            "return one number, such as a loss, computed from the arguments"
        )
    caller = user_frame()[0]
    names = capture.names(caller)
    name = getattr(function, "__name__", "")
    # What a function returns without having given it a name is called as the function is.
    if name.isidentifier() and name not in names.values():
        names.setdefault(result, name)
    arguments = [x for x in leaves(inputs) if isinstance(x, Value)]
    return _trace(result, capture, names, capture.parameters(caller), arguments)


def _trace(
    result: Value,
    capture: capture_source | None,
    variables: Mapping[Value, str],
    parameters: Container[Value],
    inputs: Sequence[Value] = (),
) -> Trace:
    order = _inputs_first(topological_order(result), inputs)
    index = {value: i for i, value in enumerate(order)}
    names = names_of(order, variables)
    source, lines = _source(order, names, capture)
    rows = _rows(order)
    written: dict[Any, _Written] = {}
    nodes, steps = both_passes(
        [
            Given(
                name=names[value],
                label="" if value.label is None else str(value.label),
                op=value.op.name if value.op else "",
                symbol=operation_of(value) if value.op else "",
                groups=groups_of(value.op, len(value.operands)) if value.op else (),
                operands=tuple([index[x] if isinstance(x, Value) else float(x) for x in value.operands]),
                slopes=_slopes(value),
                data=value.data,
                group=capture.group_of(value) if capture else "",
                line=lines.get(value),
                is_parameter=value.is_leaf and value.requires_grad and value in parameters,
                **_formulas_as_text(value, written),
            )
            for value in order
        ]
    )
    _check_current(nodes, rows)
    return Trace(nodes, steps, source, rows=rows)


class _Written(TypedDict):
    """The formulas of the nodes of one kind as text, with places for names."""

    forward: str
    partials: tuple[str | None, ...]


def _formulas_as_text(value: Value, written: dict[Any, _Written]) -> _Written:
    if value.is_leaf:
        return {"forward": "", "partials": ()}
    row = row_of(value)
    constants = _constants(value.operands)
    key = row, str(constants)
    if key not in written:
        forward, rules = expressions(row, constants)
        partials = tuple(None if rule is None else template(rule) for rule in rules)
        written[key] = {"forward": template(forward), "partials": partials}
    return written[key]


def _slopes(value: Value) -> tuple[float | None, ...]:
    """The local derivatives of a node; None where nothing flows."""
    return tuple([None if x is None or isinstance(x, NoFlow) else float(x) for x in value.local_derivatives])


def _constants(operands: Sequence[Any]) -> list[float | None]:
    """The operands that are constants, None for those that are nodes."""
    return [x if isinstance(x, float) else None for x in operands]


def _rows(order: Sequence[Value]) -> dict[str, Op]:
    """The operations of a graph by name. One that was replaced under its name cannot be told from its successor."""
    rows: dict[str, Op] = {}
    for value in order:
        if value.op and rows.setdefault(value.op.name, value.op) is not value.op:
            raise ValueError(
                f"the graph has results of two operations called {value.op.name!r}, one of which has replaced the "
                "other; compute all of it again, then step through it"
            )
    return rows


def _inputs_first(order: list[Value], inputs: Sequence[Value]) -> list[Value]:
    """The nodes with the leaves among the inputs in front, as the function takes them: still operands first."""
    used = set(order)
    first = dict.fromkeys(x for x in inputs if x in used and x.is_leaf)
    return [*first, *(value for value in order if value not in first)]


def _check_current(nodes: Sequence[Node], rows: Mapping[str, Op]) -> None:
    """An error if data have changed since the forward pass: the numbers of a trace would not fit together."""
    data = [node.data for node in nodes]
    for node in nodes:
        # A rule that does not run on symbols may give another number each time, such as a random one.
        if not node.op or not is_symbolic(rows[node.op]):
            continue
        now = computed(node, data, rows)
        if now != node.data and not (now != now and node.data != node.data):
            raise RuntimeError(
                f"{node.name} = {node.expression} was computed as {format_number(node.data)}, but its operands have "
                f"changed since, and give {format_number(now)} now; compute the result again, then step through it"
            )


def _source(
    order: Sequence[Value], names: Mapping[Value, str], capture: capture_source | None
) -> tuple[Source | None, dict[Value, int]]:
    """The captured program, and the number of the line in it that made each node."""
    if capture is None:
        return None, {}
    made = {value: line for value in order if (line := capture.line_of(value))}
    found = source_of(made.values())
    if found is None:
        return None, {}
    source, filename = found
    shown = range(source.first, source.first + len(source.lines))
    lines = {value: line.number for value, line in made.items() if line.filename == filename and line.number in shown}
    of_leaves = lines_of_leaves(source, [names[value] for value in order if value.is_leaf])
    lines.update({value: of_leaves[names[value]] for value in order if value.is_leaf and names[value] in of_leaves})
    return source, lines
