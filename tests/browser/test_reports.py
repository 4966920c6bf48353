"""The pages of ``stepgrad demo`` and ``stepgrad train``: nothing is cut off, and all of it can be read."""

from __future__ import annotations

import random

import pytest

from stepgrad.cli import main

pytest.importorskip("safetensors", reason="models are saved as safetensors")
pytest.importorskip("matplotlib", reason="the pages have pictures")

CUT = """() => {
    const out = [];
    if (document.documentElement.scrollWidth > innerWidth) { out.push("page " + document.documentElement.scrollWidth); }
    for (const e of document.querySelectorAll(".text *")) {
        if (e.closest("svg")) { continue; }
        const box = e.getBoundingClientRect();
        if (box.right > innerWidth + 1 || box.left < -1) { out.push(e.tagName + " " + box.right); }
        if (e.matches(".scroll") && e.scrollWidth > e.clientWidth) { out.push("scrolls " + e.scrollWidth); }
    }
    return out;
}"""
FAINT = r"""() => {
    const numbers = (color) => color.match(/[\d.]+/g).map(Number);
    const linear = (c) => c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4;
    const light = (color) => 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
    const out = [];
    for (const e of document.querySelectorAll(".text :is(p, figcaption, th, td, h1, h2)")) {
        const layers = [];
        for (let around = e; around; around = around.parentElement) {
            layers.unshift(numbers(getComputedStyle(around).backgroundColor));
        }
        let ground = [255, 255, 255];
        for (const [r, g, b, a = 1] of layers) { ground = ground.map((c, i) => c * (1 - a) + [r, g, b][i] * a); }
        const [dim, bright] = [light(ground), light(numbers(getComputedStyle(e).color))].sort((x, y) => x - y);
        if ((bright + 0.05) / (dim + 0.05) < 4.5) { out.push(e.tagName + " " + e.textContent.slice(0, 30)); }
    }
    return out;
}"""
STRIPES = """() => [...document.querySelectorAll(".text figcaption")]
    .map((e) => getComputedStyle(e).backgroundColor).filter((color) => color !== "rgba(0, 0, 0, 0)")"""
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The pages: of the demo, of three species, of a dozen classes with long names, and of a regression."""
    folder = tmp_path_factory.mktemp("pages")
    generator = random.Random(0)
    kinds = {"few": ["setosa", "versicolor", "virginica"], "many": ["Frankfurt am Main", LONG, *"abcdefghij"]}
    pages = {}
    for name, classes in kinds.items():
        rows = [f"{i % len(classes) + generator.gauss(0, 0.2)},{classes[i % len(classes)]}" for i in range(120)]
        (folder / f"{name}.csv").write_text("\n".join([f"a_{LONG},kind", *rows]))
        pages[name] = (f"{name}.csv", "kind")
    pages["regression"] = ("few.csv", f"a_{LONG}")
    for name, (table, target) in pages.items():
        options = ["--target", target, "--out", str(folder / name), "--quiet", "--epochs", "2"]
        assert main(["train", str(folder / table), *options]) == 0
        pages[name] = (folder / name / "report.html").read_text()
    assert main(["demo", "--quiet", "--epochs", "1", "--out", str(folder / "demo")]) == 0
    return {**pages, "demo": (folder / "demo" / "index.html").read_text()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("name", ["few", "many", "regression", "demo"])
def test_nothing_is_cut_off_and_all_can_be_read(show, made, name, width, scheme):
    view = show(made[name], width=width, color_scheme=scheme)
    assert view.evaluate(CUT) == []
    assert view.evaluate(FAINT) == []
    assert view.evaluate(STRIPES) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_demo_opens_on_the_stepper_of_the_neuron(show, made, scheme):
    view = show(made["demo"], width=1280, height=800, color_scheme=scheme)
    section = view.locator(".stepgrad").first
    for part in (".graph", ".play", ".slider", ".narration"):
        box = section.locator(part).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 800
    before = section.locator(".where").inner_text()
    section.locator(".next").click()
    assert section.locator(".where").inner_text() != before
    network = view.locator(".stepgrad").nth(1)
    assert network.bounding_box()["y"] > section.bounding_box()["y"] + section.bounding_box()["height"]
