"""The animated picture in a browser: what is seen at which time, in which colors, and without motion."""

from __future__ import annotations

import base64

import pytest
from graphs import named, neuron

from autograd import Value, step_through
from autograd.stepper.animation import BACKWARD, ENDING, FORWARD, OPENING, SEED

# All texts that are seen at a time, in seconds at the speed of 1; names, signs and marks of the operations left out.
SEEN = """(time) => {
    const pace = %s;
    document.getAnimations().forEach((one) => { one.pause(); one.currentTime = time * pace * 1000; });
    const opacity = (e) => (e instanceof SVGElement ? getComputedStyle(e).opacity * opacity(e.parentNode) : 1);
    const texts = [...document.querySelectorAll("svg text:not(.name, .sign, .word, .onnow)")];
    return texts.filter((e) => opacity(e) > 0.5).map((e) => e.textContent);
}"""


def product():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    return named("L", named("c", a * b) + a)


def opened(show, result, pace=3.0, **options):
    """The picture in a page, and what asks for the texts at a time."""
    view = show(f"<!DOCTYPE html>{step_through(result).to_animation(seconds_per_step=pace)}", **options)
    return view, lambda time: sorted(view.evaluate(SEEN % (pace / BACKWARD), time))


def test_the_passes_go_on_step_by_step(show):
    _, seen = opened(show, product())
    leaves = ["2", "−3"]
    values = [*leaves, "−6", "−4"]
    assert seen(OPENING / 2) == sorted(leaves)
    assert seen(OPENING + 0.9 * FORWARD) == sorted([*leaves, "−6", "2 × (−3) = −6"])
    known = OPENING + 2 * FORWARD
    assert seen(known + 0.1) == sorted(values)
    seed = known + 1.2
    assert seen(seed + 0.1) == sorted([*values, "grad", "1"])
    start = seed + SEED
    # L gives c and a one each; then c gives a its -3, and b the 2.
    grad = ["grad", "1"]
    first = [*values, *grad]
    assert seen(start + 0.05) == sorted(first)
    assert seen(start + 0.3) == sorted([*first, "1"])
    assert seen(start + 0.7) == sorted([*first, "1 × 1"])
    assert seen(start + 1.3) == sorted([*first, "1 × 1 = 1", "0 + …"])
    assert seen(start + 2.2) == sorted([*first, "1 × 1 = 1", "0 + 1"])
    assert seen(start + 3.7) == sorted([*first, "1 × 1 = 1", "0 + 1 = 1"])
    second = [*first, *grad, "×1"]
    assert seen(start + BACKWARD + 3.7) == sorted([*second, "1 × 1 = 1", "0 + 1 = 1"])
    third = [*second, "1 of 2", "1", "×1"]
    assert seen(start + 2 * BACKWARD + 0.05) == sorted(third)
    assert seen(start + 2 * BACKWARD + 3.7) == sorted(
        [*second, "×1", "1 × (−3) = −3", "1 + (−3) = −2"]  # the sum stands in place of the drawer at rest
    )
    done = [*second, "×1", "grad", "−2", "×(−3)", "grad", "2", "×2"]
    assert seen(start + 4 * BACKWARD + ENDING / 2) == sorted(done)


def test_it_begins_again_as_it_began(show):
    view, seen = opened(show, product())
    length = view.evaluate("document.getAnimations()[0].effect.getTiming().duration") / 1000 * BACKWARD / 3.0
    assert seen(length + OPENING / 2) == seen(OPENING / 2)


def test_every_moment_of_a_neuron_shows_all_values_that_are_known(show):
    """Nothing is gone between one thing and the next."""
    _, seen = opened(show, neuron(), pace=1.0)
    start = OPENING + 5 * FORWARD + 1.2
    for moment in range(0, 300, 7):
        assert {"2", "0", "−3", "1", "6.881", "−6", "0.8814", "0.7071"} <= set(seen(start + moment * 0.1))


def test_who_wants_less_motion_sees_the_end(show):
    still, _ = opened(show, product(), reduced_motion="reduce")
    _, seen = opened(show, product())
    assert still.evaluate("document.getAnimations().length") == 0
    at_rest = still.evaluate(SEEN % 1, 0)
    assert sorted(at_rest) == seen(OPENING + 2 * FORWARD + 1.2 + SEED + 4 * BACKWARD + ENDING / 2)


def as_image(result, pace):
    svg = step_through(result).to_animation(seconds_per_step=pace).encode()
    return f'<!DOCTYPE html><img src="data:image/svg+xml;base64,{base64.b64encode(svg).decode()}">'


def test_it_moves_as_an_image(show):
    view = show(as_image(product(), 0.5))
    before = view.screenshot()
    view.wait_for_timeout(700)
    assert view.screenshot() != before


@pytest.mark.parametrize(("scheme", "paper"), [("light", [255, 255, 255]), ("dark", [20, 23, 27])])
def test_an_image_has_the_colors_of_its_page(show, scheme, paper):
    view = show(f'<meta name="color-scheme" content="light dark">{as_image(product(), 3.0)}', color_scheme=scheme)
    color = """async () => {
        const canvas = new OffscreenCanvas(60, 60).getContext("2d");
        const image = document.querySelector("img");
        await image.decode();
        canvas.drawImage(image, 0, 0);
        return [...canvas.getImageData(20, 4, 1, 1).data].slice(0, 3);
    }"""
    assert view.evaluate(color) == paper


def test_all_text_lies_within_the_picture_and_its_shape(show):
    """Measured with the fonts of this machine: each line in its pill, its tag, its drawer or its card."""
    a, b = Value(-0.7071, "layers.0.neurons.3.weight[12]"), Value(-1234.5678, "w")
    view, _ = opened(show, (a * b * 1e-3).sigmoid() - b * 1e-4)
    out = """[...document.querySelectorAll("svg text")].filter((text) => {
        let shape = text.previousElementSibling;
        while (shape && shape.tagName !== "rect") { shape = shape.previousElementSibling; }
        const rect = shape || text.parentNode.querySelector("rect.card");
        const [inner, outer] = [text.getBoundingClientRect(), rect.getBoundingClientRect()];
        return inner.left < outer.left || inner.right > outer.right;
    }).map((text) => text.textContent)"""
    assert view.evaluate(out) == []
