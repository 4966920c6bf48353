"""Each mistake that an exercise knows is told from the others, and from what is right."""

from __future__ import annotations

import pytest

from stepgrad.learn import answers, check, exercises, inputs, mistakes
from stepgrad.learn.kinds import Contributions, Function, Functions, Gradients, Number
from stepgrad.learn.mistakes import without_shadows

EXERCISES = exercises()
VARIED = [name for name, exercise in EXERCISES.items() if exercise.inputs]


def of_kind(kind):
    return [name for name, exercise in EXERCISES.items() if isinstance(exercise, kind)]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_numbers_of_an_exercise_tell_its_mistakes_apart(name):
    exercise = EXERCISES[name]
    assert exercise.confused(exercise.inputs) == set()


@pytest.mark.parametrize("name", VARIED)
def test_so_do_those_of_its_variants_which_differ(name):
    variants = [EXERCISES[name].inputs_for(seed) for seed in range(10)]
    assert all(EXERCISES[name].confused(variant) == set() for variant in variants)
    assert len({tuple(variant.values()) for variant in variants}) >= 3
    assert variants == [EXERCISES[name].inputs_for(seed) for seed in range(10)]


def test_what_confuses_numbers_is_noticed():
    """x*x and 2x are the same at 2, and only there."""
    exercise = Number(reference=lambda x: x * x, mistakes={"double": lambda x: 2 * x}, inputs={"x": 2.0})
    assert exercise.confused({"x": 2.0}) == {("", "double", "right")}
    assert exercise.confused({"x": 3.0}) == set()


def test_a_mistake_that_is_always_right_is_noticed():
    exercise = Number(reference=lambda x: x + x, mistakes={"double": lambda x: 2 * x}, inputs={"x": 3.0})
    assert exercise.confused(exercise.inputs) == {("", "double", "right")}


@pytest.mark.parametrize(
    ("name", "code"), [(name, code) for name in of_kind(Number) for code in EXERCISES[name].mistakes]
)
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_a_number_that_a_mistake_gives_is_called_by_it(name, code, seed):
    exercise, numbers = EXERCISES[name], inputs(name, seed=seed)
    made = exercise._computed(exercise.mistakes[code], numbers)
    verdict = check(name, made if exercise.parts else made[0], seed=seed)
    assert not verdict and code in verdict.code.split("+")


@pytest.mark.parametrize("name", of_kind(Gradients))
@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_gradients_of_a_backward_pass_with_a_mistake_are_called_by_it(name, seed):
    numbers = inputs(name, seed=seed)
    trace = EXERCISES[name].trace(numbers)
    right = mistakes.backward(trace)
    told = 0
    for mistake in mistakes.by_hand(trace):
        given = {name: mistake.gradients[name] for name in numbers}
        verdict = check(name, given, seed=seed)
        same = [m for m in mistakes.by_hand(trace) if all(m.gradients[x] == given[x] for x in numbers)]
        if all(given[x] == right[x] for x in numbers):
            assert verdict
        else:
            codes = {m.code for m in without_shadows(same)} | set(EXERCISES[name].instead) | {"permuted"}
            assert not verdict and set(verdict.code.split("+")) <= codes
            told += 1
    assert told >= 8


@pytest.mark.parametrize("name", of_kind(Gradients))
def test_the_gradients_of_another_function_are_called_by_its_code(name):
    exercise = EXERCISES[name]
    for code, gradients in exercise._gradients_instead(exercise.inputs).items():
        assert check(name, {x: gradients[x] for x in exercise.inputs}).code == code


@pytest.mark.parametrize("name", of_kind(Contributions))
@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_contributions_of_a_backward_pass_with_a_mistake_are_called_by_it(name, seed):
    """As far as the first wrong step; what follows from it is not looked at."""
    trace = EXERCISES[name].trace(inputs(name, seed=seed))
    told = set()
    for mistake in mistakes.by_hand(trace):
        given = [mistake.contributions.get(step.number, 0.0) for step in trace.steps]
        wrong = [s for s, x in zip(trace.steps, given, strict=True) if not answers.close(x, s.product)]
        if mistake.contributions and wrong:
            verdict = check(name, given, seed=seed)
            possible = EXERCISES[name]._made_at(trace, wrong[0])
            same = [
                m.code
                for m in possible
                if answers.close(m.contributions[wrong[0].number], given[wrong[0].number - 1], 1e-3)
            ]
            assert mistake.code in same and set(verdict.code.split("+")) <= set(same)
            assert f"Step {wrong[0].number} of {len(trace.steps)}" in verdict.message
            told.add(mistake.code)
    assert told >= {"upstream", "local", "added", "edge_sign", "swapped", "assign", "missing", "half", "sign"}


FUNCTIONS = [(name, EXERCISES[name], code) for name in of_kind(Function) for code in EXERCISES[name].mistakes]


@pytest.mark.parametrize(("name", "exercise", "code"), FUNCTIONS, ids=[f"{name}-{code}" for name, _, code in FUNCTIONS])
def test_a_function_with_a_mistake_is_called_by_it(name, exercise, code):
    verdict = check(name, lambda *arguments: exercise.mistakes[code](*arguments))
    assert verdict.code == code and verdict.evidence


PARTS = [
    (name, part, code)
    for name in of_kind(Functions)
    for part, function in EXERCISES[name].parts.items()
    for code in function.mistakes
]


@pytest.mark.parametrize(("name", "part", "code"), PARTS)
def test_so_is_one_of_several_functions(name, part, code):
    parts = EXERCISES[name].parts
    answer = {key: parts[key].reference for key in parts} | {part: parts[part].mistakes[code]}
    verdict = check(name, answer)
    assert verdict.code == code and verdict.message.startswith(f"{part}:")


def test_two_mistakes_that_look_the_same_are_named_together():
    verdict = check("05.2", 0.6 * 0.4 * -1 * 0.1)
    assert verdict.code == "first_only"
    both = Number(
        reference=lambda x: 2 * x,
        mistakes={"One way?": lambda x: x, "Another?": lambda x: 3 * x - 2 * x},
        inputs={"x": 3.0},
    )
    assert both.confused(both.inputs) == set()
    assert "2 mistakes give this" in both.check(3).message
    assert "One way?" in both.check(3).message and "Another?" in both.check(3).message


def test_an_unknown_mistake_is_not_guessed_at():
    verdict = check("00.1", [0.123, 4])
    assert verdict.code == "unknown" and "no mistake that we know" in verdict.message
    assert "a from 4 to 4.001" in verdict.evidence


def test_what_is_nearly_right_is_asked_for_more_digits():
    assert check("05.1", [0.08, 0.1185]).code == "rounded"
    assert check("05.1", [0.0801, 0.1201]).right
