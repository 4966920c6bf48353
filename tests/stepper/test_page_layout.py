"""The layout of the page, run by Node: where Python puts cards and edges, apart from each other, across and down."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
from importlib.resources import files
from itertools import accumulate, combinations, pairwise

import pytest

from autograd.drawing.layout import Box, Port, layered

node = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(node is None, reason="the script of the page is run by Node, which is not installed"),
    pytest.mark.native,
]

LAID_OUT = """
const plain = ({ width, height, boxes, routes }) => ({ width, height, boxes: [...boxes], routes });
const all = JSON.parse(require("fs").readFileSync(0, "utf-8")).map(({ sizes, edges, options }) => {
  const { parents, headings, ports } = options;
  const given = { ...options, parents: new Map(parents), headings: new Map(headings), ports: new Map(ports) };
  return [layered, stacked].map((way) => plain(way(new Map(sizes), edges, given)));
});
process.stdout.write(JSON.stringify(all));
"""


def laid_out(cases):
    """Each case across and down, as the page does it."""
    assets = files("autograd.stepper").joinpath("assets")
    program = "\n".join(assets.joinpath(name).read_text(encoding="utf-8") for name in ("ranks.js", "layout.js"))
    documents = json.dumps([{"sizes": [*sizes.items()], "edges": edges, "options": o} for sizes, edges, o in cases])
    command = [node, "-e", f'"use strict";\n{program}\n{LAID_OUT}']
    done = subprocess.run(command, input=documents, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_points_on_a_line_are_those_of_its_curves():
    d = "M10 20C40 20 60 90 100 90H150"
    inner = "const { length, at } = curveAlong(D);"
    points = "[0, 0.25, 0.5, 1].map((share) => at(length * share))"
    code = files("autograd.stepper").joinpath("assets", "curves.js").read_text(encoding="utf-8")
    program = f'"use strict";\n{code}\nconst D = "{d}"; {inner} console.log(JSON.stringify([length, {points}]));'
    length, (start, quarter, middle, end) = json.loads(subprocess.check_output([node, "-e", program]))

    def bezier(t):
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        return tuple(
            sum(w * x for w, x in zip(weights, xs, strict=True)) for xs in ((10, 40, 60, 100), (20, 20, 90, 90))
        )

    fine = [bezier(i / 10_000) for i in range(10_001)]
    arcs = [math.dist(a, b) for a, b in pairwise(fine)]
    assert length == pytest.approx(math.fsum(arcs) + 50, rel=2e-3)
    assert (start, end) == ({"x": 10, "y": 20}, {"x": 150, "y": 90})
    reached = [*accumulate(arcs)]
    for point, share in ((quarter, 0.25), (middle, 0.5)):
        there = next(point for point, far in zip(fine, reached, strict=False) if far >= share * length)
        assert (point["x"], point["y"]) == pytest.approx(there, abs=0.5)


def random_case(seed):
    """A graph of some dozen items, some of them in clusters, as deep as three."""
    generator = random.Random(seed)
    count = generator.randrange(1, 40)
    sizes = {f"n{i}": (generator.uniform(30, 180), generator.uniform(20, 90)) for i in range(count)}
    edges = [
        (f"n{generator.randrange(max(i - 9, 0), i)}", f"n{i}")
        for i in range(1, count)
        for _ in range(generator.choice((0, 1, 2, 2, 2, 5)))
    ]
    parents = {}
    if seed % 2:
        for i in range(count):
            parents[f"n{i}"] = generator.choice(("", "one", "two", "two.a", "two.a.b"))
        parents.update({"two.a": "two", "two.a.b": "two.a"})
    parents = {item: cluster for item, cluster in parents.items() if cluster}
    options = {
        "parents": [*parents.items()],
        "headings": [[cluster, generator.uniform(10, 300)] for cluster in sorted(set(parents.values()))],
        "ports": [[item, {"above": 3, "height": 14}] for item in sizes if generator.random() < 0.5],
        "ranks": generator.choice((22, 78, 104)),
    }
    return sizes, edges, options


@pytest.fixture(scope="module")
def cases():
    made = [random_case(seed) for seed in range(60)]
    return [(case, *both) for case, both in zip(made, laid_out(made), strict=True)]


def test_across_it_is_the_layout_of_the_picture_that_python_makes(cases):
    for (sizes, edges, options), across, _ in cases:
        expected = layered(
            sizes,
            edges,
            dict(options["parents"]),
            dict(options["headings"]),
            {item: Port(port["above"], port["height"]) for item, port in options["ports"]},
            options["ranks"],
        )
        assert (across["width"], across["height"]) == pytest.approx((expected.width, expected.height))
        assert {name: tuple(box.values()) for name, box in across["boxes"]} == {
            name: pytest.approx(tuple(box)) for name, box in expected.boxes.items()
        }
        for ours, theirs in zip(across["routes"], expected.routes, strict=True):
            assert [*map(tuple, ours)] == [pytest.approx(point) for point in theirs]


def overlap(a, b):
    return a.x < b.right - 1e-6 and b.x < a.right - 1e-6 and a.y < b.y + b.height - 1e-6 and b.y < a.y + a.height - 1e-6


@pytest.mark.parametrize("way", [0, 1], ids=["across", "down"])
def test_cards_are_apart_and_edges_go_from_card_to_card(cases, way):
    for (sizes, edges, options), *both in cases:
        boxes = {name: Box(**box) for name, box in both[way]["boxes"]}
        items = {name: boxes[name] for name in sizes}
        assert not [pair for pair in combinations(items.values(), 2) if overlap(*pair)]
        for name, box in items.items():
            assert (box.width, box.height) == pytest.approx(sizes[name])
            assert box.x >= -1e-6 and box.right <= both[way]["width"] + 1e-6
            assert box.y >= -1e-6 and box.y + box.height <= both[way]["height"] + 1e-6
        for item, cluster in options["parents"]:
            if item not in boxes:  # an empty cluster
                continue
            inner, outer = boxes[item], boxes[cluster]
            assert outer.x < inner.x and inner.right < outer.right
            assert outer.y < inner.y and inner.y + inner.height < outer.y + outer.height
        for (tail, head), route in zip(edges, both[way]["routes"], strict=True):
            (x, y), (end_x, end_y) = route[0], route[-1]
            start, end = boxes[tail], boxes[head]
            if way:  # turned over the diagonal
                x, y, end_x, end_y = y, x, end_y, end_x
                start, end = (Box(b.y, b.x, b.height, b.width) for b in (start, end))
            assert x == pytest.approx(start.right) and start.y <= y <= start.y + start.height
            assert end_x == pytest.approx(end.x) and end.y <= end_y <= end.y + end.height
            if not options["parents"]:
                assert x < end_x


def test_the_edges_into_an_operation_keep_the_order_of_its_operands(cases):
    for (_, edges, options), across, _ in cases:
        arrivals = {}
        for (_, head), route in zip(edges, across["routes"], strict=True):
            arrivals.setdefault(head, []).append(route[-1][1])
        if not options["parents"]:
            assert all(ys == sorted(ys) for ys in arrivals.values())


def test_the_same_graph_gives_the_same_layout():
    made = [random_case(seed) for seed in (3, 8)]
    assert laid_out(made + made)[:2] == laid_out(made)
