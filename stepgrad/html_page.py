"""Makes HTML pages that need no other file: `page` is the frame, `new_figure` and `svg_of` make pictures for it."""

from __future__ import annotations

import html
import io
from typing import Any

# Rules for what stands in `text`, so that a stepper on the same page keeps its own style.
STYLE = """
  :root { color-scheme: light dark;
          --ink: #1b1f24; --paper: #fff; --quiet: #57606a; --line: #d0d7de; --cell: 9 105 218; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e6edf3; --paper: #15181c; --quiet: #9198a1; --line: #30363d; --cell: 88 166 255; }
    .text figure svg { background: #fff; border-radius: 6px; padding: .5rem; }
  }
  body { margin: 0; background: var(--paper); }
  .text, .text * { box-sizing: border-box; }
  .text { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 62rem; margin: 2rem auto; padding: 0 1rem;
          overflow-wrap: break-word; }
  .text h1, .text h2 { line-height: 1.2; }
  .text h2 { margin-top: 2.5rem; }
  .text .scroll { overflow-x: auto; }
  .matrix .classes span { display: inline-block; line-height: 1.2; }
  .text table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  .text th, .text td { padding: .3rem .8rem; border-bottom: 1px solid var(--line); text-align: left;
                       overflow-wrap: anywhere; }
  .text th { min-width: 8rem; }
  .text .caption { color: var(--quiet); margin: 1.5rem 0 .4rem; }
  .text figure { margin: 1rem 0; }
  .text figure svg { display: block; max-width: 100%; height: auto; }
  .text figcaption { color: var(--quiet); margin-top: .4rem; }
  .text .pair { display: flex; flex-wrap: wrap; gap: 0 1rem; }
  .text .pair figure { flex: 1 1 20rem; }
  .text .quiet { color: var(--quiet); }
  .text code { overflow-wrap: anywhere; }
  .matrix th { background: var(--paper); position: sticky; left: 0; min-width: 7rem; max-width: 14rem; }
  .matrix td { text-align: center; min-width: 3rem; overflow-wrap: normal; }
  .matrix .classes th { position: static; min-width: 0; max-width: 9rem; text-align: center; }
  .matrix.many td { min-width: 2rem; padding: .3rem .1rem; }
  .matrix.many .classes th { padding: .3rem .1rem; }
  .matrix.many .classes span { writing-mode: vertical-rl; rotate: 180deg; max-height: 10rem;
                               white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  @media (max-width: 600px) {
    .text th, .text td { padding: .3rem .4rem; }
    .matrix { font-size: .8rem; }
    .matrix th { min-width: 5.6rem; max-width: 5.6rem; padding: .3rem .2rem; }
    .matrix td { min-width: 1.8rem; padding: .3rem .05rem; }
    .matrix.many td { min-width: 1.2rem; }
    .matrix .classes th { padding: .3rem .05rem; }
    .matrix .classes span { writing-mode: vertical-rl; rotate: 180deg; max-height: 10rem;
                            white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  }
"""


def page(title: str, body: str) -> str:
    """A whole HTML document.

    Args:
        title: as text.
        body: as HTML; headings, paragraphs, tables and figures in `text`.

    >>> print(page("a < b", "<h1>A</h1>").splitlines()[5])
    <title>a &lt; b</title>
    """
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def text(body: str) -> str:
    """Headings, paragraphs, tables and figures in a column."""
    return f'<div class="text">\n{body}\n</div>'


def new_figure(width: float, height: float) -> Any:
    """A matplotlib figure of this size in inches; None if matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return None
    return Figure(figsize=(width, height), layout="constrained")


def picture(svg: str, description: str, caption: str = "") -> str:
    """The HTML of a picture with a caption, or for an empty `svg` a word on what to install."""
    if not svg:
        return '<p class="quiet">Pictures need matplotlib: pip install "stepgrad[plot]".</p>'
    below = f"\n<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure role="img" aria-label="{html.escape(description)}">{svg}{below}</figure>'


def svg_of(figure: Any) -> str:
    """A matplotlib figure as SVG: text stays text, and two runs give the same bytes."""
    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "stepgrad", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
