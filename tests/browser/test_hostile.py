"""Traces from files that somebody else wrote: nothing in them runs, whatever they say and wherever they say it."""

from __future__ import annotations

import html
import json
import math
from pathlib import Path

import pytest
from graphs import fan_out, named, neuron, number, page, press, show_differences

from autograd import Op, Value, register, step_through, unregister
from autograd.stepper.page import embedded, page_of
from autograd.trace.trace import Trace

OLDER = Path(__file__).resolve().parents[1] / "trace" / "trace_version_1.json"
XHTML = "http://www.w3.org/1999/xhtml"
ATTACKS = [
    "<img src=x onerror='window.ran = 1'>",
    "</script><script>window.ran = 1</script>",
    "</style></svg></math><svg onload='window.ran = 1'>",
    "--></title></textarea><script>window.ran = 1</script>",
    "\" onfocus='window.ran = 1' autofocus onclick=\"window.ran = 1",
    "' style='animation: x' onanimationstart='window.ran = 1",
    "'; window.ran = 1; '",
    '"}; window.ran = 1; ({"',
    "*/ window.ran = 1 /*",
    "\u2028window.ran = 1\u2028",
    "${window.ran = 1}`${window.ran = 1}",
    "$svg$json$script$$",
    "javascript:window.ran = 1",
    "&#60;script&#62;window.ran = 1&#60;/script&#62;",
    "<!--<script>",
    f"<math><mtext><script xmlns='{XHTML}'>window.ran = 1</script></mtext></math>",
    f"<math><mi href='javascript:window.ran = 1'>x</mi><img xmlns='{XHTML}' src='x' onerror='window.ran = 1'/></math>",
    "<math onclick='window.ran = 1'>" + "<mrow>" * 50 + "x" + "</mrow>" * 50 + "</math>",
    "<!DOCTYPE math [<!ENTITY x 'window.ran = 1'>]><math><mtext>&x;</mtext></math>",
    "__proto__",
    "constructor",
]
PROGRAMS = [
    "(a0, a1) => (window.ran = 1)",
    "(a0, a1) => a0 * a1,[window.ran = 1]:1",
    "(a0, a1) => a0}; window.ran = 1; ({",
    "(a0, a1) => a0</script><script>window.ran = 1</script>",
]


def texts_of(part):
    """Every place with a text in a document."""
    for key in part if isinstance(part, dict) else range(len(part)):
        if isinstance(part[key], str):
            yield part, key
        elif isinstance(part[key], dict | list):
            yield from texts_of(part[key])


def documents(attack):
    """A document with the attack in place of every text; one where the operations keep their names."""
    for keeps_operations in (True, False):
        document = step_through(neuron()).to_json()
        document["source"] = {"name": "x", "first": 1, "lines": ["x", "y"]}
        document["nodes"]["line"] = [1 + position % 2 for position, _ in enumerate(document["nodes"]["name"])]
        document["nodes"]["label"] = ["x" for _ in document["nodes"]["name"]]
        for holder, key in [*texts_of(document)]:
            if key not in ("mathml", "text", "latex") and not (key == "op" and keeps_operations):
                holder[key] = attack
        for formula in document["formulas"]:
            formula["text"] = formula["latex"] = attack.replace("$", "$$")
        yield document


def use(view):
    """Every control of the page, or of the frame."""
    for button in view.locator(".drawer-button").all():
        if button.get_attribute("aria-expanded") == "false":
            button.click()
    for at in (0, 2, 7, 9):
        view.locator(".slider").fill(str(at))
    view.locator(".last").click()
    view.locator(".paths select").select_option(index=1)
    view.locator("tbody button").nth(2).click()
    for part in view.locator(".groups button, .source li").all():
        part.click()
    view.locator(".differing").check()
    view.locator(".bugs").select_option("leftover")
    for box in view.locator("div.leaf input[type=text]:enabled").all():
        box.fill("0.5")
        box.press("Enter")
    for mode in view.locator(".mode").all():
        mode.click()


def nothing_ran(view):
    return all(frame.evaluate("window.ran") is None for frame in view.frames)


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_in_every_text_of_a_trace_runs_nothing(show, attack):
    one, other = (Trace.from_json(json.loads(json.dumps(document))) for document in documents(attack))
    view = show(page_of(one))
    use(view)
    assert nothing_ran(view)
    assert view.locator("img, a, iframe, object, embed, link, [onclick], [onload], [onerror], [href]").count() == 0
    assert view.locator("script").count() == 4
    view = show("<!DOCTYPE html><title>notebook</title>" + embedded(other))
    use(view.frame_locator("iframe"))
    assert nothing_ran(view)


DEEP = "<math>" + "<mrow>" * 3000 + "x" + "</mrow>" * 3000 + "</math>"


@pytest.mark.parametrize("attack", [*ATTACKS, "<math><mi>x</math>", DEEP], ids=range(len(ATTACKS) + 2))
def test_a_formula_in_mathml_has_nothing_in_it_that_runs(show, attack):
    document = step_through(neuron()).to_json()
    for holder, key in texts_of(document["formulas"]):
        if key == "mathml":
            holder[key] = attack
    if attack not in (DEEP, "<math><mi>x</math>") and {"<", "&", "$"} & {*attack}:
        with pytest.raises(ValueError, match=r"formulas\[0\].mathml must be a formula in MathML, got"):
            Trace.from_json(document)
        return
    view = show(page_of(Trace.from_json(document)))
    use(view)
    assert nothing_ran(view)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_in_a_trace_runs_nothing(show, program):
    document = json.loads(OLDER.read_text(encoding="utf-8"))  # which may have them
    document["programs"] = {
        f"{node['op']}:{','.join(map(str, node['groups']))}": {"forward": program, "partials": [program, program]}
        for node in document["nodes"]
    }
    view = show(page_of(Trace.from_json(document)))
    use(view)
    assert nothing_ran(view)


@pytest.mark.parametrize("where", ["page", "frame"])
def test_even_a_script_that_got_into_the_page_would_not_run(browser, where):
    """The second wall: the policy of the page admits its own scripts and nothing else."""
    inserted = (
        "<main><script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
        "<a id='link' href='javascript:window.ran = 1'>x</a>"
        "<iframe srcdoc='<script>parent.ran = 1</script>'></iframe><script src='data:,window.ran = 1'></script>"
    )
    text = page(fan_out()).replace("<main>", inserted)
    if where == "frame":
        text = f'<!DOCTYPE html><title>notebook</title><iframe sandbox="allow-scripts" srcdoc="{html.escape(text)}">'
    context = browser.new_context()
    try:
        view = context.new_page()
        view.set_content(text)
        inner = view.frames[1] if where == "frame" else view
        inner.wait_for_selector(".stepgrad.live")
        inner.evaluate("document.querySelector('#link').click()")
        inner.evaluate("document.querySelector('.last').click()")
        assert inner.locator('tr[data-node="0"] .grad').text_content() == "37"
        assert nothing_ran(view)
    finally:
        context.close()


# ---------------------------------------------------------------------- operations that the page cannot compute


def cubed():
    x, w, b = Value(2.0, "x"), Value(3.0, "w"), Value(1.0, "b")
    return named("y", named("c", x.cube()) * w + b)


def from_elsewhere():
    """A trace from a program that has registered an operation, read where it is not known."""
    register(Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)]))
    try:
        return Trace.from_json(step_through(cubed()).to_json())
    finally:
        unregister("cube")


def of_numbers_only():
    """A trace with an operation that has no formula, only a function of Python."""
    register(Op("cube", lambda x: math.pow(x, 3), [lambda out, x: 3 * math.pow(x, 2)], domain=[(-2, 2)]))
    try:
        return step_through(cubed())
    finally:
        unregister("cube")


@pytest.mark.parametrize("make", [from_elsewhere, of_numbers_only])
def test_an_operation_the_page_cannot_compute_keeps_its_number(show, make):
    view = show(page_of(make()))
    view.click(".last")
    rows = {row.locator("bdi").text_content(): row for row in view.locator("tr[data-node]").all()}
    assert [rows[name].locator(".grad").text_content() for name in ("x", "w", "c")] == ["36", "8", "3"]
    assert view.locator(".inputs .note").text_content() == (
        "Some of the inputs cannot be changed here: they go into cube, which this page cannot compute. "
        "It shows the numbers that were recorded."
    )
    leaves = view.locator("div.leaf").all()
    boxes = {leaf.locator("bdi").text_content(): leaf.locator("input[type=text]") for leaf in leaves}
    assert {name: box.is_disabled() for name, box in boxes.items()} == {"x": True, "w": False, "b": False}
    boxes["w"].fill("-1")
    boxes["w"].press("Enter")
    assert [rows[name].locator(".data").text_content() for name in ("c", "y")] == ["8", "−7"]
    assert [rows[name].locator(".grad").text_content() for name in ("x", "w", "c")] == ["−12", "8", "−1"]
    show_differences(view, "tbody tr[data-node]:last-child")
    differences = {name: row.locator(".difference").text_content() for name, row in rows.items()}
    assert differences["x"] == "–"
    assert {name: number(differences[name]) for name in ("w", "c", "y")} == pytest.approx({"w": 8, "c": -1, "y": 1})
    view.click(".reset")
    assert rows["y"].locator(".data").text_content() == "25"


def test_where_no_input_can_be_changed_the_page_says_so(show):
    register(Op("cube", lambda x: math.pow(x, 3), [lambda out, x: 3 * math.pow(x, 2)], domain=[(-2, 2)]))
    try:
        trace = step_through(Value(2.0, "x").cube() * 2.0)
    finally:
        unregister("cube")
    view = show(page_of(trace))
    assert (
        view.locator(".inputs .note").text_content().startswith("The inputs cannot be changed here: they go into cube,")
    )
    assert view.locator(".reset").is_hidden()
    press(view, "End")
    assert view.locator('tr[data-node="0"] .grad').text_content() == "24"


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9, -1e12, 1e100])
def test_the_step_of_a_finite_difference_fits_the_size_of_the_number(show, size):
    x = Value(size, "x")
    view = show(page(x * 3.0 + x))
    view.click(".last")
    show_differences(view)
    assert number(view.locator('tr[data-node="0"] .difference').get_attribute("title")) == pytest.approx(4.0, rel=1e-5)
