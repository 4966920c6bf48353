"""Motion leads to the picture that is there at once without motion, whatever the reader does."""

from __future__ import annotations

import random

import pytest
from graphs import fan_out
from test_lens import network_of_samples, recurrence

from autograd import step_through
from autograd.stepper.page import page_of

PICTURE = """() => {
    const svg = document.querySelector(".viewport > svg").cloneNode(true);
    svg.querySelectorAll('[style=""]').forEach((part) => part.removeAttribute("style"));
    const numbers = (text) => text.split(/[ ,]+/).map((number) => Number(number).toFixed(1)).join(" ");
    const [x, y] = ["scrollLeft", "scrollTop"].map((name) => Math.round(document.querySelector(".viewport")[name]));
    return svg.outerHTML.replace(/></g, ">\\n<")
        .replace(/translate\\(([^)]*)\\)/g, (whole, place) => "translate(" + numbers(place) + ")") + "\\n" + [x, y];
}"""

BOX = """(index) => {
    const boxes = [...document.querySelectorAll(".viewport [aria-expanded]")];
    if (boxes.length) { boxes[index % boxes.length].dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" })); }
}"""


def act(view, generator):
    """One of the things that change the picture."""
    kind = generator.choice(["jump", "jump", "step", "back", "step", "box", "fold", "mode"])
    if kind == "jump":
        view.locator(".slider").fill(str(generator.randrange(int(view.get_attribute(".slider", "max")))))
    elif kind in ("step", "back"):
        view.locator(".next" if kind == "step" else ".previous").dispatch_event("click")
    elif kind == "box":
        view.evaluate(BOX, generator.randrange(100))
    elif kind == "fold":
        view.locator(".fold").dispatch_event("click")
    else:
        view.click(f".mode[data-mode={generator.choice(['watch', 'nudge', 'train'])}]")
    return kind


def at_rest(view):
    """The picture, when it has been the same for a while."""
    view.locator(".viewport > svg:not(.travelling)").wait_for()
    before = ""
    while (picture := view.evaluate(PICTURE)) != before:
        before = picture
        view.wait_for_timeout(300)
    return picture


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (lambda: step_through(fan_out()), {"width": 1280}),
        (network_of_samples, {"width": 1280}),
        (network_of_samples, {"width": 390, "height": 844}),
        (lambda: step_through(recurrence(50)), {"width": 1280}),
    ],
    ids=["small", "samples", "samples-down", "cells"],
)
def test_motion_ends_where_there_is_none(show, make, size):
    text = page_of(make())
    moving, still = (show(text, drawers=False, reduced_motion=m, **size) for m in ("no-preference", "reduce"))
    moving.select_option(".speed", "4")
    seeds = random.Random(str(size))
    done = []
    for _ in range(7):
        seed = seeds.random()
        for view in (moving, still):
            done.append(act(view, random.Random(seed)))
        assert at_rest(moving) == at_rest(still), done[::2]
