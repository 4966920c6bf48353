"""The script and the style of the page, from `assets`: the parts of the script one after the other, with short names.

Names are shortened by terser, since a notebook holds the script once for each output: `make page` writes
``assets/page.min.js``. While a part is being changed, and that file does not belong to the parts as they are, the page
has the parts themselves.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from autograd.stepper.words import LANGUAGES, for_script

SCRIPTS = (
    "messages.js",
    "numbers.js",
    "elementary.js",
    "model.js",
    "expansion.js",
    "regions.js",
    "repeats.js",
    "structure.js",
    "formulas.js",
    "mistakes.js",
    "bugs.js",
    "troubles.js",
    "curves.js",
    "ranks.js",
    "layout.js",
    "cards.js",
    "boxes.js",
    "scene.js",
    "camera.js",
    "lens.js",
    "map.js",
    "passing.js",
    "titles.js",
    "changes.js",
    "graph.js",
    "drawers.js",
    "fields.js",
    "views.js",
    "lists.js",
    "panels.js",
    "search.js",
    "tutor.js",
    "practice.js",
    "address.js",
    "frame.js",
    "held.js",
    "chart.js",
    "oncard.js",
    "nudge.js",
    "train.js",
    "stepper.js",
)
"""The parts, in the order in which they are joined."""

SHORT = "page.min.js"
EXPORTED = ("start", "practise", "elementary")
"""What the script needs of the parts: how a page starts, and what the operations of a trace are made of."""


@cache
def asset(name: str) -> str:
    """The text of a file in `assets`."""
    return files("autograd.stepper").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def parts() -> str:
    """The parts as one function of the words of the page, in ASCII."""
    code = "\n".join(map(asset, SCRIPTS))
    whole = f'(function (languages, table) {{ "use strict"; {code} return {{ {", ".join(EXPORTED)} }}; }})'
    return "".join(letter if letter.isascii() else f"\\u{ord(letter):04x}" for letter in whole)


def digest_of(text: str) -> str:
    """By which the short script knows its parts."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def short() -> str:
    """The same function with short names, in one line; the parts themselves if it is not up to date."""
    head, _, code = asset(SHORT).partition("\n")
    return code.strip() if digest_of(parts()) in head else parts()


def script_of(programs: Mapping[str, Mapping[str, Any] | None], start: str) -> str:
    """The script of every page, with operations for it to compute, called `programs`, and how it starts.

    It finds its words in the `words_element` of the section or of the document.

    It is a single line of ASCII: some hosts put a whole page on one line, or do not say its encoding, and the hash of
    the script must stay the same.
    """
    return (
        '(function () { "use strict"; '
        'const told = (document.currentScript?.closest(".stepgrad") || document).querySelector("script.words"); '
        f"const {{ {', '.join(EXPORTED)} }} = {short()}({json_in_script(LANGUAGES)}, JSON.parse(told.textContent)); "
        f"const programs = {programs_as_code(programs)}; {start} }})();"
    )


def words_element() -> str:
    """The words of the page, beside the script, which is ASCII: Chinese takes half the room here."""
    text = json.dumps(for_script(), ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" class="words">{text}</script>\n'


def programs_as_code(programs: Mapping[str, Mapping[str, Any] | None]) -> str:
    """The operations as the text of a JavaScript object; those that the page cannot compute are left out.

    This text becomes code. It comes from the table, never from the JSON of a trace: see `Trace.programs`.
    """
    entries = (
        f"{json_in_script(name)}: {{ forward: {program['forward']}, partials: [{', '.join(program['partials'])}] }}"
        for name, program in programs.items()
        if program
    )
    return f"{{ {', '.join(entries)} }}"


def json_in_script(value: Any) -> str:
    r"""JSON in ASCII that cannot end a script element or begin a comment.

    >>> print(json_in_script({"label": "</script>"}))
    {"label":"\u003c/script\u003e"}
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


# ---------------------------------------------------------------------- the style


@cache
def style() -> str:
    """The style sheet of a section."""
    return short_style(asset("stepper.css"))


_TEXT = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_COMMENT = r"/\*.*?\*/"


def short_style(css: str) -> str:
    """CSS without comments and without the blanks that mean nothing.

    >>> short_style("a > b :is(i, u) { margin: 0 -2px;  /* why */ content: ', '; }")
    "a > b :is(i,u){margin:0 -2px;content:', ';}"
    """
    css = re.sub(rf"({_TEXT})|{_COMMENT}", lambda match: match[1] or "", css, flags=re.DOTALL)
    parts = re.split(rf"({_TEXT})", css)
    return "".join(part if part[:1] in ("'", '"') else _without_blanks(part) for part in parts)


def _without_blanks(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,]) ?|(?<=:) ", lambda match: match[1] or "", css)
