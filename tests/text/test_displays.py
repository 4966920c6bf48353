"""What the prompt, print and a notebook show of a result is short, a table, and safe, however large the graph."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import autograd
from autograd import Value, gradient_flow, kinks, step_through, sum_over_paths
from autograd.text.tables import html_table, table

HOSTILE = "<img src=x onerror=alert(1)>&\"'"


def diamonds(count):
    """A graph with 2^count paths."""
    x = y = Value(1.5, HOSTILE)
    for _ in range(count):
        y = y.tanh() + y.sin()
    return x, y


def many_kinks(count):
    return sum(Value(0.0, f"{HOSTILE}{index}").relu() for index in range(count))


def chain(length):
    x = y = Value(0.5, HOSTILE)
    for _ in range(length):
        y = y * 1.01
    return x, y


SHOWN = {
    "paths of 40 diamonds": lambda: sum_over_paths(*reversed(diamonds(40))),
    "paths of two diamonds": lambda: sum_over_paths(*reversed(diamonds(2))),
    "no paths": lambda: sum_over_paths(diamonds(1)[1], Value(1.0, HOSTILE)),
    "a long path": lambda: sum_over_paths(*reversed(chain(500))),
    "one path": lambda: sum_over_paths(*reversed(chain(500))).paths[0],
    "paths of a trace": lambda: step_through(diamonds(12)[1]).paths_to(0),
    "a path of a trace": lambda: step_through(diamonds(12)[1]).paths_to(0).paths[0],
    "gradient flow": lambda: gradient_flow(diamonds(300)[1]),
    "kinks": lambda: kinks(many_kinks(3000)),
    "one kink": lambda: kinks(many_kinks(1)),
    "no kinks": lambda: kinks(Value(1.0) * 2.0),
    "a trace": lambda: step_through(chain(300)[1]),
    "a node": lambda: step_through(chain(300)[1]).nodes[-1],
    "a step": lambda: step_through(chain(300)[1]).steps[0],
    "the formulas of a node": lambda: step_through(chain(2)[1]).formulas[1].forward,
    "an operation": lambda: autograd.TABLE["tanh"],
}


@pytest.mark.parametrize("what", SHOWN)
def test_it_is_short_and_no_raw_tuple(what):
    thing = SHOWN[what]()
    assert len(repr(thing)) < 700
    assert "\n" not in repr(thing)
    assert "((" not in repr(thing)
    assert len(str(thing).splitlines()) < 80
    assert len(str(thing)) < 60_000


@pytest.mark.parametrize("what", ["paths of 40 diamonds", "no paths", "gradient flow", "kinks", "no kinks"])
def test_a_notebook_shows_a_table_in_which_names_are_text(what):
    page = SHOWN[what]()._repr_html_()
    assert len(page) < 60_000
    assert len(ElementTree.fromstring(f"<div>{page}</div>")) >= 1  # well-formed
    assert "<img" not in page
    assert ("<table" in page) == (not what.startswith("no "))


def test_the_table_of_a_notebook_says_what_the_text_says():
    for thing in (SHOWN["gradient flow"](), SHOWN["kinks"](), SHOWN["paths of two diamonds"]()):
        cells = [cell.text for cell in ElementTree.fromstring(f"<div>{thing._repr_html_()}</div>").iter("td")]
        assert cells
        assert all(cell in str(thing) for cell in cells)


def test_long_lists_say_how_much_is_left_out():
    assert "... and 2,950 more in this list" in str(SHOWN["kinks"]())
    paths = SHOWN["paths of 40 diamonds"]()
    assert len(paths.paths) == 1000
    assert "... and 950 more in the attribute paths" in str(paths)
    assert "the sum over 1,099,511,627,776 paths of the product" in str(paths)
    assert repr(paths).endswith("the sum over 1,099,511,627,776 paths>")


def test_a_large_trace_is_no_text_of_thousands_of_lines_in_a_notebook():
    bundle = SHOWN["a trace"]()._repr_mimebundle_()
    assert "301 nodes" in bundle["text/plain"]
    assert len(bundle["text/plain"]) < 200


def test_both_kinds_of_table_have_the_same_cells():
    rows = [("name", "grad"), ("x < y", "-2.5"), ("weight", "0")]
    cells = [list(row.itertext()) for row in ElementTree.fromstring(html_table(rows, align="<>"))]
    assert cells == [list(row) for row in rows]
    assert [line.split("  ")[0] for line in table(rows, align="<>")] == ["name", "------", "x < y", "weight"]
