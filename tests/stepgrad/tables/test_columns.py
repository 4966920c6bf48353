"""Fields as numbers: what counts as one, and what was meant to."""

from __future__ import annotations

import pytest

from stepgrad.tables.columns import number_in, written_as


@pytest.mark.parametrize(
    ("text", "number"), [("1e3", 1000.0), (" 2 ", 2.0), ("1_000", None), ("nan", None), ("", None)]
)
def test_what_counts_as_a_number(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("5,1", "a decimal comma"),
        ("-1.234,5", "a decimal comma"),
        ("3%", "a percent sign"),
        ("12.5 %", "a percent sign"),
        ("1'000", "a thousands separator"),
        ("1 234 567.8", "a thousands separator"),
        ("1,2,3", None),
        ("10-20", None),
        ("5", None),
        ("", None),
    ],
)
def test_what_looks_like_a_number_that_is_written_in_another_way(text, kind):
    assert written_as(text) == kind
