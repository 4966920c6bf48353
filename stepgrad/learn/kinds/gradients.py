"""`Gradients` and `Contributions`: the numbers of a backward pass, by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

from autograd.core.engine import Value
from autograd.symbols import format_number
from autograd.trace.record import Step
from autograd.trace.trace import Trace, step_through
from stepgrad.learn import answers, mistakes
from stepgrad.learn.exercise import Exercise, Outcomes, listing, wrong
from stepgrad.learn.mistakes import Mistake
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import say

MOST = 3
"""Mistakes that are named together."""
OF_SUMS = {"assign", "first"}
"""Mistakes whose sentence is about the node that has not got all of its gradient."""


@lru_cache(maxsize=64)
def _traced(function: Callable[..., Any], inputs: tuple[tuple[str, float], ...]) -> Trace:
    """Both passes, with the inputs named as the exercise names them."""
    return step_through(function, *(Value(x, name) for name, x in inputs))


def _gradients(trace: Trace, names: Iterable[str]) -> dict[str, float]:
    """The gradients of these nodes; 0 for an input that the function does not use."""
    found = mistakes.backward(trace)
    return {name: found.get(name, 0.0) for name in {*names, *found}}


@dataclass(kw_only=True)
class _OfATrace(Exercise):
    function: Callable[..., Any]
    tries_all: ClassVar[bool] = True

    def trace(self, inputs: Mapping[str, float]) -> Trace:
        """Both passes of the function."""
        return _traced(self.function, tuple(inputs.items()))

    def _told(self, trace: Trace, made: Sequence[Mistake], name: str, prefix: str = "") -> Verdict:
        """The verdict that names these mistakes, for the gradient of a node."""
        result = trace.nodes[-1].name
        into = [step.node.name for step in trace.steps if step.operand.name == name]
        kept = {"assign": into[-1], "first": into[0]} if into else {}
        said: dict[str, str] = {}  # by the sentence, as two edges may say the same
        for m in mistakes.without_shadows(made)[:MOST]:
            own = say(f"{self.id}.{m.code}")
            general = m.sentence(name, result, kept=kept.get(m.code, ""))
            said.setdefault(general if own == f"{self.id}.{m.code}" else own, m.code)
        return wrong([(code, sentence) for sentence, code in said.items()], prefix=prefix, look=self.look())


@dataclass(kw_only=True)
class Gradients(_OfATrace):
    """The answer is the gradients of nodes: a dict by their names, or a list in the order of `of`.

    Attributes:
        function: of the inputs, in their order.
        of: the names of the nodes; all inputs unless given.
        instead: functions that the learner may have differentiated, by the code or the sentence of the mistake.

    >>> def square(x):
    ...     y = x * x
    ...     return y
    >>> exercise = Gradients(function=square, inputs={"x": 3.0})
    >>> exercise.check([6]).right
    True
    """

    of: Sequence[str] = ()
    instead: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        trace, names = self.trace(inputs), self._names(inputs)
        given = dict(zip(names, answers.numbers(answer, names), strict=True))
        right = _gradients(trace, names)
        # Those nearest to the result first: what is wrong there is carried on to the others.
        order = [node.name for node in reversed(trace.nodes) if node.name in given]
        order += [name for name in names if name not in order]
        first = next((name for name in order if not answers.close(given[name], right[name])), None)
        if first is None:
            return self.right()
        other = self._gradients_instead(inputs)
        if codes := [code for code, made in other.items() if _alike(given, made)]:
            return self.wrong(codes)
        whole = [m for m in mistakes.by_hand(trace) if _alike(given, m.gradients)]
        if whole and len(names) > 1:
            return self._told(trace, whole, first)
        if _is_permuted([given[name] for name in names], [right[name] for name in names]):
            return self.wrong("permuted", names=", ".join(names))
        prefix = say("wrong.gradient", name=first) if len(names) > 1 else ""
        if codes := [
            code for code, made in other.items() if answers.close(given[first], made[first], answers.MISTAKEN)
        ]:
            return self.wrong(codes, prefix=prefix)
        found = mistakes.found(trace, first, given[first]) if first in mistakes.backward(trace) else []
        if found:
            return self._told(trace, found, first, prefix)
        if answers.close(given[first], right[first], 0.03):
            return self.wrong("rounded", prefix=prefix, answer=format_number(given[first]))
        evidence = _measured(trace, self.function, inputs, first)
        return self.wrong("unknown", evidence, prefix, answer=format_number(given[first]))

    def outcomes(self, inputs: Mapping[str, float]) -> Outcomes:
        """What each mistake gives."""
        trace = self.trace(inputs)
        names = self._names(inputs)
        right, other = _gradients(trace, names), self._gradients_instead(inputs)
        made = {_with_its_edge(m): m.gradients for m in mistakes.by_hand(trace)}
        return {
            name: {code: gradients.get(name, 0.0) for code, gradients in {"right": right, **made, **other}.items()}
            for name in names
        }

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        names = self._names(inputs)
        right = _gradients(self.trace(inputs), names)
        return say("hint.answer", answer=listing(names, [right[name] for name in names]))

    def _names(self, inputs: Mapping[str, float]) -> Sequence[str]:
        return self.of or tuple(inputs)

    def _gradients_instead(self, inputs: Mapping[str, float]) -> dict[str, dict[str, float]]:
        names, numbers = self._names(inputs), tuple(inputs.items())
        return {code: _gradients(_traced(function, numbers), names) for code, function in self.instead.items()}


@dataclass(kw_only=True)
class Contributions(_OfATrace):
    """The answer is the list of all products of the backward pass, in the order of its steps.

    >>> def square(x):
    ...     y = x * x
    ...     return y
    >>> exercise = Contributions(function=square, inputs={"x": 3.0})
    >>> exercise.check([3, 6]).code
    'total'
    """

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        trace = self.trace(inputs)
        names = [f"{step.node.name} → {step.operand.name}" for step in trace.steps]
        given = answers.numbers(answer, names)
        pairs = zip(trace.steps, given, strict=True)
        first = next((step for step, x in pairs if not answers.close(x, step.product)), None)
        if first is None:
            return self.right(count=len(names))
        prefix = say("wrong.step", number=first.number, count=len(names), edge=names[first.number - 1])
        possible = self._made_at(trace, first)
        by_number = dict(enumerate(given, start=1))
        found = [
            m
            for m in possible
            if answers.close(m.contributions[first.number], given[first.number - 1], answers.MISTAKEN)
        ]
        whole = [m for m in found if _alike(by_number, m.contributions)]
        made = whole or found
        if made:
            code = mistakes.without_shadows(made)[0].code
            name = first.node.name if code in OF_SUMS else first.operand.name
            return self._told(trace, made, name, prefix)
        return self.wrong("unknown", prefix=prefix, answer=format_number(given[first.number - 1]))

    def outcomes(self, inputs: Mapping[str, float]) -> Outcomes:
        """What each mistake gives."""
        trace = self.trace(inputs)
        return {
            f"step {step.number}": {
                "right": step.product,
                **{_with_its_edge(m): m.contributions[step.number] for m in self._made_at(trace, step)},
            }
            for step in trace.steps
        }

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        products = [format_number(step.product) for step in self.trace(inputs).steps]
        return say("hint.answer", answer=", ".join(products))

    def _made_at(self, trace: Trace, step: Step) -> list[Mistake]:
        """The mistakes with which all is right before this step."""
        before = {s.number: s.product for s in trace.steps[: step.number - 1]}
        passes = [m for m in mistakes.by_hand(trace) if m.contributions and _alike(before, m.contributions)]
        return passes + _of_the_sum(trace, step)


def _of_the_sum(trace: Trace, step: Step) -> list[Mistake]:
    """Numbers that stand near a contribution on the page, and are taken for it."""
    operand = step.operand
    taken = {"value": operand.data}
    if operand.consumers > 1:
        taken |= {"sum": step.after, "total": operand.grad}
    names = {"node": step.node.name, "operand": operand.name, "expression": step.node.expression}
    right = {s.number: s.product for s in trace.steps}
    return [Mistake(code, {}, {**right, step.number: x}, names) for code, x in taken.items()]


def _alike(given: Mapping[Any, float], made: Mapping[Any, float]) -> bool:
    return all(answers.close(x, made.get(key, 0.0), answers.MISTAKEN) for key, x in given.items())


def _is_permuted(given: Sequence[float], right: Sequence[float]) -> bool:
    return all(answers.close(x, y, answers.MISTAKEN) for x, y in zip(sorted(given), sorted(right), strict=True))


def _with_its_edge(mistake: Mistake) -> str:
    return mistake.code + (f" {mistake.names['node']} → {mistake.names['operand']}" if mistake.names else "")


def _measured(trace: Trace, function: Callable[..., Any], inputs: Mapping[str, float], name: str) -> str:
    """What happens to the result when an input grows a little: a measurement that the learner can make, too."""
    if name not in inputs:
        return ""
    result = trace.nodes[-1]
    more = dict(inputs) | {name: inputs[name] + 0.001}
    after = _traced(function, tuple(more.items())).nodes[-1].data
    numbers = {"x": f"{inputs[name]:g}", "more": f"{more[name]:g}"}
    return say(
        "evidence.measured",
        name=name,
        result=result.name,
        before=f"{result.data:.7g}",
        after=f"{after:.7g}",
        **numbers,
    )
