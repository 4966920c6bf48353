"""Kinds of exercises that the lessons use later, as a teacher would use them."""

from __future__ import annotations

import math

import pytest

import nn
from autograd import Op
from stepgrad.learn import Choice, Experiment, Function, Number, Order, Rule, Trained, add, check, exercises, reveal
from stepgrad.learn.checking import _added


@pytest.fixture(autouse=True)
def nothing_added():
    yield
    _added.clear()


# ---------------------------------------------------------------------- rules


def softsign_op(partial):
    return Op("my_softsign", lambda x: x / (1 + abs(x)), [lambda out, x: partial(x)], domain=[(-3, 3)])


SOFTSIGN = Rule(
    value=lambda x: x / (1 + abs(x)),
    domain=(-3, 3),
    mistakes={"The square in the denominator?": lambda x: 1 / (1 + abs(x))},
)


def test_a_right_derivative_is_right_as_a_function_and_as_an_operation():
    pytest.importorskip("hypothesis", reason="check_op draws its examples with it")
    assert SOFTSIGN.check(lambda x: 1 / (1 + abs(x)) ** 2)
    assert SOFTSIGN.check(softsign_op(lambda x: 1 / (1 + abs(x)) ** 2))


def test_a_wrong_derivative_is_shown_at_the_simplest_point():
    verdict = SOFTSIGN.check(lambda x: 1 / (1 + x) ** 2 if x != -1 else 0.0)
    assert verdict.code == "unknown_rule" and verdict.evidence.startswith("at x = -1 yours is 0")
    assert SOFTSIGN.check(lambda x: 1 / (1 + abs(x))).message == "The square in the denominator?"


def test_an_operation_that_computes_something_else_is_told_so():
    twice = Op("my_twice", lambda x: 2 * x, [lambda out, x: 2.0], domain=[(-3, 3)])
    assert SOFTSIGN.check(twice).code == "other_function"
    product = Op("my_product", lambda x, y: x * y, [lambda out, x, y: y, lambda out, x, y: x], domain=[(-1, 1)] * 2)
    assert SOFTSIGN.check(product).code == "arity"


def test_a_row_with_a_mistake_between_the_simple_points_is_found_by_check_op():
    pytest.importorskip("hypothesis", reason="check_op draws its examples with it")
    row = softsign_op(lambda x: 1 / (1 + abs(x)) ** 2 if not 1.05 < x < 1.45 else 0.0)
    verdict = SOFTSIGN.check(row)
    assert verdict.code == "operation" and "my_softsign at (x=1." in verdict.evidence


@pytest.mark.parametrize(
    "answer", [0, "x", None, math.sin], ids=["number", "text", "none", "a function of the library"]
)
def test_any_other_answer_to_a_rule_is_a_sentence(answer):
    assert SOFTSIGN.check(answer).right is False


# ---------------------------------------------------------------------- models


def test_a_model_is_told_what_it_beats():
    data = nn.data.make_moons(60, noise=0.1, random_state=0)

    def accuracy(model):
        return sum(round(model(x)) == y for x, y in zip(*data, strict=True)) / 60

    exercise = Trained(
        measure=accuracy,
        baselines={"always 0": lambda: 0.5, "a line": lambda: 0.8, "the network of the lesson": lambda: 0.95},
    )
    assert exercise.check(lambda x: 1).code == "a line"
    by_height = exercise.check(lambda x: 1 if x[1] < 0.25 else 0)
    assert by_height.code == "the network of the lesson" and "beats 2 of 3" in by_height.message
    assert exercise.check(lambda x: 1 if (x[1] < 0.5 - 0.5 * x[0] if x[0] < 1 else x[1] < 0.5 * (x[0] - 1)) else 0).code
    assert exercise.check("a model").right is False
    assert exercise.check(lambda x: "one").right is False


# ---------------------------------------------------------------------- choices and orders


def test_one_of_several_answers():
    exercise = Choice(reference=lambda: "1", reasons={"0": "Zero is not it.", "1": "One it is.", "Both": "Not both."})
    assert exercise.check(1) and exercise.check(" 1 ") and exercise.check("1").message == "Right. One it is."
    assert exercise.check("both").message == "Not both." and exercise.check(0).message == "Zero is not it."
    assert exercise.check("2").code == "no_choice" and exercise.check([]).right is False


def test_several_of_several_answers():
    exercise = Choice(reference=lambda: {"a", "c"}, reasons={"a": "A.", "b": "Is b one?", "c": "C."})
    assert exercise.check({"a", "c"}) and exercise.check(["C", "A"]) and exercise.check("a, c") and exercise.check("ca")
    assert exercise.check(["a", "b"]).message == "b: Is b one?"
    assert exercise.check("a").code == "some_missing" and exercise.check(3).right is False


def test_an_order_of_nodes_themselves():
    def chain(x):
        y = x * x
        z = y * x
        return z  # noqa: RET504

    from autograd import step_through

    exercise = Order(function=chain, inputs={"x": 2.0})
    assert exercise.check([step.node for step in step_through(chain, 2.0)][::2]).right
    assert exercise.check(["x"]).code == "order_leaf" and exercise.check("z z").code == "order_repeated"


# ---------------------------------------------------------------------- a teacher's own


def test_an_exercise_of_ones_own_takes_a_few_lines():
    add(
        "quiz.1",
        Number(
            reference=lambda x: 3 * x**2,
            mistakes={"Where is the 3?": lambda x: x**2, "One power less?": lambda x: 3 * x**3},
            inputs={"x": 2.0},
        ),
    )
    assert check("quiz.1", 12) and check("quiz.1", 4).message == "Where is the 3?"
    assert list(exercises())[-1] == "quiz.1"
    varied = exercises()["quiz.1"].inputs_for(7)["x"]
    assert varied != 2 and check("quiz.1", 3 * varied**2, seed=7)


@pytest.mark.parametrize("exercise", [3, None, Number, lambda: 1], ids=["number", "none", "class", "function"])
def test_only_exercises_are_added(exercise):
    with pytest.raises(TypeError, match="add takes an exercise"):
        add("quiz.2", exercise)


def test_an_unknown_name_is_told_near_ones():
    with pytest.raises(ValueError, match=r"there is no exercise '03.9'; near it are 03\."):
        check("03.9", 1)
    with pytest.raises(ValueError, match="has no numbers to vary"):
        check("04.4", 1, seed=3)


def test_arguments_are_the_learners_to_change():
    exercise = Function(reference=sorted, cases=lambda generator, size: ([generator.random() for _ in range(size)],))

    def in_place(numbers):
        numbers.sort()
        return numbers

    assert exercise.check(in_place)


def test_an_experiment_that_raises_is_a_sentence():
    exercise = Experiment(perform=lambda x: {"y": 1 / x}, conditions={"No.": lambda y: y > 1}, example=lambda: 0.5)
    assert exercise.check(0.5) and exercise.check(2).message == "No."
    assert "ZeroDivisionError" in exercise.check(0).message


@pytest.mark.parametrize(
    ("guess", "answer", "right"),
    [
        (3, 3.0, True),
        ("3", 3.0, True),
        (3.001, 3.0, True),
        (4, 3, False),
        ("W2", "w2", True),
        ("yes no", "yes no", True),
        ([], 3.0, False),
    ],
)
def test_a_guess_is_compared(guess, answer, right):
    assert reveal(guess, answer).right is right
