"""Exercises of one's own with odd options, and answers of odd kinds: nothing escapes, nothing wrong is right."""

from __future__ import annotations

import functools
import math
import signal
import sys
import threading
import time

import pytest

from stepgrad.learn import (
    AnswerError,
    Choice,
    Experiment,
    Function,
    Gradients,
    Number,
    Rule,
    add,
    check,
    exercises,
    hint,
    inputs,
    reveal,
)
from stepgrad.learn.checking import forget
from stepgrad.learn.running import run


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    forget()


def test_an_input_that_is_not_used_has_the_gradient_0():
    def first(x, unused):
        return x * x

    exercise = Gradients(function=first, inputs={"x": 3.0, "unused": 1.0})
    assert exercise.check({"x": 6, "unused": 0})
    assert not exercise.check({"x": 6, "unused": 777})


def test_inputs_have_the_names_of_the_exercise_whatever_the_function_calls_them():
    exercise = Gradients(function=lambda v: v * v, inputs={"x": 3.0})
    assert exercise.check({"x": 6}) and not exercise.check({"x": 777})
    assert "x = 6" in exercise.hints(exercise.inputs)[2]
    assert exercise.inputs_for(1) != exercise.inputs


def test_a_derivative_is_looked_at_in_any_domain():
    assert not Rule(value=lambda x: x * x, domain=(10, 20)).check(lambda x: 777)
    assert Rule(value=lambda x: x * x, domain=(10, 20)).check(lambda x: 2 * x)
    assert Rule(value=abs, domain=(-3, 3), kinks=(0.0,)).check(lambda x: math.copysign(1, x))


def test_a_mistake_cannot_be_called_right():
    with pytest.raises(ValueError, match="called 'right'"):
        Number(reference=lambda: 1.0, mistakes={"right": lambda: 2.0}).check(2)


def test_a_mistake_that_cannot_be_computed_is_nobodys():
    exercise = Number(
        reference=lambda p: p * p,
        mistakes={"The log?": lambda p: math.log(p), "Half?": lambda p: 1 / 0},
        inputs={"p": -2.0},
    )
    assert exercise.check(4) and exercise.check(3).code == "unknown"
    logarithm = Number(reference=lambda p: math.log(p), mistakes={"Not the log?": lambda p: p}, inputs={"p": 2.0})
    assert all(logarithm.inputs_for(seed)["p"] > 0 for seed in range(10))


@pytest.mark.parametrize("code", ["sign", "order", "value", "swapped", "rounded", "unknown", "part", "assign"])
def test_a_short_code_of_ones_own_is_said_as_it_is(code):
    exercise = Number(reference=lambda: 2.0, mistakes={code: lambda: 3.0})
    assert exercise.check(3).code == code and exercise.check(3).message


def test_hints_begin_anew_with_a_new_exercise_of_the_same_name():
    for number in (2.0, 3.0):
        add("quiz.1", Number(reference=lambda x=number: x, rule="Think.", numbers="It is {a}.", inputs={"a": number}))
        assert [hint("quiz.1").text for _ in range(2)] == ["Think.", f"It is {number:g}."]
        assert hint("quiz.1").text == f"The answer: {number:g}"


def test_an_exercise_of_a_lesson_is_not_replaced():
    with pytest.raises(ValueError, match=r"03\.1 is an exercise of a lesson"):
        add("03.1", Number(reference=lambda: 1.0))
    add(7, Number(reference=lambda: 1.0))
    assert check(7, 1) and check("7", 1) and "7" in exercises()


@pytest.mark.parametrize("seed", [-3, 10**20, 7])
def test_any_whole_number_is_a_seed(seed):
    assert inputs("03.2", seed=seed) == inputs("03.2", seed=seed)


@pytest.mark.parametrize("seed", ["7", 1.5, [], math.nan])
def test_nothing_else_is(seed):
    for ask in (inputs, hint):
        with pytest.raises((TypeError, ValueError), match="seed must be a whole number"):
            ask("03.2", seed=seed)


def test_arrays_are_lists_and_what_holds_itself_is_none():
    numpy = pytest.importorskip("numpy")
    exercise = Function(
        reference=lambda x: [x, 2 * x],
        cases=lambda generator, size: (float(size),),
        mistakes={"Half?": lambda x: [x, x]},
    )
    assert (
        exercise.check(lambda x: numpy.array([x, 2 * x])) and exercise.check(lambda x: numpy.float64(x)).right is False
    )
    assert exercise.check(lambda x: numpy.array([x, x])).message == "Half?"

    assert not exercise.check(lambda x: [str(x), str(2 * x)]), "texts are no numbers"

    def endless(x):
        items = [x]
        items.append(items)
        return items

    assert exercise.check(endless).right is False


@pytest.mark.parametrize(
    ("guess", "answer", "right"),
    [
        ("50%", "50%", True),
        ("w" * 100, "w" * 100, True),
        (3, [1, 2], False),
        (3, None, False),
        (10**400, 3.0, False),
        ("−+", "-+", True),
    ],
    ids=["percent", "long", "list", "none", "huge", "minus"],
)
def test_any_guess_may_be_compared_with_anything(guess, answer, right):
    assert reveal(guess, answer).right is right


def test_conditions_may_be_any_callables_and_references_too():
    exercise = Experiment(
        perform=lambda x: {"x": x},
        conditions={"{x} is not enough.": functools.partial(lambda least, x: x > least, 3)},
        example=lambda: 4,
    )
    assert exercise.check(4) and exercise.check(2).message == "2 is not enough."
    assert Choice(reference=lambda: 1, reasons={"1": "Yes.", "2": "No."}).check("1")
    assert "sorted" in Function(reference=sorted, cases=lambda generator, size: ([1],)).hints({})[2]
    add("quiz.2", Number(reference=lambda **numbers: sum(numbers.values()), inputs={"a": 1.0, "b": 2.0}))
    assert check("quiz.2", 3)
    assert str(AnswerError("Only even numbers, please.")) == "Only even numbers, please."


@pytest.mark.native
def test_a_loop_on_one_line_ends_in_another_thread_and_prints_stay_whose_they_are(capsys):
    found = []
    source = "def loop(x):\n    while True: pass"
    names = {}
    exec(compile(source, "<learner>", "exec"), names)

    def call():
        try:
            run(names["loop"], 1, seconds=0.3)
        except AnswerError as error:
            found.append(error.code)

    before = sys.stdout
    threads = [threading.Thread(target=call, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    print("meanwhile")
    for thread in threads:
        thread.join(20)
    assert found == ["endless", "endless"] and sys.stdout is before
    assert capsys.readouterr().out == "meanwhile\n"


@pytest.mark.native
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer that sends a signal")
def test_an_alarm_of_the_calling_program_is_not_late():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(time.monotonic()))
    try:
        start = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 0.4)
        run(lambda: time.sleep(0.3) or 1)
        left = signal.getitimer(signal.ITIMER_REAL)[0]
        assert left <= 0.4 - 0.3 + 0.05 or rung
        assert time.monotonic() - start >= 0.3
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
