"""Graphs whose pages are tested, and their pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opening import until

from autograd import Value, dot, step_through
from autograd.stepper.page import page_of


def named(name: str, value: Value) -> Value:
    value.label = name
    return value


def neuron() -> Value:
    x1, x2, w1, w2 = Value(2.0, "x1"), Value(0.0, "x2"), Value(-3.0, "w1"), Value(1.0, "w2")
    n = named("n", x1 * w1 + x2 * w2 + Value(6.8813735870195432, "b"))
    return named("out", n.tanh())


def fan_out() -> Value:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    c = named("c", a * b)
    d = named("d", c + a)
    return named("L", c * d + c + d * d)


def leaf() -> Value:
    return Value(3.0, "x")


def twice() -> Value:
    a = Value(2.0625, "a")
    return named("y", a + a)


def special() -> Value:
    """Infinities, nan and minus zero, and a branch not taken under an infinite gradient."""
    a, b = Value(0.0, "a"), Value(-1.0, "b")
    return named("z", (a.log() * b.relu() + a * -1.0) / a)


def vectors() -> Value:
    xs = [Value(x, f"x{i}") for i, x in enumerate([0.5, -1.0, 2.0])]
    return named("y", dot(xs, [Value(3.0, "w0"), xs[0], Value(-2.0, "w2")]) ** 2 - 3 / xs[1].exp())


GRAPHS: dict[str, Callable[[], Value]] = {
    function.__name__: function for function in (neuron, fan_out, leaf, twice, special, vectors)
}


def page(result: Value) -> str:
    trace = step_through(result)
    return page_of(trace)


def show_differences(view: Any, rows: str = "tr[data-node]") -> None:
    """Ask for finite differences, and wait until those of these rows are there: they come one after the other."""
    view.locator(".differing").check()
    until(view, f"[...document.querySelectorAll('{rows} .difference')].every((cell) => cell.textContent !== '–')")


def number(text: str) -> float:
    """A number as the page writes it."""
    return float(text.replace("−", "-"))


def press(view: Any, *keys: str) -> None:
    view.locator(".stepgrad").first.focus()
    for key in keys:
        view.keyboard.press(key)
