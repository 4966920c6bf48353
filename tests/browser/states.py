"""The states in which the page is looked at, by tests and, as pictures, by people. A new one is one more line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphs import press


def mode(name: str, then: Callable[[Any], Any] = lambda view: None) -> Callable[[Any], None]:
    def enter(view: Any) -> None:
        view.click(f"[data-mode={name}]")
        view.evaluate("document.querySelector('.drawers').scrollTop = 0")
        then(view)

    return enter


def at(step: int) -> Callable[[Any], None]:
    return lambda view: view.locator(".slider").fill(str(step))


def all_at_once(view: Any) -> None:
    """As much as can be shown at once."""
    press(view, "End", "ArrowLeft")
    view.evaluate("document.querySelectorAll('[data-drawer]').forEach((drawer) => { drawer.open = true; })")
    view.check(".differing")
    view.select_option(".bugs", "leftover")
    view.select_option(".paths select", "0")


def answer_wrong(view: Any) -> None:
    view.locator(".answer").fill("12345")
    view.locator(".answer").press("Enter")


def nudge(view: Any) -> None:
    """A node that is held, and its number typed on the card."""
    view.fill(".nudge .value", "2.5")
    view.press(".nudge .value", "Enter")
    view.focus(".handle")
    view.keyboard.press("Enter")


def train(view: Any) -> None:
    view.emulate_media(reduced_motion="reduce")  # all steps at once
    view.click(".train .run")
    view.click(".train .tiles summary")


# The name of a state begins with its mode, if that is not the one in which the page opens.
STATES: dict[str, Callable[[Any], Any]] = {
    "opening": lambda view: None,
    "forward": at(3),
    "seed": at(7),
    "step": at(10),
    "end": lambda view: press(view, "End"),
    "node": lambda view: (press(view, "End"), view.locator(".node > rect").nth(2).click()),
    "all": all_at_once,
    "nudge": mode("nudge", nudge),
    "train": mode("train", train),
    "predict": mode("predict"),
    "predict-wrong": mode("predict", answer_wrong),
    "find": mode("find"),
    "lecture": lambda view: (at(10)(view), press(view, "f")),
}
