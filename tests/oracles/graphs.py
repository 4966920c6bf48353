"""Graphs and labels that several tests look at."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter

import autograd
from autograd import Value
from autograd.text.labels import LABEL_LENGTH

EDGE = re.compile(r"^\t(\w+) -> (\w+)(?::(\d+):[nesw])?(?: \[.*\])?$", re.MULTILINE)


def neuron():
    x1, x2, w1, w2 = Value(2.0, "x1"), Value(0.0, "x2"), Value(-3.0, "w1"), Value(1.0, "w2")
    return (x1 * w1 + x2 * w2 + Value(6.8813735870195432, "b")).tanh()


def graphs():
    a, b = Value(3.0, "a"), Value(4.0, "b")
    shared = a * b
    yield "leaf", a
    yield "neuron", neuron()
    yield "a + a", a + a
    yield "a - a", a - a
    yield "constants", (2 - a) / (b**2 + 2)
    yield "diamond", shared + shared.exp() * shared
    yield "dot", autograd.dot([a, b, a, 0.5], [b, a, a, b])
    yield "sum", autograd.sum([a, a, b, 1.0])
    yield "where", autograd.where(a, b.exp(), a - b)
    yield "made by hand", Value(1.0, (a, b, shared), "f")
    yield "made by hand, without operands", Value(1.0, (), "f")


HOSTILE = [
    "\nfirst line empty",
    "last line empty\n",
    "\n\n",
    "a\r\nb",
    " ",
    "  two  spaces  ",
    "\t",
    "\\",
    "\\\\",
    '"',
    '\\"',
    '"];evil [label="x',
    "{a|b}",
    "}{|",
    "<port> x",
    "<b>html</b>",
    "<<b>html</b>>",
    "\\N \\G \\n \\l",
    "&amp; &lt; &#10; &#x1F600; &nbsp;",
    "</text><script>alert(1)</script>",
    "]]>",
    "-->",
    "NUL \0 bell \a escape \x1b",
    "\x7f\x85\u2028\ufffe\uffff",
    "\ud800 lone",
    "שלום עולם",
    "\u202eright to left",
    "👩‍👩‍👧 😀",
    "∂L/∂w₁ = Σ",
    "好" * 50,
    "x" * 10_000,
]


def edges(source):
    """The edges of a drawing, with the numbered entrance each one leads to."""
    return Counter((tail, head, port) for tail, head, port in EDGE.findall(source))


def texts(svg):
    """What can be read in an SVG picture."""
    root = ElementTree.fromstring(svg)
    return ["".join(element.itertext()).replace("\xa0", " ") for element in root.iter() if element.tag.endswith("text")]


def check_label(label, svg):
    shown = re.sub("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", "↵", label.replace("\t", " "))
    readable = [re.escape(c) if c.isprintable() or c == " " else "." for c in shown[:20]]
    assert any(re.match("".join(readable), text) for text in texts(svg)), (label, texts(svg))
    assert all(len(text) <= LABEL_LENGTH for text in texts(svg))


def chain(length):
    x = Value(1.0, "start")
    for _ in range(length):
        x = -x
    return x
