"""Traces on the site: each is a section in a page, of which a script makes a frame; what they share is loaded once.

Where scripts do not run the page shows the picture and the steps.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from autograd import Trace
from autograd.stepper.page import bare_section_of, document
from autograd.stepper.script import script_of, style, words_element
from autograd.stepper.static import image_of, static_output
from autograd.stepper.words import say
from autograd.text.labels import plain

PLACE = "<!-- section -->"
START = (
    'const root = document.querySelector(".stepgrad"); '
    'start(root, JSON.parse(root.querySelector("script.trace").textContent), programs);'
)


class Steppers:
    """Collects the operations that the traces of the site need."""

    def __init__(self) -> None:
        self.programs: dict[str, dict[str, Any] | None] = {}

    def box(self, trace: Trace, language: str | None = None) -> str:
        """A trace as HTML, in a language; None for that of the browser."""
        self.programs |= trace.programs
        title = escape(say(language or "en", "page.label", result=plain(trace.nodes[-1].name)))
        shown = static_output(trace, lang=language, image=image_of(trace, language or "en"))
        section = bare_section_of(trace, lang=language)
        return f'<div class="stepper" data-title="{title}">{shown}<template>{section}</template></div>'

    def script(self) -> str:
        """What all pages with traces load: the document of a frame, and what puts it there."""
        script = script_of(self.programs, START)
        body = f"<style>{style()}</style>\n{words_element()}{PLACE}"
        page = document("en", "<title>Stepgrad</title>", body, [script], after=f"<script>{script}</script>\n")
        before, after = page.split(PLACE)
        return FRAMES % (json.dumps(before), json.dumps(after))


FRAMES = """\
(() => {
  const before = %s;
  const after = %s;
  const frames = [];
  addEventListener("message", ({ source, data }) => {
    const frame = frames.find((one) => one.contentWindow === source);
    if (frame && data.stepgradHeight > 0) { frame.style.height = Math.min(data.stepgradHeight, 4000) + "px"; }
  });
  for (const box of document.querySelectorAll("div.stepper")) {
    const template = box.querySelector("template");
    if (!template) { continue; }
    const frame = document.createElement("iframe");
    frame.title = box.dataset.title;
    frame.setAttribute("sandbox", "allow-scripts");
    frame.allowFullscreen = true;
    frame.srcdoc = before + template.innerHTML + after;
    frames.push(frame);
    box.replaceChildren(frame);
  }
})();
"""
