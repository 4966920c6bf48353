"""The tutor: it asks, names the mistake, hints, counts; it hides a bug until it is found; and it has exercises."""

from __future__ import annotations

import re

import pytest
from graphs import GRAPHS, fan_out, leaf, named, neuron, number, page, twice

from autograd import Value, step_through
from autograd.stepper.page import embedded, page_of
from stepgrad.practice_page import PROGRAMS, exercise, practice_page

DONE = "All gradients are there."


def predict(view):
    view.click("[data-mode=predict].mode")


def question(view):
    return view.locator(".question").text_content()


def verdict(view):
    return view.locator(".verdict").text_content()


def answer(view, text):
    field = view.locator(".answer")
    field.fill(str(text))
    field.press("Enter")


def go_on(view):
    view.locator(".check").press("Enter")


def written(x):
    return repr(x).replace("-", "−")


def product_of_sum():
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    e = named("e", a * b)
    d = named("d", e + c)
    return named("L", d * f)


# ---------------------------------------------------------------------- predict


@pytest.mark.parametrize("make", [make for make in GRAPHS.values() if make is not leaf])
def test_it_asks_for_whose_turn_it_is_the_contribution_and_the_total_and_takes_the_right_answers(show, make):
    trace = step_through(make())
    view = show(page(make()), reduced_motion="reduce")
    predict(view)
    giver = trace.nodes[-1]
    asked = 0
    for step in trace:
        made, receiver = step.node.name, step.operand.name
        grad = view.locator(f'tr[data-node="{step.operand.position}"] .grad')
        if step.node != giver:
            assert question(view).startswith("Which node passes its gradient on next?")
            assert view.locator(".edge.active, .giver, .receiver, .pill").count() == 0
            answer(view, made)
            assert verdict(view) == f"{made} is next."
            asked += 1
        assert question(view) == f"What does {made} add to the gradient of {receiver}?"
        before = grad.get_attribute("title")
        if step.contribution == 1:
            assert grad.text_content() == "–"
        else:
            assert number(before) == pytest.approx(step.before, nan_ok=True)
        assert view.locator(".pill text").text_content().endswith(" × ? = ?")
        answer(view, "123456789")
        assert "wrong" in view.locator(".verdict").get_attribute("class")
        answer(view, written(step.product))
        asked += 1
        if step.contribution > 1:
            assert question(view) == f"And the gradient of {receiver} is now?"
            assert view.locator(".sum text").text_content().endswith(" = ?")
            answer(view, written(step.after))
            asked += 1
        assert verdict(view) == "Right."
        assert number(grad.get_attribute("title")) == pytest.approx(step.after, nan_ok=True)
        giver = step.node
        if step is not trace.steps[-1]:
            go_on(view)
    assert DONE in question(view)
    right = asked - len(trace.steps)  # the contributions were wrong at first
    assert view.locator(".score").text_content() == f"{right} of {asked} right at the first try"
    view.click(".again")
    assert view.locator(".where").text_content() == f"Backward 1 of {len(trace)}"
    assert view.locator(".score").text_content() == ""


def test_a_graph_of_one_leaf_has_no_question(show):
    view = show(page(leaf()))
    predict(view)
    assert question(view) == "This graph has no step to ask about."
    assert view.locator(".answer").is_hidden()


MISTAKES = {
    "2": "The size is right, the sign is not.",
    "4": "That is with d itself, 4: the derivative of a product is the other factor.",
    "−1": "Along an edge we multiply; we add only where edges meet.",
    "1": "That is the upstream gradient alone; it is multiplied by the local derivative of mul.",
    "17": "Not yet. Multiply the upstream gradient by the local derivative.",
    "1,000": "“1,000” is not clear as a number; type one such as −1.5, 3/4 or 1e-3, without commas between thousands.",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_the_mistake_is_named(show, text):
    view = show(page(product_of_sum()))
    predict(view)
    assert view.locator(".pill text").text_content() == "1 × ? = ?"
    answer(view, text)
    assert verdict(view) == MISTAKES[text]
    assert view.locator(".pill text").text_content() == "1 × ? = ?"
    answer(view, "−4/2")
    assert verdict(view) == "Right."


def test_the_mistake_is_named_in_chinese(show):
    view = show(page_of(step_through(product_of_sum()), lang="zh"))
    predict(view)
    answer(view, "4")
    assert verdict(view) == "这里乘的是 d 自己（4）：乘积的局部导数是另一个因子。"
    view.click(".language")
    assert verdict(view).startswith("That is with d itself")


def test_equals_in_place_of_plus_equals_is_named(show):
    view = show(page(twice()))
    predict(view)
    answer(view, "1")
    go_on(view)
    answer(view, "1")
    assert question(view) == "And the gradient of a is now?"
    answer(view, "1")
    assert verdict(view) == "That is one contribution alone; there are two, and they are added (+=)."
    answer(view, "2")
    assert DONE in question(view)


def test_whose_turn_it_is_is_answered_by_a_click_on_the_card_or_in_the_table(show):
    result = fan_out()
    trace = step_through(fan_out())
    view = show(page(result), reduced_motion="reduce")
    card = {node.name: view.locator(f'.node[id$="-node-{node.position}"]') for node in trace.nodes}
    predict(view)
    card["a"].click()  # a number is asked for: nothing happens
    assert verdict(view) == ""
    first = [step for step in trace if step.node.name == "L"]
    for step in first:
        answer(view, written(step.product))
        go_on(view)
    then = trace.steps[len(first)].node.name
    card["a"].click()
    assert verdict(view) == "a is an input: it keeps its gradient, there is nothing to pass it on to."
    card["L"].click()
    assert verdict(view) == "L has passed its gradient on already."
    view.locator('tr:has(bdi:text-is("c")) .pick').click()
    assert re.fullmatch(r"c still waits: 0 of its 3 contributions are there\.", verdict(view))
    answer(view, "nobody")
    assert verdict(view).startswith("No node is called “nobody”")
    card[then].click()
    assert verdict(view) == f"{then} is next."
    assert question(view).startswith(f"What does {then} add")


def test_hints_go_from_the_rule_to_the_numbers_to_the_answer(show):
    view = show(page(product_of_sum()), reduced_motion="reduce")
    predict(view)
    view.click(".hint")
    assert view.locator(".hints math").count() == 1
    assert view.locator(".hints").text_content().endswith("=f")
    view.click(".hint")
    assert view.locator(".hints span").last.text_content() == "1 × (−2) = ?"
    assert view.locator(".pill text").text_content() == "1 × (−2) = ?"
    assert view.locator(".hint").text_content() == "Show the answer"
    view.click(".hint")
    assert verdict(view) == "It is −2."
    assert view.locator(".pill text").text_content() == "1 × (−2) = −2"
    assert view.locator(".score").text_content() == "0 of 1 right at the first try"


def test_the_score_is_silent_until_something_was_answered(show):
    view = show(page(neuron()))
    predict(view)
    for _ in range(4):
        view.click(".next")
    assert view.locator(".score").text_content() == ""
    answer(view, "1000")
    assert view.locator(".score").text_content() == "0 of 1 right at the first try"


def test_next_on_an_open_question_shows_the_answer_first(show):
    view = show(page(neuron()), reduced_motion="reduce")
    predict(view)
    view.click(".next")
    assert view.locator(".where").text_content() == "Backward 1 of 9"
    assert question(view) == "out gives n: 1 × 0.5 = 0.5."
    view.click(".next")
    assert view.locator(".where").text_content() == "Backward 2 of 9"
    assert question(view).startswith("Which node")


def test_the_keyboard_alone_is_enough_and_is_not_trapped(show):
    view = show(page(product_of_sum()))
    view.locator(".mode[data-mode=predict]").focus()
    view.keyboard.press("Enter")
    keys = ["−2", "4", "d", "−2", "−2", "e", "6", "−4"]
    for key in keys:
        assert view.evaluate("document.activeElement.className") == "answer"
        view.keyboard.type(key)
        view.keyboard.press("Enter")
        if view.evaluate("document.activeElement.className") == "check":
            view.keyboard.press("Enter")
    assert DONE in question(view)
    view.keyboard.press("Shift+Tab")
    before = view.evaluate("document.activeElement.className")
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.className") != before


def test_nothing_on_the_page_gives_the_answer_away(show):
    view = show(page(named("y", Value(3.0, "p") * Value(-7.25, "q"))))
    view.select_option(".paths select", "0")
    view.check(".differing")
    view.select_option(".bugs", "leftover")
    predict(view)
    # The factor is on its card and in its row of the table, and nowhere else.
    assert view.evaluate("document.body.innerText").count("−7.25") == 2
    assert view.locator("svg text:text-is('−7.25'), td.data:text-is('−7.25')").count() == 2
    assert view.locator("td.difference").first.is_hidden()
    assert view.locator('tr[data-node="0"] .grad').text_content() == "–"
    assert view.locator("td.grad .right, .wrong").count() == 0
    assert view.locator(".bug").is_hidden()


def test_nothing_gives_away_whose_turn_it_is(show):
    view = show(page(fan_out()))
    predict(view)
    for _ in range(4):
        view.click(".next")
    assert question(view).startswith("Which node")
    shown = view.locator(".steps .what").evaluate_all("(rows) => rows.map((row) => row.textContent)")
    assert [text for text in shown if text != "…"] == ["L → v2", "L → v3"]
    assert view.locator(".order").is_hidden()
    assert view.locator("tr.current, .source .now").count() == 0


@pytest.mark.parametrize("way", ["Enter", "click"])
def test_the_frame_of_a_notebook_takes_answers(show, way):
    view = show("<!DOCTYPE html><title>notebook</title>" + embedded(step_through(neuron())))
    frame = view.frame_locator("iframe")
    frame.locator(".mode[data-mode=predict]").click()
    field, check = frame.locator(".answer"), frame.locator(".check")
    field.fill("0.5")
    field.press("Enter") if way == "Enter" else check.click()
    assert frame.locator(".verdict").text_content() == "Right."
    check.press("Enter") if way == "Enter" else check.click()
    assert frame.locator(".where").text_content() == "Backward 2 of 9"


def test_what_is_answered_moves_on_the_picture(show):
    view = show(page(product_of_sum()))
    predict(view)
    answer(view, "-2")
    assert view.locator(".pill text").all_text_contents() != ["1 × (−2) = −2"]
    view.wait_for_timeout(2600)
    assert view.locator(".pill text").all_text_contents() == ["1 × (−2) = −2"]


# ---------------------------------------------------------------------- find the bug


def hide_bug(view, place):
    """Enter the mode with the bug at a place among those that are possible, from 0 to 1."""
    view.evaluate("(place) => { Math.random = () => place; }", place)
    view.click("[data-mode=find].mode")


# All that is in the document but for numbers, and what is made of them: colors, bars, widths.
SKELETON = r"""() => [...document.querySelector(".stepgrad").querySelectorAll("*")]
    .filter((e) => !e.closest("script, style, .size, .bug, .score") && !e.matches(".pill rect, .sum rect"))
    .map((e) => [e.tagName, [...e.classList].filter((name) => !name.startsWith("tint-")).sort().join(" "), e.hidden,
        (e.title || "").replace(/[−\d.]+/g, "#"),
        e.children.length ? "" : e.textContent.replace(/[()]/g, "").replace(/−?\d+(\.\d+)?/g, "#")].join("|"))"""


def states(view, steps):
    found = []
    for at in range(steps):
        view.locator(".slider").fill(str(at))
        found.append(view.evaluate(SKELETON))
    return found


def test_a_secret_bug_changes_numbers_and_nothing_else_in_the_document(show):
    """Of all bugs that can be planted into the graph, one after the other; the wrong order changes the order, too."""
    trace = step_through(fan_out())
    view = show(page(fan_out()), reduced_motion="reduce")
    hide_bug(view, 0)
    view.click(".last")  # from here on all edges have the parts that they get when they are passed
    found = []
    for _ in range(9):
        skeleton = states(view, len(trace.forward) + len(trace) + 2)
        for _ in range(3):
            view.click(".hint")
        found.append((view.locator(".bug p").text_content(), skeleton))
        view.click(".check")
    assert len({said for said, _ in found}) == 9
    first = found[0][1]
    for said, skeleton in found:
        assert skeleton == first or "wrong topological order" in said, said


def test_the_first_wrong_node_is_found_and_only_then_explained(show):
    trace = step_through(fan_out())
    view = show(page(fan_out()), reduced_motion="reduce")
    hide_bug(view, 0)  # the first: = for +=
    card = {node.name: view.locator(f'.node[id$="-node-{node.position}"]') for node in trace.nodes}
    assert view.locator(".wrong, .bug:not([hidden])").count() == 0
    assert view.locator(".shelf .option, .inputs, .paths").evaluate_all("(all) => all.every((e) => !e.offsetParent)")
    card["v2"].click()
    assert verdict(view) == "v2 comes out right."
    card["a"].click()
    assert verdict(view) == "a comes out wrong, but only because of another node before it."
    assert view.locator(".wrong:not(.verdict), .bug:not([hidden])").count() == 0
    answer(view, "d")
    assert verdict(view) == "Yes, d is the first."
    assert "“=” where it should add with “+=”" in view.locator(".bug p").text_content()
    assert view.locator(".node.wrong").count() == 1
    assert view.locator(".score").text_content() == "0 of 1 right at the first try"
    go_on(view)
    assert view.locator(".wrong, .bug:not([hidden])").count() == 0
    view.click("[data-mode=watch].mode")
    view.click(".last")
    grads = view.locator("td.grad").evaluate_all("(cells) => cells.map((cell) => cell.title)")
    assert [number(text) for text in grads] == [node.grad for node in trace.nodes]


def test_a_graph_without_a_bug_that_shows_says_so(show):
    view = show(page(leaf()))
    view.click("[data-mode=find].mode")
    assert question(view) == "In this graph no bug would show."


# ---------------------------------------------------------------------- zeros, nan and infinities


def told(view, at):
    view.locator(".slider").fill(str(at))
    return view.locator(".narration").text_content()


def a_number(x):
    return Value(x, "a")


TROUBLES = {
    "relu": (lambda: a_number(-3.0).relu(), "relu of −3 is 0: nothing will pass back here."),
    "log": (lambda: a_number(-1.0).log(), "log of −1 is not a number: nan, and so is all that follows from it."),
    "log of 0": (lambda: a_number(0.0).log(), "log of 0 has no finite value: −inf."),
    "1/0": (lambda: 1.0 / a_number(0.0), "1/0 has no finite value: inf."),
    "0/0": (lambda: a_number(0.0) / Value(0.0), "0/0 is not a number: nan, and so is all that follows from it."),
    "overflow": (lambda: a_number(1000.0).exp(), "Too large for a floating-point number: inf."),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_a_number_that_is_none_is_explained_where_it_arises(show, name):
    make, expected = TROUBLES[name]
    view = show(page(named("y", make())))
    assert told(view, 1).endswith(". " + expected)


def test_zeros_nan_and_infinities_are_explained_on_their_way_and_drawn_unlike_healthy_numbers(show):
    a, b, c = Value(-1.0, "a"), Value(-3.0, "b"), Value(0.0, "c")
    h, n = named("h", b.relu()), named("n", a.log())
    q = named("q", b / c)
    m = named("m", q * c)
    trace = step_through(named("y", h * n + m * a))
    view = show(page_of(trace), reduced_motion="reduce")
    forward = {node.name: place for place, node in enumerate((trace.nodes[i] for i in trace.forward), start=1)}
    assert told(view, forward["m"]).endswith("0 × ∞ is not a number: nan.")
    assert "The nan comes from " in told(view, forward["y"])
    first = len(trace.forward) + 1
    said = {(step.node.name, step.operand.name): told(view, first + step.number).partition(". ")[2] for step in trace}
    assert said["m", "q"] == "The other factor is 0: nothing passes."
    assert said["m", "c"] == "The value of q is −inf already."
    assert said["q", "b"] == "0 × ∞ is not a number: nan."
    assert said["h", "b"] == "relu of −3: nothing passes."
    assert said["n", "a"] == "n has gradient 0: nothing to pass on."
    sick = view.locator(".node.sick").evaluate_all("(all) => all.map((box) => Number(box.id.split('-').pop()))")
    finite = "{:.0f}".format
    assert sorted(sick) == [i for i, one in enumerate(trace.nodes) if "n" in finite(one.data) + finite(one.grad)]
    nothing = view.locator(".edge.nothing").count()
    assert nothing == sum(step.product == 0 for step in trace)


# ---------------------------------------------------------------------- exercises


def numbers_of(view):
    """The values on the cards, in the order of the nodes."""
    cards = """(cards) => cards.map((card) => [card.id.split("-").pop(), card.querySelector(".data").textContent])"""
    found = view.locator(".node").evaluate_all(cards)
    return [number(text) for _, text in sorted(found, key=lambda card: int(card[0]))]


def test_the_page_of_exercises_gives_one_after_the_other(show):
    view = show(practice_page(lang="en"))
    assert view.locator(".stepgrad").count() == 1
    seen = set()
    for level in ("1", "2", "3", "4"):
        if level != "1":
            view.select_option(".practice select", level)
        for _ in range(4):
            assert question(view).startswith("What does ")
            assert view.locator(".practice select").input_value() == level
            lines = view.locator(".source li").all_text_contents()
            program = "; ".join(line.strip() for line in lines[1:-1])
            assert program in PROGRAMS[int(level)]
            seen.add((program, *numbers_of(view)))
            view.click(".practice button")
    assert len(seen) == 16


def test_an_exercise_is_solved_with_the_numbers_it_has(show):
    view = show(practice_page(lang="en"), reduced_motion="reduce")
    view.select_option(".practice select", "2")
    lines = view.locator(".source li").all_text_contents()
    trace = exercise("; ".join(line.strip() for line in lines[1:-1]), numbers_of(view))
    while DONE not in question(view):
        step = trace.steps[int(re.search(r"Backward (\d+)", view.locator(".where").text_content())[1]) - 1]
        if view.locator(".answer").is_hidden():
            go_on(view)
        elif question(view).startswith("Which"):
            answer(view, step.node.name)
        else:
            answer(view, written(step.product if question(view).startswith("What") else step.after))
    score = view.locator(".score").text_content()
    right, asked = re.match(r"(\d+) of (\d+)", score).groups()
    assert right == asked
    view.click(".practice button")  # without a mistake: the next level
    assert view.locator(".practice select").input_value() == "3"


def test_the_language_stays_from_exercise_to_exercise(show):
    view = show(practice_page(), locale="en-US")
    assert question(view).startswith("What does ")
    view.click(".language")
    view.click(".practice button")
    assert "的梯度加上多少" in question(view)


def test_an_exercise_that_is_over_takes_no_keys(show):
    view = show(practice_page(lang="en"))
    view.click(".practice button")
    view.click("[data-mode=watch].mode")
    view.evaluate("document.activeElement.blur()")
    at = int(view.locator(".slider").input_value())
    view.keyboard.press("ArrowRight")
    assert int(view.locator(".slider").input_value()) == at + 1


# ---------------------------------------------------------------------- accessibility


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation(show, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core checks the accessibility")
    view = show(practice_page(lang="en"), width=width, color_scheme=scheme, reduced_motion="reduce")

    def found(*actions):
        for action in actions:
            action()
        return [
            (one["id"], [node["html"] for node in one["nodes"]]) for one in axe.Axe().run(view).response["violations"]
        ]

    assert found(lambda: answer(view, "1000"), lambda: view.click(".hint")) == []
    assert found(lambda: view.click(".next")) == []
    assert found(lambda: hide_bug(view, 0.999), lambda: view.click(".last")) == []
    assert found(*[lambda: view.click(".hint")] * 3) == []
    assert view.evaluate("document.documentElement.scrollWidth <= innerWidth")
