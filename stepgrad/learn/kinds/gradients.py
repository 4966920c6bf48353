"""`Gradients` and `Contributions`: the numbers of a backward pass, by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from autograd.symbols import format_number
from autograd.trace.record import Step
from autograd.trace.trace import Trace, step_through
from stepgrad.learn import answers, mistakes
from stepgrad.learn.exercise import Exercise, Outcomes, listing, wrong
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import say


@lru_cache(maxsize=64)
def _traced(function: Callable[..., Any], numbers: tuple[float, ...]) -> Trace:
    return step_through(function, *numbers)


@dataclass(kw_only=True)
class _OfATrace(Exercise):
    function: Callable[..., Any]
    tries_all: ClassVar[bool] = True

    def trace(self, inputs: Mapping[str, float]) -> Trace:
        """Both passes of the function."""
        return _traced(self.function, tuple(inputs.values()))


@dataclass(kw_only=True)
class Gradients(_OfATrace):
    """The answer is the gradients of nodes: a dict by their names, or a list in the order of `of`.

    Attributes:
        function: of the inputs, in their order.
        of: the names of the nodes; all inputs unless given.

    >>> def square(x):
    ...     y = x * x
    ...     return y
    >>> exercise = Gradients(function=square, inputs={"x": 3.0})
    >>> exercise.check([6]).right
    True
    """

    of: Sequence[str] = ()

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        trace, names = self.trace(inputs), self._names(inputs)
        given = dict(zip(names, answers.numbers(answer, names), strict=True))
        right = mistakes.backward(trace)
        # Those nearest to the result first: what is wrong there is carried on to the others.
        order = [node.name for node in reversed(trace.nodes) if node.name in given]
        first = next((name for name in order if not answers.close(given[name], right[name])), None)
        if first is None:
            return self.right()
        result = trace.nodes[-1].name
        made = [m for m in mistakes.by_hand(trace) if self._is_all_of(m, given, right)]
        whole = mistakes.without_shadows(made)[:3]
        if whole and len(names) > 1:
            return wrong([(m.code, m.sentence(first, result)) for m in whole], look=self.look())
        prefix = say("wrong.gradient", name=first) if len(names) > 1 else ""
        found = mistakes.found(trace, first, given[first])
        if found:
            return wrong([(m.code, m.sentence(first, result)) for m in found[:3]], prefix=prefix, look=self.look())
        if answers.close(given[first], right[first], 0.03):
            return self.wrong("rounded", prefix=prefix, answer=format_number(given[first]))
        evidence = _measured(trace, self.function, inputs, first)
        return self.wrong("unknown", evidence, prefix, answer=format_number(given[first]))

    def outcomes(self, inputs: Mapping[str, float]) -> Outcomes:
        """What each mistake gives."""
        trace = self.trace(inputs)
        return {name: _all_outcomes(trace, name) for name in self._names(inputs)}

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        right, names = mistakes.backward(self.trace(inputs)), self._names(inputs)
        return say("hint.answer", answer=listing(names, [right[name] for name in names]))

    def _names(self, inputs: Mapping[str, float]) -> Sequence[str]:
        return self.of or tuple(inputs)

    def _is_all_of(self, mistake: mistakes.Mistake, given: Mapping[str, float], right: Mapping[str, float]) -> bool:
        made = mistake.gradients
        is_other = any(not answers.close(made[name], right[name], 1e-3) for name in given)
        return is_other and all(answers.close(given[name], made[name], 1e-3) for name in given)


@dataclass(kw_only=True)
class Contributions(_OfATrace):
    """The answer is the list of all products of the backward pass, in the order of its steps.

    >>> def square(x):
    ...     y = x * x
    ...     return y
    >>> exercise = Contributions(function=square, inputs={"x": 3.0})
    >>> exercise.check([3, 6]).code
    'both'
    """

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        steps = self.trace(inputs).steps
        names = [f"{step.node.name} → {step.operand.name}" for step in steps]
        given = answers.numbers(answer, names)
        first = next((s for s, x in zip(steps, given, strict=True) if not answers.close(x, s.product)), None)
        if first is None:
            return self.right(count=len(steps))
        x = given[first.number - 1]
        prefix = say("wrong.step", number=first.number, count=len(steps), edge=names[first.number - 1])
        found = [(code, say(f"wrong.{code}", **_names_at(first))) for code in _at_step(steps, first, x)]
        if found:
            return wrong(found[:3], prefix=prefix, look=self.look())
        return self.wrong("unknown", prefix=prefix, answer=format_number(x))

    def outcomes(self, inputs: Mapping[str, float]) -> Outcomes:
        """What each mistake gives."""
        steps = self.trace(inputs).steps
        return {f"step {s.number}": {"right": s.product, **_wrong_products(steps, s)} for s in steps}

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        products = [format_number(step.product) for step in self.trace(inputs).steps]
        return say("hint.answer", answer=", ".join(products))


# ---------------------------------------------------------------------- one contribution


def _wrong_products(steps: Sequence[Step], step: Step) -> dict[str, float]:
    """What a mistake at one step gives for its product."""
    siblings = [s for s in steps if s.node is step.node and s.slot != step.slot]
    wrong = {
        "upstream": step.local,
        "local": step.upstream,
        "added": step.upstream + step.local,
        "edge_sign": -step.product,
        "sum": step.after,
        "value": step.operand.data,
    }
    if step.node.op == "mul" and len(siblings) == 1:
        wrong["swapped"] = step.upstream * siblings[0].local
    if step.contribution > 1:
        wrong["both"] = 2 * step.product
    return wrong


def _at_step(steps: Sequence[Step], step: Step, x: float) -> list[str]:
    found = [code for code, wrong in _wrong_products(steps, step).items() if answers.close(x, wrong, 1e-3)]
    return mistakes.unshadowed(found)


def _names_at(step: Step) -> dict[str, str]:
    node, operand = step.node.name, step.operand.name
    return {"node": node, "operand": operand, "expression": step.node.expression, "name": operand, "result": node}


# ---------------------------------------------------------------------- what mistakes give


def _all_outcomes(trace: Trace, name: str) -> dict[str, float]:
    """What each mistake gives for the gradient of a node, and what is right."""
    made = {"right": mistakes.backward(trace)[name]}
    for mistake in mistakes.by_hand(trace):
        edge = f" {mistake.names['node']} → {mistake.names['operand']}" if mistake.names else ""
        made[f"{mistake.code}{edge}"] = mistake.gradients[name]
    return made


def _measured(trace: Trace, function: Callable[..., Any], inputs: Mapping[str, float], name: str) -> str:
    """What happens to the result when an input grows a little: a measurement that the learner can make, too."""
    if name not in inputs:
        return ""
    result = trace.nodes[-1]
    more = dict(inputs) | {name: inputs[name] + 0.001}
    after = _traced(function, tuple(more.values())).nodes[-1].data
    return say(
        "evidence.measured",
        name=name,
        result=result.name,
        x=f"{inputs[name]:g}",
        more=f"{more[name]:g}",
        before=f"{result.data:.7g}",
        after=f"{after:.7g}",
    )
