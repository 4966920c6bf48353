"""The static form of a trace: its picture and its steps, for code hosts, mail and print, where no script runs.

It is small, at most 8 KB for a neuron: what shapes of the picture have in common is written once.

>>> from autograd import Value, step_through
>>> x, w = Value(2.0, "x"), Value(-3.0, "w")
>>> page = static_page(step_through(x * w))
>>> "<svg" in page, "x → " in page, "<script" in page
(True, False, False)
"""

from __future__ import annotations

import base64
import re
from html import escape
from typing import TYPE_CHECKING

from autograd.drawing.shapes import fitted
from autograd.stepper.compact import compact
from autograd.stepper.svg import svg_of_trace
from autograd.stepper.words import factor, language_of_text, number, say
from autograd.text.labels import plain

if TYPE_CHECKING:
    from autograd.trace.record import Step
    from autograd.trace.trace import Trace

ROWS = 50
"""Steps in the table; a sentence says how many there are more."""
MAX_IMAGE = 40_000
"""Characters of the largest picture that is in an output of a notebook twice: as a part of the HTML, and by itself."""

STYLE = (
    "body{max-width:80em;margin:1em auto;padding:0 1em;font:16px/1.5 system-ui,sans-serif}"
    "a{color:inherit}table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "th,td{padding:2px 2em 2px 0;text-align:left}td:first-child{white-space:nowrap}"
)


def static_page(trace: Trace, *, lang: str | None = None, live: str | None = None) -> str:
    """A whole HTML document without a script: the picture at the end of both passes, and the steps.

    Args:
        trace: what `step_through` returned.
        lang: "en" or "zh"; None for English.
        live: the address of the page with the script, for a link.

    Raises:
        ValueError: if the page does not have the language, or `live` is no address of a page.
    """
    language = language_of_text(lang)
    title = escape(say(language, "page.title", result=plain(trace.nodes[-1].name)))
    content = f"<h1>{title}</h1>\n{_link(live, language)}{image_of(trace, language)}\n{_table(trace, language)}"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n<style>{STYLE}</style>\n'
        f"<main>\n{content}\n</main>\n</html>\n"
    )


def static_output(trace: Trace, *, lang: str | None = None, image: str | None = None) -> str:
    """The same as an output of a notebook. One that is not trusted shows the picture, too, since it is an image.

    Args:
        trace: what `step_through` returned.
        lang: "en" or "zh"; None for English.
        image: what `image_of` gives, if it is known.
    """
    language = language_of_text(lang)
    svg = image or image_of(trace, language)
    title = escape(say(language, "page.title", result=plain(trace.nodes[-1].name)))
    source = base64.b64encode(svg.encode()).decode()
    shown = f'<img alt="{title}" style="max-width:100%" src="data:image/svg+xml;base64,{source}">'
    return f"{shown if len(svg) <= MAX_IMAGE else ''}{_table(trace, language)}"


def image_of(trace: Trace, language: str = "en") -> str:
    """The picture by itself, which becomes smaller where there is less room than it is wide."""
    return fitted(compact(svg_of_trace(trace, language=language)))


# ---------------------------------------------------------------------- the steps


def _link(live: str | None, language: str) -> str:
    if live is None:
        return ""
    # Anything with another scheme, such as javascript:, could run or read something.
    if not isinstance(live, str) or not re.match(r"https?://|[^:]*([/?#]|$)", live, re.IGNORECASE) or not live:
        raise ValueError(
            f"live must be the address of a page, such as 'https://example.org/a.html' or 'a.html', got {live!r}"
        )
    return f'<p><a href="{escape(live)}">{escape(say(language, "static.live"))}</a></p>\n'


def _table(trace: Trace, language: str) -> str:
    rows = "".join(map(_row, trace.steps[:ROWS]))
    head = "".join(f"<th>{escape(say(language, key))}</th>" for key in ("static.step", "static.sum"))
    more = len(trace.steps) - ROWS
    note = "<p>" + escape(say(language, "static.more", count=more)) + "</p>" if more > 0 else ""
    return f"<table><tr>{head}</tr>{rows}</table>{note}" if rows else ""


def _row(step: Step) -> str:
    upstream, before, after = map(number, (step.upstream, step.before, step.after))
    names = f"{plain(step.node.name)} → {plain(step.operand.name)}"
    return f"<tr><td>{escape(names)}</td><td>{before} + {upstream} × {factor(step.local)} = {after}</td></tr>"
