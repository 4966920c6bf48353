"""The page in Chinese: nothing of it stays in English, whatever the learner does, and it fits."""

from __future__ import annotations

import re

import pytest
from graphs import fan_out, named, page, press, show_differences
from test_looks import OVERFLOWING

from autograd import Value, capture_source, step_through
from autograd.stepper.page import page_of
from autograd.stepper.words import LANGUAGES, messages

WORDS = """() => {
    const [out, root] = [[], document.querySelector(".stepgrad")];
    const own = "script, style, math, bdi, .source li, .source summary, option[value]:not([data-say])";
    const isOther = (e) => e.closest("[lang]").lang !== root.lang || e.closest(own);
    for (const e of document.querySelectorAll("*")) {
        if (isOther(e)) { continue; }
        const texts = [...e.childNodes].filter((part) => part.nodeType === Node.TEXT_NODE);
        const kinds = ["title", "aria-label", "aria-valuetext", "placeholder", "alt"];
        const said = kinds.map((name) => e.getAttribute(name));
        out.push(...texts.map((part) => part.nodeValue), ...said.filter((text) => text));
    }
    return out;
}"""
"""Every text, title and label of the page, whether it is seen or not."""

NAMES = {"neuron", "layer", "tanh", "relu", "log", "nan", "inf", "exp"}
"""What the trace below has: names and operations."""
CODE = {"zero_grad", "Shift", "Home", "End"}


def left(view, names=NAMES | CODE):
    """The English words on a page."""
    return {word for text in view.evaluate(WORDS) for word in re.findall("[A-Za-z_]{2,}", text)} - names


def graph():
    """With a node of several consumers, one that passes nothing on, nan, and a program beside it."""

    def neuron(a, b):
        h = (a * b).relu()
        c = h * h + a
        return c * b.log() + c.tanh() * 2.5

    return step_through(neuron, -2.0, -3.0)


def open_inputs(view):
    view.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")


def forward(view):
    press(view, "Home", "ArrowRight", "ArrowRight")


def backward(view):
    press(view, "End")
    for _ in range(view.locator(".steps li").count() + 1):
        press(view, "ArrowLeft")
        assert left(view) == set()


def node_by_node(view):
    view.locator(".grain").select_option("node")
    press(view, "Home", "ArrowRight")
    for _ in range(14):
        press(view, "ArrowRight")
        assert left(view) == set()


def predict(view):
    view.locator('.mode[data-mode="predict"]').click()
    assert left(view) == set()
    for answer in ("x", "12345", "0"):
        view.locator(".answer").fill(answer)
        view.locator(".check").click()
        assert left(view) == set()
    for _ in range(3):
        press(view, "ArrowRight", "ArrowRight")
        for _ in range(3):
            if view.locator(".tutor .hint").is_visible():
                view.locator(".tutor .hint").click()
            assert left(view) == set()


def bug(view):
    for name in ("assign", "order", "leftover"):
        view.locator(".bugs").select_option(name)
        press(view, "End")
        assert left(view) == set()
        if view.locator(".bug button").is_visible():
            view.locator(".bug button").click()
            assert left(view) == set()


def differences(view):
    show_differences(view)


def paths(view):
    open_inputs(view)
    for index in range(1, 5):
        view.locator(".paths select").select_option(index=index)
        assert left(view) == set()


def asked(view):
    press(view, "End")
    for button in view.locator(".nodes .pick").all():
        button.click()
        assert left(view) == set()


def edited(view):
    open_inputs(view)
    box = view.locator(".leaf input[type=text]").first
    box.fill("1,000")
    box.press("Enter")
    assert left(view) == set()
    box.fill("0.5")
    box.press("Enter")


def nudged(view):
    open_inputs(view)
    card = view.locator(".node.leaf").first.bounding_box()
    x, y = card["x"] + card["width"] / 2, card["y"] + 20
    view.mouse.move(x, y)
    view.mouse.down()
    for by in (10, 40, 200):
        view.mouse.move(x + by, y)
        assert left(view) == set()
    view.mouse.up()


STATES = (lambda view: None, forward, backward, node_by_node, predict, bug, differences, paths, asked, edited, nudged)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.replace("<lambda>", "opening"))
def test_nothing_stays_in_english_once_chinese_is_chosen(show, state):
    view = show(graph().to_html())
    view.locator(".language").click()
    state(view)
    assert left(view) == set()


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.replace("<lambda>", "opening"))
def test_what_is_shown_follows_the_language(show, state):
    """In every state: first the state, then the language."""
    view = show(graph().to_html(lang="zh"), reduced_motion="reduce")
    state(view)
    chinese = view.evaluate(WORDS)
    view.locator(".language").click()
    assert not re.search("[\u4e00-\u9fff]", " ".join(view.evaluate(WORDS)))
    view.locator(".language").click()
    assert view.evaluate(WORDS) == chinese


def test_english_words_are_noticed(show):
    view = show(graph().to_html(lang="en"))
    assert {"gradient", "Steps", "Nodes", "input", "Values", "Stepper"} <= left(view)


@pytest.mark.parametrize(
    ("lang", "locale", "expected"),
    [
        (None, "en-US", "en"),
        (None, "zh-CN", "zh"),
        (None, "zh-TW", "zh"),
        (None, "fr-FR", "en"),
        ("zh", "en-US", "zh"),
        ("en", "zh-CN", "en"),
    ],
)
def test_the_browser_decides_unless_the_page_does(show, lang, locale, expected):
    view = show(page_of(step_through(fan_out()), lang=lang), locale=locale)
    assert view.locator(".stepgrad").get_attribute("lang") == expected
    assert view.locator("html").get_attribute("lang") == expected
    assert view.title() == messages()["page.title"][expected].format(result="L")
    assert view.locator(".mode").first.inner_text() == messages()["mode.watch"][expected]


def test_the_button_has_the_name_of_the_other_language_in_that_language(show):
    view = show(page(fan_out()))
    button = view.locator(".language")
    for _ in range(3):
        now = view.locator(".stepgrad").get_attribute("lang")
        (other,) = {*LANGUAGES} - {now}
        assert button.get_attribute("lang") == other
        assert button.inner_text() == messages()["language.name"][other]
        button.click()
        assert view.locator(".stepgrad").get_attribute("lang") == other


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("state", [forward, paths, predict, bug, differences], ids=lambda state: state.__name__)
def test_chinese_fits(show, width, state):
    view = show(graph().to_html(lang="zh"), width=width)
    state(view)
    open_inputs(view)
    assert view.evaluate(OVERFLOWING) == []


def test_a_large_page_with_groups_is_in_chinese_too(show):
    import nn

    layer = nn.MLP(3, [40, 1], expanded=True)
    with capture_source(layer) as capture:
        y = layer([Value(0.5), Value(-1.0), Value(2.0)])
    view = show(page_of(step_through(named("y", y), capture=capture), lang="zh"))
    press(view, "End", "ArrowLeft")
    assert left(view, NAMES | CODE | {"bias", "weight", "layers", "neurons"}) == set()
