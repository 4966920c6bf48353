"""The page everywhere: narrow and wide, light and dark, magnified, framed, without scripts, and with hostile names."""

from __future__ import annotations

import pytest
from graphs import GRAPHS, fan_out, named, neuron, page, press
from opening import until

from autograd import Value, step_through
from autograd.stepper.page import embedded, page_of
from autograd.trace.trace import Trace

HOSTILE = [
    "\"'`",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{}|<>",
    "\\N\\n\\",
    "one\ntwo\r\nthree",
    "x" * 10_000,
    "שלום עולם",
    "\u202egnp.exe",
    "🙂🏳️‍🌈",
    "a\0b",
    "--><!--",
    "${alert(1)} $id",
    "&lt;b&gt;",
    "constructor",
    "__proto__",
]

OVERFLOWING = """() => {
    const out = [];
    scrollTo(0, 0); /* on a phone the rest moves beneath the graph */
    const root = document.querySelector(".stepgrad");
    if (document.documentElement.scrollWidth > innerWidth) { out.push("page " + document.documentElement.scrollWidth); }
    const scrolls = (e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX);
    for (const e of root.querySelectorAll("*")) {
        if (e.closest("svg") || e.closest("script, style") || !e.getClientRects().length) { continue; }
        let around = e.parentElement;
        while (around !== root && !scrolls(around)) { around = around.parentElement; }
        const box = e.getBoundingClientRect();
        const isOut = box.right > innerWidth + 1 || box.left < -1;
        if (around === root && isOut) { out.push(e.className + " " + box.right); }
        const isText = e.matches("button, select, p, h1, h2, label") && e.clientWidth && !scrolls(e);
        if (isText && e.scrollWidth > e.clientWidth + 1) {
            out.push("clipped " + e.tagName + " " + e.className);
        }
    }
    const boxes = [...root.querySelectorAll("button, select, input")]
        .filter((e) => e.checkVisibility({ visibilityProperty: true }));
    boxes.forEach((one, i) => boxes.slice(i + 1).forEach((other) => {
        const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
        const isBeside = a.right <= b.left + 1 || b.right <= a.left + 1;
        const isApart = isBeside || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
        if (!isApart && !one.closest(".table-scroll, ol, .tiles") && !other.closest(".table-scroll, ol, .tiles")) {
            out.push("overlap " + one.className + " " + other.className);
        }
    }));
    return out;
}"""


def use(view):
    """The page in as many states as it can show at once."""
    press(view, "End", "ArrowLeft")
    view.check(".differing")
    view.select_option(".bugs", "leftover")
    view.select_option(".paths select", "0")


def test_dark_is_dark_and_light_is_light(show):
    def luminance(scheme):
        view = show(page(neuron()), color_scheme=scheme)
        color = view.evaluate("getComputedStyle(document.querySelector('.stepgrad')).backgroundColor")
        return sum(map(int, color.removeprefix("rgb(").removesuffix(")").split(",")))

    assert luminance("dark") < 150 < 600 < luminance("light")


def test_nothing_moves_under_reduced_motion(show):
    step = """() => { document.querySelector(".next").click();
        return [...document.querySelectorAll(".pill text")].map((text) => text.textContent); }"""
    still, moving = show(page(neuron()), reduced_motion="reduce"), show(page(neuron()))
    for view in (still, moving):
        view.locator(".slider").fill("6")
    assert still.evaluate(step) == ["1 × 0.5 = 0.5"]
    assert moving.evaluate(step) != ["1 × 0.5 = 0.5"]
    moving.locator(".pill text", has_text="1 × 0.5 = 0.5").wait_for()
    transitions = """[...document.querySelectorAll('.stepgrad *')]
        .filter((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"""
    assert moving.evaluate(transitions) == 0


def test_marks_are_seen_in_forced_colors(show):
    view = show(page(neuron()), forced_colors="active")
    view.locator(".slider").fill("8")
    widths = [
        view.evaluate(f"parseFloat(getComputedStyle(document.querySelector('{part}')).strokeWidth)")
        for part in (".edge.active > path", ".edge:not(.active) > path", ".node.receiver > rect")
    ]
    assert widths[0] >= 3 * widths[1] and widths[2] >= 4


def test_targets_are_large_enough_for_a_finger(show):
    view = show(page(neuron()), width=400, has_touch=True, is_mobile=True)
    small = """[...document.querySelectorAll(".controls button, .zoom button, .tutor button, select, input[type=text]")]
        .filter((e) => e.getClientRects().length).map((e) => e.getBoundingClientRect())
        .filter((box) => box.width < 44 || box.height < 44).length"""
    assert view.evaluate(small) == 0


def test_in_the_frame_of_a_notebook_it_steps(show):
    trace = step_through(neuron())
    view = show("<!DOCTYPE html><title>notebook</title>" + embedded(trace))
    frame = view.frame_locator("iframe")
    frame.locator(".last").click()
    assert frame.locator('tr[data-node="0"] .grad').text_content() == "−1.5"
    assert view.locator("iframe").get_attribute("sandbox") == "allow-scripts"


def test_it_runs_where_a_host_has_made_one_line_of_it(show):
    view = show(page(fan_out()).replace("\n", " "))
    view.click(".last")
    assert view.locator('tr[data-node="0"] .grad').text_content() == "37"


def test_it_runs_where_a_host_does_not_say_the_encoding(show):
    latin = page(fan_out()).replace('<meta charset="utf-8">', '<meta charset="windows-1252">')
    view = show(latin)
    view.click(".last")
    assert view.locator('tr[data-node="1"] .grad').text_content() == "−34"
    assert view.locator(".where").text_content() == "Backward 12 of 12"


def test_without_scripts_the_picture_the_table_and_the_steps_are_there(show):
    view = show(page(neuron()), java_script_enabled=False)
    assert view.locator("svg .node").count() == 10
    assert view.locator("tbody tr").all_text_contents()[0] == "x1input2−1.5"
    assert view.locator(".steps li").nth(0).inner_text().split("\n")[0].startswith("out → n")
    assert view.locator(".steps li").count() == 9
    assert not any(control.is_visible() for control in view.locator(".live-only").all())


@pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
def test_what_is_shown_without_scripts_is_what_is_shown_at_the_end(show, make):
    cells = "[...document.querySelectorAll('tbody :is(.data, .grad)')].map((cell) => cell.textContent)"
    static = show(page(make()), java_script_enabled=False).locator("tbody :is(.data, .grad)").all_text_contents()
    live = show(page(make()))
    live.click(".last")
    assert live.evaluate(cells) == static


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_label_is_text_and_runs_nothing(show, label):
    x = Value(2.0, label)
    trace = step_through(named(label + "!", x * x + x))
    json = trace.to_json()
    json["source"] = {"name": label, "first": 1, "lines": [label[:200], "x = Value(2.0)"]}
    json["nodes"]["line"] = [None] * len(trace.nodes)
    view = show(page_of(Trace.from_json(json)), width=400)
    view.click(".last")
    assert view.locator("tbody th bdi").first.text_content() == trace.nodes[0].name
    assert view.locator("img, script:not(.trace, .words):not(:last-child):not(style + script), a").count() == 0
    use(view)
    view.click("[data-mode=predict].mode")
    assert view.locator(".leaf bdi").text_content() == trace.nodes[0].name
    assert view.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1280, 1138, 960])
def test_the_whole_graph_is_seen_at_the_start(show, width):
    assert show(page(neuron()), width=width, drawers=False).evaluate(IS_WHOLE)


IS_WHOLE = """() => {
    const [outer, inner] = [".viewport", ".viewport > svg"]
        .map((part) => document.querySelector(part).getBoundingClientRect());
    return inner.left >= outer.left && inner.right <= outer.right && inner.width > 0.6 * outer.width;
}"""


def test_a_neuron_is_seen_whole_in_a_lecture(show):
    view = show(page(neuron()), width=1920, height=1080, drawers=False)
    view.keyboard.press("f")
    assert view.evaluate(IS_WHOLE)
    size = "() => parseFloat(document.querySelector('.viewport > svg').getBoundingClientRect().width)"
    assert view.evaluate(size) > 1000  # letters for the last row


def test_the_graph_is_fitted_again_until_the_reader_zooms(show):
    view = show(page(neuron()), width=1280)
    view.set_viewport_size({"width": 1000, "height": 900})
    until(view, IS_WHOLE)
    view.click(".zoom-in")
    width = "document.querySelector('.viewport > svg').getBoundingClientRect().width"
    before = view.evaluate(width)
    view.set_viewport_size({"width": 1200, "height": 900})
    view.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert view.evaluate(width) == before


def test_a_frame_that_gets_its_width_late_is_fitted_then(show):
    trace = step_through(neuron())
    view = show("<!DOCTYPE html><title>notebook</title><div style='display:none'>" + embedded(trace) + "</div>")
    view.set_viewport_size({"width": 1000, "height": 900})
    view.evaluate("document.querySelector('div').style.display = 'block'")
    view.frame_locator("iframe").locator(".last").click()
    frame = view.frames[1]
    until(frame, IS_WHOLE)


def test_the_zoom_buttons_are_not_on_the_graph(show):
    apart = """() => document.querySelector(".zoom").getBoundingClientRect().top
        >= document.querySelector(".viewport").getBoundingClientRect().bottom - 1"""
    assert show(page(neuron())).evaluate(apart)


@pytest.mark.parametrize("width", [1280, 1138])
def test_the_numbers_of_a_step_stand_on_one_line(show, width):
    view = show(page(neuron()), width=width)
    tops = "[...document.querySelectorAll('.card .numbers b')].map((e) => e.getBoundingClientRect().top)"
    for at in range(8, 16):
        view.locator(".slider").fill(str(at))
        assert max(view.evaluate(tops), default=0) - min(view.evaluate(tops), default=0) < 2


def layers():
    """Two layers of two neurons, with names and groups as a model has them."""
    xs = [Value(0.5, "x0"), Value(-1.0, "x1")]
    for layer in range(2):
        outs = []
        for neuron_ in range(2):
            prefix = f"layers.{layer}.neurons.{neuron_}"
            ws = [Value(0.3 * (slot + 1), f"{prefix}.w.{slot}") for slot in range(2)]
            outs.append(named(f"{prefix}.out", (ws[0] * xs[0] + ws[1] * xs[1]).tanh()))
        xs = outs
    json = step_through(named("loss", xs[0] * xs[1])).to_json()
    group = ""
    for position, name in enumerate(json["nodes"]["name"]):
        if name.startswith("layers"):
            group = ".".join(name.split(".")[:4])
        if name not in ("x0", "x1", "loss"):
            json["modules"] += [group] * (group not in json["modules"])
            json["nodes"]["module"][position] = json["modules"].index(group)
    return Trace.from_json(json)


def test_a_long_name_is_broken_after_its_dots(show):
    view = show(page_of(layers()))
    lines = """(name) => {
        const found = [...document.querySelectorAll("tbody bdi")].find((one) => one.textContent === name);
        const range = document.createRange();
        const lines = new Map();
        for (const text of [...found.childNodes].filter((part) => part.nodeType === Node.TEXT_NODE)) {
            [...text.data].forEach((letter, at) => {
                range.setStart(text, at);
                range.setEnd(text, at + 1);
                const top = Math.round(range.getBoundingClientRect().top);
                lines.set(top, (lines.get(top) || "") + letter);
            });
        }
        return [...lines.values()];
    }"""
    found = view.evaluate(lines, "layers.0.neurons.0.w.0")
    assert "".join(found) == "layers.0.neurons.0.w.0"
    assert all(line.endswith(".") for line in found[:-1])


@pytest.mark.parametrize("width", [1280, 1138])
def test_the_formulas_of_long_names_stay_on_the_card(show, width):
    view = show(page_of(layers()), width=width)
    view.click(".last")
    over = """[...document.querySelectorAll(".card .chain, .card .rule")]
        .filter((row) => row.scrollWidth > row.clientWidth + 1).map((row) => row.textContent)"""
    assert view.evaluate(over) == []
    assert "…w.0" in view.locator(".card .rule").text_content()
    assert view.locator('.card .row[title="layers.0.neurons.0.w.0"]').count() == 1


def test_a_closed_box_has_the_numbers_of_its_output_and_the_marks_of_what_is_in_it(show):
    trace = layers()
    view = show(page_of(trace), reduced_motion="reduce")
    names = [step.operand.name for step in trace]
    inner = names.index("layers.0.neurons.0.w.0")
    view.locator(".slider").fill(str(len(trace.forward) + 2 + inner))
    assert view.locator(".node.box").count() == 0
    view.click(".fold")
    assert view.locator(".node.box").count() == 2 and view.locator(".node").count() == 5
    step = trace.steps[inner]
    box = view.locator(".node.box.receiver")
    assert box.locator(".label").text_content() == "layer 1 of 2" and box.get_attribute("class").count("giver") == 1
    strokes = "(box) => getComputedStyle(box.querySelector(':scope > rect')).strokeWidth"
    assert box.evaluate(strokes) == "4px"
    assert step.node.group.startswith("layers.0")
    inside = {node.position for node in trace.nodes if node.group.startswith("layers.0")}
    used = {x for node in trace.nodes if node.position not in inside for x in node.operands if x in inside}
    output = trace.nodes[max(used)]
    assert box.locator(".data").text_content() == f"{output.data:.4g}".replace("-", "−")
    view.click(".fold")
    assert view.locator(".node.box").count() == 0 and view.locator(".node").count() == len(trace.nodes)


@pytest.mark.parametrize("by", ["click", "Enter"])
def test_a_box_opens_and_closes_in_place(show, by):
    view = show(page_of(layers()), reduced_motion="reduce")

    def press_on(part, **where):
        if by == "click":
            part.click(**where)
        else:
            part.focus()
            view.keyboard.press("Enter")

    view.click(".fold")
    press_on(view.locator(".node.box").first)
    assert view.locator(".node.box").count() == 3  # of one layer its two neurons, and the other layer
    assert [frame.get_attribute("data-group") for frame in view.locator(".cluster").all()] == ["layers.0"]
    if by == "Enter":
        assert view.evaluate("document.activeElement.dataset.group") == "layers.0"
    press_on(view.locator(".node.box", has_text="layer 2"))
    assert view.locator(".cluster").count() == 2 and view.locator(".node.box").count() == 4
    press_on(view.locator('.cluster[data-group="layers.0"]'), position={"x": 12, "y": 12})
    assert view.locator(".cluster").count() == 1 and view.locator(".node.box").count() == 3
    view.click(".last")
    assert view.locator(".node.box .grad").first.text_content() != "–"


def test_zooming_and_fitting(show):
    view = show(page(neuron()), drawers=False)
    width = "document.querySelector('.viewport > svg').getBoundingClientRect().width"
    start = view.evaluate(width)
    view.click(".zoom-in")
    assert view.evaluate(width) > start * 1.2
    view.click(".fit")
    assert view.evaluate(width) == pytest.approx(start, rel=0.02)
    view.focus(".viewport")
    view.keyboard.press("-")
    assert view.evaluate(width) < start
