"""Find the operation that made the first NaN or infinity, the line of code, and what to do about it.

>>> from autograd import Value
>>> p = Value(0.0, "p")
>>> with detect_anomaly():  # doctest: +ELLIPSIS
...     loss = -p.log()
Traceback (most recent call last):
    ...
autograd.diagnostics.anomaly.AnomalyError: log gave -inf in the forward pass
  computed    log(p = 0)
  made at     File "<doctest autograd.diagnostics.anomaly[2]>", line 2, in <module>: loss = -p.log()
  cause       the logarithm of 0 is -inf
  remedy      keep the argument above 0, as in log(clamp(x, min=1e-12)); a logarithm of softmax is log_softmax, ...
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from autograd.core.engine import Value
from autograd.core.recording import Observer
from autograd.diagnostics import remedies
from autograd.program.frames import Line, is_inside, user_line
from autograd.program.variables import names_in_program
from autograd.symbols import format_number
from autograd.text.names import one_line
from autograd.transforms.linear_map import partials_as_values

_SHOWN = 6  # operands of one operation


class AnomalyError(ArithmeticError):
    """A NaN or an infinity appeared.

    Attributes:
        node: the result whose operation, or whose step of the backward pass, gave the NaN or infinity.
        origin: the node where it first appeared: `node`, an earlier result, or a leaf.
        line: the line of the program that made `node`; None if `node` was made outside the block.
        remedy: what to do about it.
    """

    node: Value
    origin: Value
    line: Line | None
    remedy: str


class detect_anomaly(Observer):  # noqa: N801  (PyTorch's name)
    """A block in which the first NaN or infinity, of the forward or the backward pass, is an `AnomalyError`.

    Put both passes into the block, so that an error of the backward pass can name the line that made the node.
    Every result is checked, also one that `where` does not choose later: its derivative can still be nan. An operand
    that is not finite but whose result is finite, as in ``maximum(x, -inf)``, is no anomaly. The block keeps a line
    for every result and slows programs down, so use it for debugging only. It checks the current thread, and nothing
    inside `no_grad`.

    Args:
        allow_inf: accept an infinity that was put in on purpose, such as a mask of -inf before a softmax: infinite
            results of infinite operands, and infinite gradients that follow from them. A NaN, or an infinity made
            from finite numbers, is still an error.

    Raises:
        AnomalyError: in the operation, or in ``backward()``, which then restores the gradients of the leaves.

    >>> x = Value(2.0)
    >>> with detect_anomaly(allow_inf=True):
    ...     masked = x + float("-inf")
    >>> masked.data
    -inf
    """

    def __init__(self, allow_inf: bool = False) -> None:
        self.allow_inf = allow_inf
        # By id, because a reference would keep every graph alive. An id may be reused, so the float object of the
        # result is kept too and compared by identity.
        self._lines: dict[int, tuple[float, Line | None]] = {}

    def __exit__(self, *exception: object) -> None:
        self._lines.clear()
        super().__exit__(*exception)

    def on_forward(self, node: Value) -> None:
        """Keep the line, and check the number."""
        data = node._data
        line = user_line()
        self._lines[id(node)] = (data, line)
        if not math.isfinite(data) and not (self.allow_inf and math.isinf(data) and _infinite_operands(node)):
            # A rule run on Values, for a second derivative, computes both branches of its `where`. Only its result
            # counts, which was checked as a number in the forward pass.
            if is_inside(partials_as_values):
                return
            raise self._forward_error(node) from None  # hide the ArithmeticError that made `apply` run the rule again

    def on_backward(self, node: Value) -> None:
        """Check the gradients that this step added to."""
        upstream = float(node.grad)
        if not math.isfinite(upstream) and not (self.allow_inf and math.isinf(upstream)):
            raise self._seed_error(node, upstream)
        for operand in node.operands:
            if operand.__class__ is float:
                continue
            grad = float(operand.grad)  # type: ignore[union-attr]
            if not math.isfinite(grad):
                self._look_closer(node, upstream)
                return

    def _look_closer(self, node: Value, upstream: float) -> None:
        locals_: tuple[Any, ...] = node.local_derivatives or (None,) * len(node.operands)
        for operand, local in zip(node.operands, locals_, strict=True):
            if not isinstance(operand, Value) or math.isfinite(operand.grad) or not operand.requires_grad:
                continue
            if self.allow_inf and math.isinf(operand.grad):
                made_here = local is not None and math.isinf(upstream * local) and math.isfinite(upstream)
                if not made_here or _infinite_operands(node):
                    continue
            raise self._backward_error(node, operand, upstream, local)

    # ------------------------------------------------------------------ messages

    def _forward_error(self, node: Value) -> AnomalyError:
        origin, constant = _origin(node)
        names = _names_of(node, origin)
        facts = [("computed", _call(node, names)), ("made at", self._made_at(node))]
        made_of_infinities = self.allow_inf and math.isnan(node.data) and not any(map(math.isnan, _numbers(node)))
        if made_of_infinities:
            origin = node
        if origin is node and (constant is None or made_of_infinities):
            remedy = _forward_remedy(node)
            facts += [("cause", remedy.cause), ("remedy", remedy.advice)]
            what = remedy.advice
        else:
            more, what = self._already_there(origin, constant, origin is node, names)
            facts += more
        title = f"{_title(node, names)} gave {format_number(node.data)} in the forward pass"
        return _error(title, facts, node, origin, what, self._line(node))

    def _already_there(
        self, origin: Value, constant: float | None, is_here: bool, names: Mapping[Value, str]
    ) -> tuple[list[tuple[str, str]], str]:
        """The lines of a message for a NaN or an infinity that was among the operands."""
        if constant is not None:
            number = format_number(constant)
            at = "" if is_here else f" of {_call(origin, names)}"
            cause = f"the constant {number} among the operands{at} was given by the program; the operation passed it on"
        elif origin.is_leaf:
            number = format_number(origin.data)
            cause = f"{_describe(origin, names)} held {number} before anything was computed; the operation passed it on"
        else:
            remedy = _forward_remedy(origin)
            cause = f"it began earlier: {_title(origin, names)} gave {format_number(origin.data)}"
            more = [("cause", cause), ("", _call(origin, names)), ("", self._made_at(origin)), ("", remedy.cause)]
            return [*more, ("remedy", remedy.advice)], remedy.advice
        what = "look at the data that was read, and at earlier updates of parameters"
        if "inf" in number:
            what += "; an infinity on purpose, such as a mask, passes with detect_anomaly(allow_inf=True)"
        return [("cause", cause), ("remedy", what)], what

    def _backward_error(self, node: Value, operand: Value, upstream: float, local: float | None) -> AnomalyError:
        origin: Value = node
        constant = None
        if local is not None and not math.isfinite(local):
            origin, constant = _origin(node)
        names = _names_of(node, origin)
        facts = [("computed", _call(node, names)), ("made at", self._made_at(node))]
        if local is None:
            left = format_number(operand.grad)
            step = f"the rule made by hand left {left} in the gradient of {_describe(operand, names)}"
            remedy = remedies.Remedy(bool, "the chain rule in its _backward", "check that rule")
        else:
            step = (
                f"upstream gradient {format_number(upstream)} * local derivative {format_number(local)} = "
                f"{format_number(upstream * local)}, added to the gradient of {_describe(operand, names)}"
            )
            remedy = _backward_remedy(node, upstream, local)
        facts.append(("step", step))
        if origin is not node or constant is not None:
            more, what = self._already_there(origin, constant, origin is node, names)
            facts += more
        else:
            what = remedy.advice
            facts += [("cause", remedy.cause), ("remedy", what)]
        title = f"the backward pass through {_title(node, names)} gave {format_number(operand.grad)}"
        return _error(title, facts, node, origin, what, self._line(node))

    def _seed_error(self, node: Value, upstream: float) -> AnomalyError:
        what = "check what is passed as backward(gradient=...)"
        names = _names_of(node)
        facts = [
            ("computed", _call(node, names)),
            ("cause", "the pass was given it, no operation made it"),
            ("remedy", what),
        ]
        title = f"the backward pass from {_title(node, names)} starts with a gradient of {format_number(upstream)}"
        return _error(title, facts, node, node, what, self._line(node))

    def _line(self, node: Value) -> Line | None:
        data, line = self._lines.get(id(node), (None, None))
        return line if data is node._data else None

    def _made_at(self, node: Value) -> str:
        line = self._line(node)
        return str(line) if line else "a line outside the block; put the forward pass into it to learn which"


def _error(
    title: str, facts: list[tuple[str, str]], node: Value, origin: Value, remedy: str, line: Line | None
) -> AnomalyError:
    error = AnomalyError("\n".join([title, *(f"  {fact:<10}  {text}" for fact, text in facts)]))
    error.node, error.origin, error.line, error.remedy = node, origin, line, remedy
    return error


def _numbers(node: Value) -> list[float]:
    return [float(x) for x in node.operands]


def _infinite_operands(node: Value) -> bool:
    return any(map(math.isinf, _numbers(node)))


def _origin(node: Value) -> tuple[Value, float | None]:
    """The node where the NaN or infinity of `node` first appeared, and the constant operand that caused it, if any.

    Of several operands that are not finite, follow one of the same kind as the result, NaN or infinity, and with a
    local derivative other than 0.
    """
    while not node.is_leaf:
        slopes: Any = node.local_derivatives or (None,) * len(node.operands)
        bad = [
            (math.isnan(x) != math.isnan(node.data), isinstance(x, Value) and slope == 0, index)
            for index, (x, slope) in enumerate(zip(node.operands, slopes, strict=True))
            if not math.isfinite(x)
        ]
        if not bad:
            break
        culprit = node.operands[min(bad)[-1]]
        if not isinstance(culprit, Value):
            return node, culprit
        node = culprit
    return node, None


def _forward_remedy(node: Value) -> remedies.Remedy:
    numbers = _numbers(node)
    special = None if node.op is None else remedies.advice(node.op.name, remedies.FORWARD, numbers)
    general = remedies.first_that_applies(remedies.ANY_FORWARD, [node.data, *numbers])
    assert general is not None
    return special or general


def _backward_remedy(node: Value, upstream: float, local: float) -> remedies.Remedy:
    special = None
    if node.op is not None and not math.isfinite(local) and upstream != 0:
        special = remedies.advice(node.op.name, remedies.BACKWARD, _numbers(node))
    general = remedies.first_that_applies(remedies.ANY_STEP, (upstream, local))
    assert general is not None
    return special or general


def _names_of(*nodes: Value) -> dict[Value, str]:
    """Names for these nodes and their operands: their labels, else what the program calls them."""
    near = {x for node in nodes for x in (node, *node.operands) if isinstance(x, Value)}
    return {**names_in_program(x for x in near if not x.label), **{x: x.label for x in near if x.label}}


def _title(node: Value, names: Mapping[Value, str]) -> str:
    operation = node.op.name if node.op else node._op or "an operation made by hand"
    return f"{operation} (the node {one_line(names[node])!r})" if node in names else operation


def _describe(operand: Value, names: Mapping[Value, str]) -> str:
    kind = "leaf" if operand.is_leaf else f"result of {operand.op.name if operand.op else operand._op}"
    return f"the {kind} {one_line(names[operand])!r}" if operand in names else f"the unlabelled {kind}"


def _call(node: Value, names: Mapping[Value, str]) -> str:
    """The operation on its operands as numbers; of many operands the first, or those that are not finite."""
    operands = list(enumerate(node.operands))
    shown = operands
    if len(operands) > _SHOWN:
        shown = ([(i, x) for i, x in operands if not math.isfinite(x)] or operands)[:_SHOWN]
    texts = []
    for index, operand in shown:
        label = one_line(names.get(operand)) if isinstance(operand, Value) else ""
        if not label and len(shown) < len(operands):
            label = f"operand {index + 1}"
        texts.append(f"{label} = {format_number(operand, 6)}" if label else format_number(operand, 6))  # type: ignore[arg-type]
    if len(shown) < len(operands):
        texts.append(f"and {len(operands) - len(shown)} more")
    name = node.op.name if node.op else node._op
    return f"{name}({', '.join(texts)})"
