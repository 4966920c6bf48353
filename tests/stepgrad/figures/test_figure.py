"""Figures as files and texts: the same bytes each time, safe in any page, small."""

from __future__ import annotations

import dataclasses
import math
import os
import re
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pictures_read import parsed, texts, vertices

import autograd
from stepgrad.figures import bars, contours, curve, decision_regions, histogram, loss_curves, network, row
from stepgrad.figures.strokes import COLORS, QUIET, fit, line, simplified

HOSTILE = "</text><script>alert(1)</script>&\"'\x00\n\u202e"


def one_of_each(name="x"):
    circle = [[math.cos(k), math.sin(k)] for k in range(40)]
    return [
        curve({name: math.sin, "b": autograd.tanh}, points={name: (0, 0)}, xlabel=name, ylabel=name, title=name),
        loss_curves({"loss": [1, 2], "val_loss": [2, 1]}, title=name),
        contours(
            lambda x, y: x * y, path={name: [(0, 0), (1, 1)]}, points={name: (1, 2)}, labels=(name, name), title=name
        ),
        decision_regions(
            lambda batch: [a - b for a, b in batch], circle, [k % 2 for k in range(40)],
            feature_names=(name, name), target_names=[name, "b"], title=name,
        ),
        histogram({name: [1, 2, 3], "b": [2, 3, 4]}, xlabel=name, title=name),
        bars({name: 1, "b": 2}, xlabel=name, title=name),
        network([[[1, -2]], [[3]]], units=[[1, 2], [3], [4]], title=name, names=[name, "b", name]),
        row(curve(abs, title=name), bars([1], title=name)),
    ]  # fmt: skip


KINDS = ["curve", "loss_curves", "contours", "decision_regions", "histogram", "bars", "network", "row"]


@pytest.mark.parametrize("index", range(len(KINDS)), ids=KINDS)
def test_a_picture_is_small_has_a_title_and_tells_what_it_shows(index):
    figure = one_of_each()[index]
    root = parsed(figure)
    title, description = root[0], root[1]
    assert title.tag.endswith("title") and title.text == figure.summary and f"<Figure: {title.text}>" == repr(figure)
    assert description.tag.endswith("desc") and len(description.text) > 5 and description.text.endswith(".")
    assert len(figure.to_svg()) <= 12 * 1024
    assert figure._repr_svg_() == figure.to_svg()


@pytest.mark.parametrize("index", range(len(KINDS)), ids=KINDS)
def test_words_of_a_learner_are_text_and_nothing_else(index):
    harmless, hostile = one_of_each()[index], one_of_each(HOSTILE)[index]
    assert {x.tag for x in parsed(hostile).iter()} == {x.tag for x in parsed(harmless).iter()}
    assert any(text.startswith("</te") for text in texts(hostile))
    assert "<script" not in hostile.to_svg()


@pytest.mark.parametrize("index", range(len(KINDS)), ids=KINDS)
def test_nothing_in_a_picture_changes_the_page_around_it(index):
    for element in parsed(one_of_each()[index]).iter():
        name = element.tag.rpartition("}")[2]
        assert name in ("svg", "title", "desc", "rect", "path", "text", "g")
        assert not {"id", "class", "href"} & set(element.attrib)
        assert name == "svg" or "style" not in element.attrib


def test_a_figure_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        curve(abs).width = 3


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    figure = curve(abs)
    assert figure.save(tmp_path / "a.svg").read_text(encoding="utf-8") == figure.to_svg() + "\n"
    ElementTree.parse(tmp_path / "a.svg")
    with pytest.raises(OSError, match="missing"):
        figure.save(tmp_path / "missing" / "a.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]


PROGRAM = """
import math, hashlib
from stepgrad.figures import *
figures = [curve([math.sin, math.cos, abs], points={"a": (0, 0)}), contours(lambda x, y: x * y, path=[(0, 0), (1, 1)])]
print(hashlib.sha256("".join(f.to_svg() for f in [*figures, row(figures)]).encode()).hexdigest())
"""


@pytest.mark.native
def test_pictures_are_the_same_in_every_process():
    seeds = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    runs = [subprocess.run([sys.executable, "-c", PROGRAM], env=env, capture_output=True, check=True) for env in seeds]
    assert runs[0].stdout == runs[1].stdout


@pytest.mark.native
def test_importing_figures_loads_neither_nn_nor_another_package():
    code = "import sys; import stepgrad.figures; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"nn", "numpy", "matplotlib", "graphviz"} & set(loaded)


def luminance(color):
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("color", [*COLORS, QUIET])
def test_words_in_any_color_can_be_read_on_the_card(color):
    assert 1.05 / (luminance(color) + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def seen(color, matrix):
    """A color as people without one kind of cone see it; Viénot, Brettel and Mollon, 1999."""
    rgb = [(int(color[k : k + 2], 16) / 255) ** 2.2 for k in (1, 3, 5)]
    return [max(0.0, sum(a * b for a, b in zip(line, rgb, strict=True))) ** (1 / 2.2) for line in matrix]


PROTAN = [(0.112, 0.888, 0.0), (0.112, 0.888, 0.0), (0.004, -0.004, 1.0)]
DEUTAN = [(0.293, 0.707, 0.0), (0.293, 0.707, 0.0), (-0.022, 0.022, 1.0)]


@pytest.mark.parametrize("matrix", [PROTAN, DEUTAN], ids=["protanopia", "deuteranopia"])
def test_the_first_colors_differ_for_the_color_blind(matrix):
    for one, other in combinations(COLORS[:3], 2):
        assert math.dist(seen(one, matrix), seen(other, matrix)) > 0.1


def test_a_row_puts_what_does_not_fit_in_the_next_line():
    one = curve(abs)
    heights = [float(parsed(row([one] * count, columns=2)).get("height")) for count in (2, 4)]
    assert heights[1] > 1.9 * heights[0]
    assert parsed(row(one, one)).get("width") == parsed(row(one, one, one)).get("width") == "720"


def test_a_simplified_line_is_nowhere_far_from_the_points():
    points = [(k / 10, 20 * math.sin(k / 30)) for k in range(600)]
    kept = simplified(points, 0.1)
    assert len(kept) < 120
    for x, y in points:
        (ax, ay), (bx, by) = next(pair for pair in pairwise(kept) if pair[0][0] <= x <= pair[1][0])
        across = abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / math.hypot(bx - ax, by - ay)
        assert across <= 0.1 + 1e-9


def test_rounding_does_not_add_up_along_a_line():
    ((*_, last),) = vertices(line([(0.04 * k, k % 2) for k in range(101)], 0.0))
    assert last == pytest.approx((4.0, 0.0), abs=0.051)


def test_a_text_is_cut_to_its_room():
    assert fit("a short one", 200) == "a short one"
    assert fit("m" * 200, 60).endswith("…") and len(fit("m" * 200, 60)) < 10


def test_the_picture_in_the_documentation_is_the_one_that_its_page_makes(tmp_path, monkeypatch):
    docs = Path(__file__).resolve().parents[3] / "docs"
    (session,) = re.findall(r"```pycon\n(.*?)```", (docs / "figures.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [re.sub(r"^(>>>|\.\.\.) ?", "", line) for line in session.splitlines() if line[:3] in (">>>", "...")]
    monkeypatch.chdir(tmp_path)
    exec("\n".join(lines), {})
    made, kept = (ElementTree.parse(folder / "figures.svg").getroot() for folder in (tmp_path, docs))
    assert [x.text for x in made.iter()] == [x.text for x in kept.iter()]
