"""The tutor's judgment, run by Node: right answers, and each mistake against numbers from rules written by hand."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
from functools import cache
from importlib.resources import files

import pytest
from oracles.graphs import graphs

from autograd import Value, step_through
from autograd.stepper.script import SCRIPTS, programs_as_code
from autograd.trace.as_json import number
from stepgrad.practice_page import PROGRAMS, exercise

node = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(node is None, reason="the script of the page is run by Node, which is not installed"),
    pytest.mark.native,
]

NEEDED = ("numbers.js", "elementary.js", "model.js", "expansion.js", "mistakes.js", "bugs.js", "practice.js")


def in_node(traces, program, *arguments):
    """What a program of the page's functions gives for these traces; it has them as `models`, and `given`."""
    operations = {name: code for trace in traces for name, code in trace.programs.items()}
    operations = f"const programs = {programs_as_code(operations)}"
    assets = files("autograd.stepper").joinpath("assets")
    code = "\n".join(assets.joinpath(name).read_text(encoding="utf-8") for name in NEEDED)
    text = f"""const {{ traces, given }} = JSON.parse(require("fs").readFileSync(0, "utf-8"));
        const models = traces.map((json) => modelOf(json, programs));
        process.stdout.write(JSON.stringify({program}));"""
    done = subprocess.run(
        [node, "-e", f'"use strict";\n{operations};\n{code}\n{text}'],
        input=json.dumps({"traces": [trace.to_json() for trace in traces], "given": arguments}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_the_scripts_that_are_run_here_are_those_of_the_page():
    assert set(NEEDED) <= set(SCRIPTS)


# ---------------------------------------------------------------------- by hand

# Written out: the derivative in terms of the input and the result, and the derivative as a function of the input alone.
RULES = {
    "tanh": (lambda x, out: 1 - out**2, lambda x: 1 / math.cosh(x) ** 2),
    "exp": (lambda x, out: out, lambda x: math.exp(x) if x < 700 else math.inf),
    "sigmoid": (lambda x, out: out * (1 - out), lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
    "relu": (lambda x, out: float(x > 0), lambda x: float(x > 0)),
    "log": (lambda x, out: 1 / x, lambda x: 1 / x),
}


def mistakes_of(step):
    """The numbers that the mistakes at a step lead to, by their names."""
    made, operands = step.node, step.node.operands
    out, x = made.data, step.operand.data
    u, local, product = step.upstream, step.local, step.product
    found = {"sign": -product}
    if step.before != 0:
        found["total"] = step.after
    if abs(u) != 1:
        found["local"] = local
    if abs(local) != 1:
        found["upstream"] = u
    if u * local != 0:
        found["added"] = u + local
    other = operands[(step.slot + len(operands) // 2) % len(operands)]
    if made.op in ("mul", "dot") and other != step.operand.position:
        found["own"] = u * x
    if made.op == "pow" and step.slot == 0:
        found["exponent"] = u * x ** (operands[1] - 1)
        found["output"] = u * operands[1] * out ** (operands[1] - 1)
    if made.op in RULES:
        by_both, by_input = RULES[made.op]
        found["input"] = u * by_both(x, x)
        found["output"] = u * by_input(out)
    return {key: wrong for key, wrong in found.items() if not agree(wrong, product)}


def totals_of(step):
    equal = math.isclose(step.before, step.product)
    found = {"single": step.product} if equal else {"overwritten": step.product, "kept": step.before}
    found["subtracted"] = step.before - step.product
    return {key: wrong for key, wrong in found.items() if not agree(wrong, step.after)}


def agree(guess, truth):
    """Within one percent, or equal as they are shown."""
    if math.inf in (abs(guess), abs(truth)):
        return guess == truth
    return abs(guess - truth) <= 0.01 * abs(truth) or f"{guess + 0:.4g}" == f"{truth + 0:.4g}"


def only(found, wrong):
    """The name of the one mistake that leads to a number, or None."""
    fitting = [key for key, other in found.items() if agree(wrong, other)]
    return fitting[0] if len(fitting) == 1 or fitting[:1] == ["sign"] else None


JUDGE = """given[0].map(([trace, index, question, guess]) => {
    const model = models[trace];
    const task = taskOf(model, model.original, replayed(model, model.original).events[index]);
    const isRight = agrees(decoded(guess), QUESTIONS[question].answer(task));
    return isRight ? "right" : mistakeIn(question, task, decoded(guess));
})"""


def exercises():
    return [exercise(program) for programs in PROGRAMS.values() for program in programs]


KNOWN = {
    # Of a * b at 2 and -3: 1 * -3 for a.
    "sign": (lambda a, b: a * b, 0, "contribution", 3.0),
    "own": (lambda a, b: a * b, 0, "contribution", 2.0),
    "added": (lambda a, b: a * b, 0, "contribution", -2.0),
    "upstream": (lambda a, b: a * b, 0, "contribution", 1.0),
    "local": (lambda a, b: 5 * (a * b), 1, "contribution", -3.0),
    # Of x ** 3 at 2: 12 is right, 4 without the exponent, 192 at 8.
    "exponent": (lambda a, b: a**3, 0, "contribution", 4.0),
    "output": (lambda a, b: a**3, 0, "contribution", 192.0),
    # Of tanh at 2: 1 - 0.9640² is right, 1 - 2² is the input in the rule.
    "input": (lambda a, b: a.tanh(), 0, "contribution", -3.0),
    # a * b + a gives a first 1, then -3.
    "overwritten": (lambda a, b: a * b + a, 2, "total", -3.0),
    "kept": (lambda a, b: a * b + a, 2, "total", 1.0),
    "subtracted": (lambda a, b: a * b + a, 2, "total", 4.0),
    "single": (lambda a, b: a * a, 1, "total", 2.0),
}


@pytest.mark.parametrize("key", KNOWN)
def test_a_mistake_on_known_numbers_is_named(key):
    make, index, question, guess = KNOWN[key]
    trace = step_through(make(Value(2.0, "a"), Value(-3.0, "b")))
    assert in_node([trace], JUDGE, [[0, index, question, guess]]) == [key]


def test_the_total_in_place_of_the_contribution_is_named():
    # L = c * d + c at c = 3, d = 5: c has 1, then gets 5, and has 6.
    c, d = Value(3.0, "c"), Value(5.0, "d")
    trace = step_through(c * d + c)
    index = next(i for i, step in enumerate(trace) if step.operand.name == "c" and step.before == 1)
    asked = [[0, index, "contribution", guess] for guess in (5.0, 6.0, -5.0)]
    # 6 is also 1 + 5, added along the edge: neither is named, as nobody can know which it was.
    assert in_node([trace], JUDGE, asked) == ["right", None, "sign"]
    trace = step_through(c * d + 2 * c)
    index = next(i for i, step in enumerate(trace) if step.operand.name == "c" and step.before == 2)
    assert in_node([trace], JUDGE, [[0, index, "contribution", 7.0]]) == ["total"]


@cache
def all_traces():
    """Those of the tests of pictures and of the page, and the exercises."""
    traces = [step_through(graph) for name, graph in graphs() if "by hand" not in name]
    return [*traces, *exercises()]


def cases_of(traces):
    """Every question of these traces, each with the right answer and the answers of all mistakes."""
    asked, expected = [], []
    for at, trace in enumerate(traces):
        for index, step in enumerate(trace):
            questions = [("contribution", step.product, mistakes_of(step))]
            if step.before != 0:
                questions.append(("total", step.after, totals_of(step)))
            for question, truth, wrong in questions:
                asked.append([at, index, question, number(truth)])
                expected.append("right")
                for guess in wrong.values():
                    asked.append([at, index, question, number(guess)])
                    expected.append(only(wrong, guess))
    return asked, expected


def test_right_answers_are_accepted_and_each_mistake_is_named_if_no_other_gives_its_number():
    traces = all_traces()
    asked, expected = cases_of(traces)
    said = in_node(traces, JUDGE, asked)
    assert {key for key in said if key} == {"right", "total", *KNOWN}
    for case, ours, theirs in zip(asked, expected, said, strict=True):
        assert theirs == ours, (case, [*traces[case[0]]][case[1]])


def test_a_wrong_answer_is_never_accepted_and_one_that_is_rounded_always():
    traces, generator = all_traces(), random.Random(0)
    asked, expected = [], []
    for at, trace in enumerate(traces):
        for index, step in enumerate(trace):
            for question, truth in (("contribution", step.product), ("total", step.after)):
                for spread in (0.005, 0.02, 1.0):
                    guess = truth * (1 + generator.uniform(-spread, spread)) + generator.choice((0, 0, spread - 0.005))
                    asked.append([at, index, question, guess])
                    expected.append(agree(guess, truth))
    assert 0.2 < sum(expected) / len(expected) < 0.8
    assert [key == "right" for key in in_node(traces, JUDGE, asked)] == expected


# ---------------------------------------------------------------------- exercises

DRAW = """models.map((model) => {
    let state = given[0];
    Math.random = () => {
        state = (state * 1103515245 + 12345) % 2147483648;
        return state / 2147483648;
    };
    return [...Array(8)].map(() => [...clearNumbers(model).values()]);
})"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_in_every_exercise_every_mistake_gives_a_number_of_its_own(seed):
    programs = [program for level in PROGRAMS.values() for program in level]
    draws = in_node([exercise(program) for program in programs], DRAW, seed)
    for program, drawn in zip(programs, draws, strict=True):
        assert all(drawn), program  # numbers were found
        assert len(set(map(tuple, drawn))) > 3, program
        for numbers in drawn:
            assert all(x == round(x, 1) for x in numbers)
            trace = exercise(program, numbers)
            for step in trace:
                assert apart([step.product, *mistakes_of(step).values()]), (program, numbers, step)
                if step.before != 0:
                    assert apart([step.after, *totals_of(step).values()]), (program, numbers, step)


def apart(answers):
    return all(not agree(x, y) for i, x in enumerate(answers) for j, y in enumerate(answers) if i != j)


# ---------------------------------------------------------------------- whose turn it is

TURN = """given[0].map(([taken, position]) =>
    turnsAfter(models[0], replayed(models[0], models[0].original), taken)[position])"""


def test_whose_turn_it_is():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    c = a * b
    c.label = "c"
    d = c + a
    d.label = "d"
    trace = step_through(c * d)
    at = {node.name: node.position for node in trace.nodes}
    # v1 = c * d has passed on: d is next; c waits, as d has not.
    asked = [[2, at[name]] for name in ("d", "c", "a", "v1")]
    said = in_node([trace], TURN, asked)
    assert [one["key"] for one in said] == ["next", "waits", "input", "done"]
    assert (said[1]["count"], said[1]["total"]) == (1, 2)
    p, q = a * 2, b * 3
    p.label, q.label = "p", "q"
    trace = step_through(p + q)
    at = {node.name: node.position for node in trace.nodes}
    order = [step.node.name for step in trace]
    other = {"p": "q", "q": "p"}[order[2]]
    said = in_node([trace], TURN, [[2, at[order[2]]], [2, at[other]]])
    assert [one["key"] for one in said] == ["next", "ready"]


# ---------------------------------------------------------------------- secret bugs

BUGS = """models.map((model) => possibleBugs(model, model.original).map((bug) => {
    const replay = planted(model, model.original, bug);
    if (replay.firstWrong < 0) { return null; } /* it does not show, and is passed over */
    const shown = veiled(model, replay);
    return {
        ...bug,
        steps: replay.events.map(({ step, after }) => [step.node, step.operand, step.slot, after]),
        first: replay.events[replay.firstWrong].step.operand,
        verdicts: model.nodes.map(({ position }) => verdictOn(replay, position)),
        said: [shown.bug, shown.firstWrong, shown.right, shown.events.some(({ wrong }) => wrong)],
    };
}).filter((bug) => bug))"""


def wrong_local(bug, trace, step):
    """The local derivative with a bug in the rule of its operation."""
    if (step.node.op, step.slot) != (bug.get("op"), bug.get("slot")):
        return step.local
    x, out, operands = step.operand.data, step.node.data, step.node.operands
    if bug["kind"] == "sign":
        return -step.local
    if bug["kind"] == "own":
        return x
    if bug["kind"] == "exponent":
        return x ** (operands[1] - 1)
    if step.node.op == "pow":
        return operands[1] * out ** (operands[1] - 1)
    by_both, by_input = RULES[step.node.op]
    return by_both(x, x) if bug["kind"] == "input" else by_input(out)


def backward_with(bug, trace, steps):
    """The gradients after each step of a pass with a bug, in the order of `steps`."""
    gradient = [0.0] * len(trace.nodes)
    if bug["kind"] == "leftover":
        gradient = [0.0 if one.op else one.grad for one in trace.nodes]
    gradient[-1] += 1.0
    by_edge = {(step.node.position, step.slot): step for step in trace}
    for giver, receiver, slot in steps:
        product = gradient[giver] * wrong_local(bug, trace, by_edge[giver, slot])
        gradient[receiver] = product if bug["kind"] == "assign" else gradient[receiver] + product
        yield gradient[receiver], gradient


def test_a_secret_bug_does_what_it_is_called_and_shows():
    traces = exercises()
    for trace, bugs in zip(traces, in_node(traces, BUGS), strict=True):
        assert bugs
        for bug in bugs:
            steps = [step[:3] for step in bug["steps"]]
            ours = list(backward_with(bug, trace, steps))
            assert [after for *_, after in bug["steps"]] == pytest.approx([after for after, _ in ours])
            assert sorted(steps) == sorted([s.node.position, s.operand.position, s.slot] for s in trace)
            assert (steps != [[s.node.position, s.operand.position, s.slot] for s in trace]) == (bug["kind"] == "order")
            at_end = ours[-1][1]
            wrong = {one.position for one in trace.nodes if at_end[one.position] != pytest.approx(one.grad)}
            assert bug["first"] in wrong
            firsts = {i for i, verdict in enumerate(bug["verdicts"]) if verdict == "first"}
            assert bug["first"] in firsts and firsts <= wrong
            assert len(firsts) == 1 or bug["kind"] == "leftover"
            assert {i for i, verdict in enumerate(bug["verdicts"]) if verdict != "right"} == wrong
            assert bug["said"] == ["", -1, None, False]


def test_only_bugs_that_show_are_planted():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    (bugs,) = in_node([step_through(a + b)], BUGS)  # one operation, no sum, no product
    assert {bug["kind"] for bug in bugs} == {"leftover", "sign"}
    (bugs,) = in_node([step_through(Value(0.0, "a") * Value(0.0, "b"))], BUGS)
    assert bugs == []


# ---------------------------------------------------------------------- what is typed

TYPED = {
    "3/4": 0.75,
    "−6/4": -1.5,
    "–1.5": -1.5,
    "-1,5": -1.5,
    "1e-3": 1e-3,
    "2.5E+2": 250.0,
    " + 4 ": 4.0,
    ".5": 0.5,
    "5.": 5.0,
    "0,125": 0.125,
    "1234,567": 1234.567,
    "－１．５": -1.5,
    "½": 0.5,
    "∞": math.inf,
    "-inf": -math.inf,
    "1,000": None,
    "12,345.5": None,
    "1,000,000": None,
    "1/2/3": None,
    "two": None,
    "": None,
    "1 2": 12.0,
}


def test_numbers_are_read_as_people_type_them():
    trace = step_through(Value(1.0) * 2)
    read = in_node([trace], "given[0].map((text) => String(typed(text)))", [*TYPED])
    words = {"Infinity": math.inf, "-Infinity": -math.inf, "null": None}
    assert {t: words[x] if x in words else float(x) for t, x in zip(TYPED, read, strict=True)} == TYPED
