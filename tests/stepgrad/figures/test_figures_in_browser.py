"""Words in pictures, measured in a browser: none is cut, none covers another, whatever is drawn."""

from __future__ import annotations

import math
from html import escape

import pytest

from nn import landscapes
from stepgrad.figures import bars, contours, curve, decision_regions, histogram, loss_curves, network, row

pytestmark = pytest.mark.browser

LONG = "a name that is much longer than anything that anybody would write beside a line"
CHINESE = "一个很长的中文标签，比任何人写在线旁边的都长"
NAN, INF = math.nan, math.inf


def awkward():
    numbers = {
        "huge": [-1.7e308, 1.7e308, 0],
        "tiny": [5e-324, 1e-310, 3e-308],
        "negative": [-1, -1000, -123456],
        "constant": [-7.25] * 5,
        "nearly constant": [123456789.001, 123456789.002],
        "holes": [NAN, 1, INF, 2, -INF, 3, NAN],
        "one point": [42],
        "nothing": [NAN, INF],
        "zeros": [0.0, 0.0],
        "wide": [1e-30, 1e30],
    }
    for name, some in numbers.items():
        yield f"curve {name}", curve(some, xlabel="step", ylabel="loss")
        yield f"log curve {name}", curve(some, x=[k + 1 for k in range(len(some))], log="xy", ylabel="loss")
        yield f"histogram {name}", histogram(some, xlabel=LONG, title=LONG)
        yield f"bars {name}", bars(some, xlabel="number")
        yield (
            f"network {name}",
            network([[some, some[::-1], some], [some[:1] * 3]], units=[some, some[:1] * 3, some[:1]]),
        )
        yield (
            f"contours {name}",
            contours(lambda x, y, some=some: some[int(x) % len(some)], ((0, 5), (0, 3)), resolution=21),
        )
    for name in (LONG, CHINESE, "W" * 60, "🙂" * 40, "<b>&amp;\n"):
        lines = {name: [1, 2, 3], name + "2": [3, 2, 3], name + "3": [1, 1, 3]}
        yield f"curve {name}", curve(lines, points={name: (1, 2)}, xlabel=name, ylabel=name, title=name)
        yield f"bars {name}", bars({name: 1e9, "b": -1e-9}, xlabel=name, title=name)
        yield f"network {name}", network([[[1, 2, 3]] * 4], title=name, names=[name, name])
        yield f"histogram {name}", histogram(lines, xlabel=name, title=name)
        paths = {name + str(k): [(0, 0), (k, 1)] for k in range(4)}
        yield f"contours {name}", contours(lambda x, y: x * y, path=paths, points={name: (1, 1)}, labels=(name, name))
        yield (
            f"regions {name}",
            decision_regions(
                lambda batch: [[x, y, -x, -y] for x, y in batch],
                [[1e6, 0], [0, 1e6], [-1e6, 0], [0, -1e6]],
                [0, 1, 2, 3],
                feature_names=(name, name),
                target_names=[name] * 4,
                title=name,
            ),
        )
    yield "many lines", curve({f"learning rate {k}": [1.0, 1.0 + k / 1000] for k in range(24)})
    yield "many points", curve(lambda x: x * x, (-1, 1), points={f"point {k}": (k / 10, k / 100) for k in range(8)})
    yield "many bars", bars(list(range(60)))
    yield "loss", loss_curves({"loss": [1e9, 1e3, 1], "val_loss": [1e9, 1e4, 1e5]})
    yield "arrows", contours(landscapes.himmelblau, gradients=7, filled=False)
    yield "beale", contours(landscapes.beale)
    yield "small", contours(lambda x, y: 1e-12 * x * y, ((0, 1e-9), (1e9, 1.00001e9)))
    yield "slim", contours(lambda x, y: x, ((0, 1), (0, 1000)), gradients=[(0.5, 500)])
    weights = [[[math.sin(9 * j + k) for j in range(4)] for k in range(4)]]
    yield "full network", network(weights, units=[[1e-9, 2e5, -0.0123, 4], [-1e-9, -2e5, 3, 4]])
    pictures = [
        network(weights),
        curve({"f": math.sin, LONG: abs}),
        contours(landscapes.beale),
        bars({LONG: 1}),
        histogram([1, 2, 3]),
    ]
    yield "row", row(pictures, columns=4)
    yield "narrow row", row([*pictures, *pictures], columns=5)


MEASURE = """
() => [...document.querySelectorAll("figure")].map((figure) => {
    const svg = figure.querySelector("svg").getBoundingClientRect();
    const words = [...figure.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
    const found = [];
    words.forEach(([text, box], place) => {
        if (box.left < svg.left - 0.5 || box.right > svg.right + 0.5 || box.top < svg.top - 0.5
            || box.bottom > svg.bottom + 0.5) {
            found.push(`cut: ${text}`);
        }
        for (const [other, its] of words.slice(0, place)) {
            // The box of a word is higher than its letters.
            if (box.left < its.right - 0.5 && its.left < box.right - 0.5 && box.top < its.bottom - 3
                && its.top < box.bottom - 3) {
                found.push(`over each other: ${text} and ${other}`);
            }
        }
    });
    return [figure.title, words.length, found];
})
"""


def test_no_word_is_cut_or_covers_another(show):
    pictures = "".join(
        f'<figure style="margin:4px" title="{escape(name)}">{figure.to_svg()}</figure>' for name, figure in awkward()
    )
    page = show(f'<!DOCTYPE html><meta charset="utf-8"><title>pictures</title><body>{pictures}', width=1000, height=800)
    measured = page.evaluate(MEASURE)
    assert len(measured) > 80 and sum(count for _, count, _ in measured) > 800
    assert {name: found for name, _, found in measured if found} == {}


def test_a_picture_shrinks_to_the_room_that_there_is(show):
    svg = row(curve(abs)).to_svg()
    page = show(f"<!DOCTYPE html><title>picture</title><div style='width:300px'>{svg}", width=1000, height=800)
    measure = (
        "() => { const box = document.querySelector('svg').getBoundingClientRect(); return [box.width, box.height] }"
    )
    box = page.evaluate(measure)
    assert box[0] == pytest.approx(300, abs=1) and box[1] < 200
