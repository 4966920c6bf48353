"""The static form of a trace: small, without a script, and with every number of the picture and of the steps."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

import pytest
from elements import Elements

from autograd import Value, step_through
from autograd.drawing.shapes import NAMESPACE
from autograd.stepper.compact import compact
from autograd.stepper.static import static_output, static_page
from autograd.stepper.svg import svg_of_trace
from autograd.symbols import format_number

SANITIZED = {"table", "tr", "th", "td", "img", "p"}
"""What code hosts leave of HTML, among other elements."""


def neuron(name="out"):
    x1, x2, w1, w2 = Value(2.0, "x1"), Value(0.0, "x2"), Value(-3.0, "w1"), Value(1.0, "w2")
    n = x1 * w1 + x2 * w2 + Value(6.8813735870195432, "b")
    n.label = "n"
    out = n.tanh()
    out.label = name
    return step_through(out)


def written(x):
    return format_number(x).replace("-", "−")


def texts_of(svg):
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{{{NAMESPACE}}}text")]


@pytest.mark.parametrize("lang", [None, "zh"])
def test_a_neuron_takes_8_kilobytes(lang):
    assert len(static_page(neuron(), lang=lang, live="https://example.org/neuron.html").encode()) <= 8000
    assert len(static_output(neuron(), lang=lang).encode()) <= 8000


@pytest.mark.parametrize("make", [static_page, static_output], ids=["page", "output"])
def test_every_step_and_every_value_is_there(make):
    trace = neuron()
    text = make(trace)
    for step in trace:
        upstream, before, after = map(written, (step.upstream, step.before, step.after))
        local = f"({written(step.local)})" if step.local < 0 else written(step.local)
        row = f"<td>{step.node.name} → {step.operand.name}</td><td>{before} + {upstream} × {local} = {after}</td>"
        assert row in text
    image = re.search('base64,([^"]*)', text)
    svg = base64.b64decode(image[1]).decode() if image else text[text.index("<svg") : text.index("</svg>") + 6]
    shown = texts_of(svg)
    for node in trace.nodes:
        assert {node.name, written(node.data), written(node.grad)} <= set(shown)


def shapes(svg):
    """Each shape: its element, its text, how it looks, and its numbers in pixels."""
    found = []

    def walk(element, around):
        looks = around | element.attrib
        tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        if tag not in ("g", "svg", "title"):
            look = [looks.get(name) for name in ("fill", "stroke", "stroke-width", "font-size", "text-anchor")]
            places = " ".join(looks.get(name, "") for name in ("x", "y", "d", "points"))
            numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", places)]
            found.append((tag, (element.text or "").replace("-", "−"), look, numbers))
        for part in element:
            walk(part, looks)

    walk(ElementTree.fromstring(svg), {})
    return sorted(found, key=str)


def test_the_compact_picture_has_the_same_shapes_at_the_same_places_to_a_pixel():
    svg = svg_of_trace(neuron())
    whole, small = shapes(svg), shapes(compact(svg))
    assert len(whole) == len(small) > 60
    for tag, text, look, numbers in whole:
        twins = [
            shape
            for shape in small
            if shape[:3] == (tag, text, look)
            and len(shape[3]) == len(numbers)
            and all(abs(x - y) <= 0.5 for x, y in zip(shape[3], numbers, strict=True))
        ]
        assert len(twins) == 1
        small.remove(twins[0])


def test_there_is_no_script_and_nothing_comes_from_elsewhere():
    elements = Elements(static_page(neuron()))
    tags = {tag for tag, _ in elements.found}
    assert not tags & {"script", "iframe", "object", "a", "link", "img", "base", "form"}
    assert not any(name.startswith("on") or name in ("src", "href") for _, at in elements.found for name in at)
    output = Elements(static_output(neuron()))
    assert {tag for tag, _ in output.found} <= SANITIZED
    assert all(at["src"].startswith("data:image/svg+xml;base64,") for tag, at in output.found if tag == "img")


@pytest.mark.parametrize("name", ["</svg><script>alert(1)</script>", "</title><b>", "\"'><img src=x onerror=alert(1)>"])
def test_hostile_names_are_text(name):
    trace = neuron(name)
    for text in (static_page(trace), static_output(trace)):
        assert {tag for tag, _ in Elements(text).found}.isdisjoint({"script", "b"})
        assert not [at for tag, at in Elements(text).found if tag == "img" and not at["src"].startswith("data:")]
    assert name[:20] in " ".join(Elements(static_page(trace)).texts)


def test_a_link_leads_to_the_live_page():
    def links(page):
        return [attributes["href"] for tag, attributes in Elements(page).found if tag == "a"]

    for live in ("https://example.org/a.html?x=1&y=2#step=5", "neuron.html", "../pages/neuron.html", "/n.html#a:b"):
        assert links(neuron().to_html(static=True, live=live)) == [live]
    assert links(neuron().to_html(static=True)) == []


@pytest.mark.parametrize(
    "live", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", " javascript:x", "", 3]
)
def test_a_link_that_is_no_page_is_refused(live):
    with pytest.raises(ValueError, match="live must be the address of a page, such as "):
        neuron().to_html(static=True, live=live)


def test_a_link_needs_the_static_page():
    with pytest.raises(ValueError, match=r"live='x\.html' is the link of a static page to this one; pass static=True"):
        neuron().to_html(live="x.html")


def test_save_html_writes_it(tmp_path):
    neuron().save_html(tmp_path / "page.html", static=True, live="live.html", lang="zh")
    assert (tmp_path / "page.html").read_text("utf-8") == neuron().to_html(static=True, live="live.html", lang="zh")


def test_the_environment_chooses_it_for_notebooks(monkeypatch):
    trace = neuron()
    for value, is_static in (("1", True), ("0", False), ("", False), ("yes", True)):
        monkeypatch.setenv("STEPGRAD_STATIC", value)
        assert (trace._repr_mimebundle_()["text/html"] == static_output(trace)) == is_static


def test_of_a_large_graph_the_first_steps_are_listed_and_the_others_counted():
    total = Value(0.0)
    for _ in range(300):
        total = total + Value(1.0)
    trace = step_through(total)
    output = static_output(trace)
    assert len(output) < 20_000 and "<img" not in output
    assert output.count("<td>") == 100
    assert f"… and {len(trace.steps) - 50} more steps." in output
    assert static_page(trace).count("<svg") == 1


def test_a_leaf_alone_has_a_picture_and_no_table():
    page = static_page(step_through(Value(3.0, "x")))
    assert "<svg" in page and "<table" not in page
