"""Bars are as long as their numbers, and histograms count as NumPy does."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, strategies as st
from pictures_read import NAME, parsed, scales, texts

from stepgrad.figures import bars, histogram
from stepgrad.figures.bars import _counts, _edges

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(numbers, st.integers(1, 20))
def test_counts_are_those_of_numpy(values, bins):
    numpy = pytest.importorskip("numpy")
    edges = _edges(values, bins, None)
    assert len(edges) == bins + 1
    assert _counts(values, edges) == numpy.histogram(values, bins=edges)[0].tolist()


@given(st.lists(st.floats(), max_size=60))
def test_bins_between_round_numbers_hold_all_finite_numbers(values):
    finite = [value for value in values if math.isfinite(value)]
    edges = _edges(values, None, None)
    assert edges == sorted(set(edges)) and 2 <= len(edges) <= 62
    assert sum(_counts(values, edges)) == len(finite)


def test_boxes_are_as_high_as_their_counts():
    figure = histogram([0.5, 1.5, 1.5, 2.5, 2.5, 2.5], bins=3, domain=(0, 3))
    _, y = scales(figure)
    (boxes,) = [path for path in parsed(figure).iter(f"{NAME}path") if path.get("fill") == "#0072b2"]
    tops = [float(top) for top in re.findall(r"V([\d.]+)H", boxes.get("d"))]
    assert [y(top) for top in tops] == pytest.approx([1, 2, 3], abs=0.02)


def test_several_groups_have_outlines_and_names():
    figure = histogram({"before": [1, 2], "after": [2, 3]})
    assert {"before", "after", "count"} <= set(texts(figure))


def test_what_is_left_out_is_said():
    assert "; 2 left out" in histogram([1, 2, 3, math.nan, math.inf]).details


def lengths(figure):
    found = {}
    for path in parsed(figure).iter(f"{NAME}path"):
        for start, end in re.findall(r"M([\d.]+) [\d.]+H([\d.]+)v14", path.get("d") or ""):
            found.setdefault(path.get("fill"), []).append(float(end) - float(start))
    return found


def test_bars_are_as_long_as_their_numbers():
    figure = bars({"a": 3, "b": 1.5, "c": -1, "d": math.nan})
    found = lengths(figure)
    (three, half), (negative,) = found["#0072b2"], found["#b84a00"]
    assert three / half == pytest.approx(2, rel=0.01)
    assert three / negative == pytest.approx(-3, rel=0.01)
    assert texts(figure) == ["a", "3", "b", "1.5", "c", "−1", "d", "nan"]


def test_bars_of_zeros_have_no_length():
    assert lengths(bars([0, 0])) == {}
    assert bars([math.nan]).summary == "1 bar without a finite number"
