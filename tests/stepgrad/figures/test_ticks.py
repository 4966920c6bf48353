"""Ticks stand where their words say, at round numbers, and do not touch each other."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given, strategies as st
from pictures_read import number_of

from autograd.text.labels import text_width
from stepgrad.figures.axis import Axis

numbers = st.floats(allow_nan=False, allow_infinity=False)
lengths = st.floats(130, 500)


def exact(label):
    return Decimal(label.replace("−", "-"))


@given(numbers, numbers, lengths)
def test_linear_ticks_are_equally_spaced_round_numbers(a, b, length):
    axis = Axis.around([a, b])
    ticks = axis.ticks(length, 26.0)
    values = [exact(label) for _, label in ticks]
    steps = {high - low for low, high in pairwise(values)}
    assert len(ticks) >= 2 and len(steps) == 1
    (step,) = steps
    assert step.scaleb(-step.adjusted()).normalize() in (1, 2, 5)
    assert all(value % step == 0 for value in values)
    assert not any(label.startswith("−0") and not exact(label) for _, label in ticks)


@given(numbers, numbers, lengths)
def test_linear_ticks_stand_where_their_words_say(a, b, length):
    axis = Axis.around([a, b])
    for place, label in axis.ticks(length):
        assert 0 <= place <= 1
        unit = axis.low + place * (axis.high - axis.low)
        assert float(exact(label)) == pytest.approx(unit, abs=1e-6 * (axis.high - axis.low))


@given(numbers, numbers)
def test_the_ends_of_an_axis_are_the_numbers_that_it_is_around(a, b):
    low, high = min(a, b), max(a, b)
    assume(high / 2 - low / 2 > 1e-12 * max(abs(low), abs(high)))
    axis = Axis.around([a, b])
    assert axis.place(low) == pytest.approx(0, abs=1e-2) and axis.place(high) == pytest.approx(1, abs=1e-2)
    assert axis.place(low / 2 + high / 2) == pytest.approx(0.5, abs=1e-2)


@given(numbers)
def test_one_number_is_in_the_middle_of_its_axis(number):
    assert Axis.around([number, number]).place(number) == pytest.approx(0.5, abs=1e-6)


@given(numbers, numbers, lengths, st.booleans())
def test_words_do_not_touch(a, b, length, log):
    if log:
        a, b = abs(a) or 1.0, abs(b) or 1.0
    ticks = Axis.around([a, b], log=log).ticks(length)
    for (one, left), (other, right) in pairwise(ticks):
        assert (other - one) * length >= (text_width(left, 11) + text_width(right, 11)) / 2
    assert ticks and all(len(label) <= 10 for _, label in ticks)


positive = st.floats(1e-300, 1e300)


@given(positive, positive, lengths)
def test_logarithmic_ticks_stand_where_their_words_say(a, b, length):
    low, high = min(a, b), max(a, b)
    axis = Axis.around([low, high], log=True)
    assume(not axis.note)
    for place, label in axis.ticks(length):
        expected = (math.log10(number_of(label)) - axis.low) / (axis.high - axis.low)
        assert place == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("ends", "log", "note", "labels"),
    [
        ((0, 10), False, "", ["0", "2", "4", "6", "8", "10"]),
        ((-1, 1), False, "", ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        ((1e9, 1e9 + 4), False, "+ 1000000000", ["0", "1", "2", "3", "4"]),
        ((-2e-8, 2e-8), False, "×10⁻⁸", ["−2", "−1", "0", "1", "2"]),
        ((-1.7e308, 1.7e308), False, "×10³⁰⁸", ["−1", "0", "1"]),
        ((0, 5e-324), False, "×10⁻³²⁴", ["0", "1", "2", "3", "4"]),
        ((0.001, 1000), True, "", ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]),
        ((1e-8, 1), True, "", ["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "10⁰"]),
        ((2, 30), True, "", ["2", "5", "10", "20"]),
        ((5, 6), True, "", ["5.0", "5.2", "5.4", "5.6", "5.8", "6.0"]),
    ],
    ids=["ten", "signs", "offset", "tiny", "largest", "smallest", "decades", "powers", "digits", "near"],
)
def test_ticks_that_people_would_choose(ends, log, note, labels):
    axis = Axis.around(ends, log=log)
    assert axis.note == note
    assert [label for _, label in axis.ticks(240)] == labels
