"""`Engine`: a class that records operations and goes backward, run on programs beside this library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from autograd.core.engine import Value
from autograd.symbols import format_number
from autograd.trace.trace import step_through
from stepgrad.learn import answers, mistakes, programs
from stepgrad.learn.exercise import Exercise
from stepgrad.learn.running import call, run
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import say, say_first


class _Case(NamedTuple):
    program: programs.Program
    result: float
    right: dict[str, float]
    wrong: dict[str, dict[str, float]]


@dataclass(kw_only=True)
class Engine(Exercise):
    """The answer is a class: ``Value(number)`` with ``+``, ``*``, ``tanh()``, ``backward()``, ``data`` and ``grad``.

    A mistake is named if it alone gives all of the learner's numbers.

    >>> exercise = Engine()
    >>> exercise.check(Value).right
    True
    >>> exercise.check(float).message
    'float(3) has no tanh: which method of your class is still missing?'
    """

    def verdict(self, answer: Any, inputs: Mapping[str, float]) -> Verdict:
        """What is said of an answer."""
        kind = answers.function(answer, self.wanted("Value"))
        self._check_methods(kind)
        results = []
        for case in _cases():
            what = say("running.program", program=case.program)
            data, gradients = run(_run, kind, case.program, named=what)
            results.append((case, answers.number(data, "data"), _read(gradients)))
        for case, data, _ in results:
            if not _same(data, case.result):
                numbers = {"yours": format_number(data), "right": format_number(case.result)}
                return self.wrong("value_of_program", _evidence(case, "data", **numbers))
        wrong = [(case, yours) for case, _, yours in results if not _all_same(yours, case.right)]
        if wrong:
            case, yours = wrong[0]
            name = next(name for name in case.right if not _same(yours[name], case.right[name]))
            numbers = {"yours": format_number(yours[name]), "right": format_number(case.right[name])}
            found = [code for code in case.wrong if all(_all_same(mine, c.wrong[code]) for c, _, mine in results)]
            evidence = _evidence(case, f"{name}.grad", **numbers)
            return self.wrong(
                found or "unknown_engine",
                evidence,
                count=len(wrong),
                of=len(results),
                name=name,
                kept=f"v{len(case.program.steps)}",
            )
        kept, before = _twice(kind)
        if kept != before:
            return self.wrong("left_over", before=format_number(before), after=format_number(kept))
        equal = sum(yours == case.right for case, _, yours in results)
        return self.right(count=len(results), equal=equal)

    def answer_text(self, inputs: Mapping[str, float]) -> str:
        """The answer, as a text."""
        return say("hint.answer", answer=say_first(f"{self.id}.answer", "autograd/core/engine.py"))

    def _check_methods(self, kind: Any) -> None:
        value = run(kind, 3.0)
        for name in ("tanh", "backward", "data", "grad", "__add__", "__mul__"):
            if not hasattr(value, name):
                raise answers.AnswerError("no_method", value=call(kind, (3.0,)), name=name)


def _run(kind: Any, program: programs.Program) -> tuple[Any, dict[str, Any]]:
    leaves = [kind(x) for x in program.inputs]
    result = program(*leaves)
    result.backward()
    return result.data, {name: leaf.grad for name, leaf in zip(programs.LEAVES, leaves, strict=True)}


def _twice(kind: Any) -> tuple[float, float]:
    """The gradient of a leaf, after another graph without it went backward, and before."""

    def run_both() -> tuple[float, float]:
        a, b = kind(3.0), kind(-2.0)
        (a * a).backward()
        before = float(a.grad)
        (b * b).backward()
        return float(a.grad), before

    found: tuple[float, float] = run(run_both, named=say("running.program", program="a*a; b*b"))
    return found


@cache
def _cases() -> Sequence[_Case]:
    made = []
    for program in programs.programs("engine"):
        trace = step_through(program, *map(Value, program.inputs, programs.LEAVES))
        wrong = {
            m.code: {name: m.gradients.get(name, 0.0) for name in programs.LEAVES} for m in mistakes.of_programs(trace)
        }
        right = mistakes.backward(trace)
        of_leaves = {name: right.get(name, 0.0) for name in programs.LEAVES}
        made.append(_Case(program, trace.nodes[-1].data, of_leaves, wrong))
    # A search that would take too long with some program is no explanation for the others.
    known = set.intersection(*(set(case.wrong) for case in made))
    return [case._replace(wrong={code: case.wrong[code] for code in case.wrong if code in known}) for case in made]


def _read(gradients: Mapping[str, Any]) -> dict[str, float]:
    """The gradients as numbers; 0 where there is none yet."""
    return {name: 0.0 if x is None else answers.number(x, f"{name}.grad") for name, x in gradients.items()}


def _same(x: float, y: float) -> bool:
    return math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12)


def _all_same(x: Mapping[str, float], y: Mapping[str, float]) -> bool:
    return all(_same(x[name], y[name]) for name in y)


def _evidence(case: _Case, what: str, yours: str, right: str) -> str:
    inputs = dict(zip(programs.LEAVES, case.program.inputs, strict=True))
    used = {place for _, places in case.program.steps for place in places}
    written = ", ".join(f"{name} = {x:g}" for place, (name, x) in enumerate(inputs.items()) if place in used)
    return say("evidence.program", program=case.program, inputs=written, what=what, yours=yours, right=right)
