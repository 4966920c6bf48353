"""The page in the frame of a notebook: as high as what is in it, and as dark as the notebook."""

from __future__ import annotations

import pytest
from graphs import neuron
from opening import showing

from autograd import step_through
from autograd.stepper.page import GROWING, HEIGHT, embedded

pytestmark = pytest.mark.browser


@pytest.fixture(params=["pages", "firefox_pages"], ids=["chromium", "firefox"])
def show(request, tmp_path):
    yield from showing(request.getfixturevalue(request.param), tmp_path)


def notebook(style="", output=None):
    """A page around an output, with the room of a cell on a screen of 1366 by 768."""
    output = embedded(step_through(neuron())) if output is None else output
    return (
        f"<!DOCTYPE html><title>notebook</title><body style='margin:0;{style}'><div style='width:914px'>{output}</div>"
    )


def height_of_frame(view):
    return view.evaluate("document.querySelector('iframe').getBoundingClientRect().height")


def inside(view):
    return view.frames[1]


def turn_drawer(view):
    inside(view).evaluate("(() => { const drawer = document.querySelector('.steps'); drawer.open = !drawer.open; })()")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_it_is_dark_where_the_notebook_is_dark(show, scheme):
    # A browser that is told which scheme to emulate would tell the frame the same.
    view = show(notebook(f"color-scheme:{scheme}"), color_scheme="null")
    view.frame_locator("iframe").locator(".play").wait_for()
    assert inside(view).evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")


def test_the_frame_grows_and_shrinks_with_its_page(show):
    view = show(notebook(), width=1366, height=768)
    view.frame_locator("iframe").locator(".play").wait_for()

    def fits():
        view.wait_for_timeout(150)
        return inside(view).evaluate("document.documentElement.scrollHeight <= innerHeight + 1"), height_of_frame(view)

    is_whole, closed = fits()
    assert is_whole and closed > HEIGHT
    graph = inside(view).evaluate("document.querySelector('.viewport').clientHeight")
    turn_drawer(view)
    is_whole, opened = fits()
    assert is_whole and opened > closed
    turn_drawer(view)
    assert fits() == (True, closed)
    assert inside(view).evaluate("document.querySelector('.viewport').clientHeight") == graph


def test_without_the_script_beside_it_the_frame_has_a_height_that_shows_graph_and_buttons(show):
    output = embedded(step_through(neuron())).replace(f"<script>{GROWING}</script>", "")
    view = show(notebook(output=output), width=1366, height=768)
    button = view.frame_locator("iframe").locator(".play").bounding_box()
    assert height_of_frame(view) == HEIGHT
    assert button["y"] + button["height"] < HEIGHT <= 768 - 160  # the bars of JupyterLab and a line of the cell
    assert view.frame_locator("iframe").locator(".viewport").bounding_box()["y"] > 0


def test_another_frame_cannot_change_the_height(show):
    other = "<iframe srcdoc='<script>parent.postMessage({stepgradHeight: 3000}, \"*\")</script>'></iframe>"
    hostile = "<script>postMessage({stepgradHeight: 3000}, '*'); postMessage(null, '*'); postMessage(3, '*')</script>"
    view = show(notebook() + other + hostile)
    view.frame_locator("iframe >> nth=0").locator(".play").wait_for()
    view.wait_for_timeout(150)
    assert height_of_frame(view) < 2500


def test_a_lecture_may_take_the_whole_screen(show):
    view = show(notebook())
    view.frame_locator("iframe").locator(".play").wait_for()
    assert inside(view).evaluate("document.fullscreenEnabled")
