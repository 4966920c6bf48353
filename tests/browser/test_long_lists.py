"""Of thousands of rows those in sight are there, with the numbers of the engine, for the eye and for screen readers."""

from __future__ import annotations

import pytest
from graphs import page, press
from opening import until
from test_stepping import written

from autograd import Value, step_through, tanh


def recurrence():
    """3,805 nodes, of which 1,004 are inputs."""
    w, u, h = Value(0.9, "w"), Value(1.1, "u"), Value(0.5, "h0")
    for t in range(600):
        h = tanh(w * Value(0.01 * (t % 90), f"x{t}") + u * h)
    for t in range(401):
        h = h + Value(0.01, f"y{t}")
    return h


@pytest.fixture(scope="module")
def result():
    return recurrence()


@pytest.fixture(scope="module")
def trace(result):
    return step_through(result)


@pytest.fixture(scope="module")
def text(result):
    return page(result)


ROWS = """() => [...document.querySelectorAll("tr[data-node]")].map((row) => ({
    node: Number(row.dataset.node), index: row.getAttribute("aria-rowindex"),
    name: row.querySelector("bdi").textContent, data: row.querySelector(".data").textContent,
    grad: row.querySelector(".grad").textContent,
    top: row.getBoundingClientRect().top - document.querySelector(".table-scroll").getBoundingClientRect().top,
}))"""


def check_rows(view, trace):
    rows = view.evaluate(ROWS)
    assert 5 < len(rows) < 100
    assert [row["node"] for row in rows] == sorted(row["node"] for row in rows)  # in the order that is read
    for row in rows:
        node = trace.nodes[row["node"]]
        assert (row["name"], row["data"], row["grad"]) == (node.name, written(node.data), written(node.grad))
        assert row["index"] == str(node.position + 2)  # the first is that of the headings
    return rows


def test_rows_come_into_sight_with_their_numbers(show, text, trace):
    view = show(text)
    press(view, "End")
    table = view.locator(".table-scroll table")
    assert table.get_attribute("aria-rowcount") == str(len(trace.nodes) + 1)
    for share in (0, 0.5, 1, 0.123):
        view.evaluate(
            """(share) => new Promise((done) => {
                const list = document.querySelector(".table-scroll");
                list.scrollTop = share * list.scrollHeight;
                requestAnimationFrame(() => setTimeout(done, 0));
            })""",
            share,
        )
        rows = check_rows(view, trace)
        assert min(row["top"] for row in rows) < 40 and max(row["top"] for row in rows) > 300  # no gap in sight


def test_what_a_step_changes_is_in_the_table_and_in_the_list_of_steps(show, text, trace):
    view = show(text)
    first = len(trace.forward) + 2
    for at in (0, 1500, len(trace.steps) - 1):
        view.locator(".slider").fill(str(first + at))
        step = trace.steps[at]
        row = view.locator(f'tr[data-node="{step.operand.position}"]')
        assert row.locator(".grad").text_content() == written(step.after)
        assert "receives" in row.locator(".role").text_content()
        now = view.locator(".steps li.now")
        assert now.get_attribute("data-step") == str(at)
        assert (now.get_attribute("aria-posinset"), now.get_attribute("aria-setsize")) == (
            str(at + 1),
            str(len(trace.steps)),
        )
        assert written(step.after) in now.locator(".sum").text_content()
        inside = """(row) => { const [own, list] = [row, row.closest(".scroller")]
                .map((e) => e.getBoundingClientRect());
            return own.top >= list.top && own.bottom <= list.bottom; }"""
        assert now.evaluate(inside)


def test_the_arrows_go_through_all_rows_and_there_is_one_stop(show, text, trace):
    view = show(text)
    view.locator('tr[data-node="0"] button').focus()
    for _ in range(60):
        view.keyboard.press("ArrowDown")
    focused = "document.activeElement.closest('tr').dataset.node"
    assert view.evaluate(focused) == "60"
    assert view.locator('tr[data-node] button[tabindex="0"]').count() == 1
    view.evaluate("document.querySelector('.table-scroll').scrollTop = 50000")
    until(view, "document.querySelectorAll('tr[data-node]')[5].dataset.node > 1000")
    assert view.evaluate(focused) == "60"  # the row with the focus stays
    view.keyboard.press("ArrowUp")
    assert view.evaluate(focused) == "59"


def test_inputs_far_down_can_be_changed(show, text, trace):
    view = show(text)
    leaves = [node for node in trace.nodes if node.is_leaf]
    assert len(leaves) > 1000
    assert view.locator(".leaf").count() < 100
    view.evaluate("document.querySelector('.leaves').scrollTop = 1e9")
    until(view, f"document.querySelector('.leaf:last-child').getAttribute('aria-posinset') == {len(leaves)}")
    last = leaves[-1]
    box = view.locator(f'[id$="-leaf-{last.position}"]')
    box.fill("3")
    box.press("Enter")
    result = view.evaluate("document.querySelector('.narration').textContent")
    assert written(trace.nodes[-1].data - last.data + 3) in result


def test_differences_are_computed_for_the_rows_in_sight(show, text, trace):
    view = show(text)
    press(view, "End")
    view.locator(".differing").check()
    until(view, "[...document.querySelectorAll('tr .difference')].every((c) => c.textContent !== '–')")
    rows = view.evaluate(
        "[...document.querySelectorAll('tr[data-node]')].map((r) => [Number(r.dataset.node), "
        "Number(r.querySelector('.difference').title.replace('−', '-'))])"
    )
    assert rows
    for position, difference in rows:
        assert difference == pytest.approx(trace.nodes[position].grad, rel=1e-6, abs=1e-8)
