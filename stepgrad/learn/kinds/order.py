"""`Order`: the order in which nodes pass their gradients on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.symbols import format_number
from autograd.trace.record import Node
from autograd.trace.trace import Trace, step_through
from stepgrad.learn import answers, mistakes
from stepgrad.learn.exercise import Exercise
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import say


@dataclass(kw_only=True)
class Order(Exercise):
    """The answer is a list of the names of all results, each after all of its consumers.

    >>> def diamond(a):
    ...     b = a * a
    ...     c = b + a
    ...     d = b * c
    ...     return d
    >>> exercise = Order(function=diamond, inputs={"a": 2.0})
    >>> exercise.check(["d", "b", "c"])
    ✗ b has its turn before c, but c is a consumer of b. What has not arrived at b by then?
      when b passes its gradient on, it has 6 of 10
    >>> exercise.check("d c b".split()).right
    True
    """

    function: Callable[..., Any]

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        trace = step_through(self.function, *inputs.values())
        results = [node for node in trace.nodes if not node.is_leaf]
        names = [node.name for node in results]
        text = _split(answer, names) if isinstance(answer, str) else answer
        order = [str(getattr(item, "name", item)) for item in answers.listed(text, None, ", ".join(names))]
        if Ellipsis in (text if isinstance(text, list | tuple) else ()):
            raise answers.AnswerError("unanswered")
        for name in order:
            if name not in names:
                is_leaf = name in {node.name for node in trace.nodes}
                return self.wrong("order_leaf" if is_leaf else "order_unknown", name=answers.shown(name))
            if order.count(name) > 1:
                return self.wrong("order_repeated", name=name)
        if missing := [name for name in names if name not in order]:
            return self.wrong("order_missing", name=missing[0], count=len(missing))
        turns = {name: turn for turn, name in enumerate(order)}
        for name in order:
            late = [node for node in _consumers(trace, name) if turns[node.name] > turns[name]]
            if late:
                code = "order_forward" if order == names and len(names) > 2 else "order"
                return self.wrong(code, _arrived(trace, order, name), name=name, consumer=late[0].name)
        return self.right(count=len(order))

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        trace = step_through(self.function, *inputs.values())
        names = list(dict.fromkeys(step.node.name for step in trace))
        return say("hint.answer", answer=", ".join(names))


def _split(text: str, names: Sequence[str]) -> list[str]:
    """The names in a text, also in one without anything between them."""
    words = text.replace(",", " ").split()
    return list(words[0]) if len(words) == 1 and words[0] not in names and set(words[0]) <= set(names) else words


def _consumers(trace: Trace, name: str) -> list[Node]:
    return [step.node for step in trace if step.operand.name == name]


def _arrived(trace: Trace, order: Sequence[str], name: str) -> str:
    """How much of its gradient a node has when it passes it on in an order that is wrong."""
    before = order[: order.index(name)]
    steps = [step for turn in before for step in trace if step.node.name == turn]
    so_far = mistakes.backward(trace, order=steps)[name]
    right = mistakes.backward(trace)[name]
    some, everything = format_number(so_far), format_number(right)
    if some == everything:
        some, everything = f"{so_far:.10g}", f"{right:.10g}"
    return say("evidence.arrived", name=name, some=some, all=everything)
