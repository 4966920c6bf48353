"""Makes HTML pages that need no other file: `page` is the frame, `new_figure` and `svg_of` make pictures for it."""

from __future__ import annotations

import html
import io
from typing import Any

STYLE = """
  :root { color-scheme: light dark;
          --ink: #1b1f24; --paper: #fff; --quiet: #57606a; --line: #d0d7de; --cell: 9 105 218; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e6edf3; --paper: #0d1117; --quiet: #9198a1; --line: #30363d; --cell: 88 166 255; }
    figure { background: #fff; border-radius: 6px; }
  }
  body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem;
         margin: 2rem auto; padding: 0 1rem; }
  h1, h2 { line-height: 1.2; }
  h2 { margin-top: 2.5rem; }
  .scroll { overflow-x: auto; }
  pre { overflow-x: auto; border: 1px solid var(--line); padding: 1rem; border-radius: 6px; font-size: 13px;
        line-height: 1.4; }
  figcaption { color: var(--quiet); background: var(--paper); }
  figure.wide svg { min-width: 52rem; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  th, td { padding: .3rem .8rem; border-bottom: 1px solid var(--line); text-align: left; }
  td.number, th.number { text-align: right; }
  td.count { text-align: center; min-width: 3rem; }
  caption { text-align: left; color: var(--quiet); padding-bottom: .4rem; }
  figure { margin: 1rem 0; padding: .5rem; overflow-x: auto; }
  figure svg { max-width: 100%; height: auto; }
  .quiet { color: var(--quiet); }
  code { overflow-wrap: anywhere; }
"""


def page(title: str, body: str) -> str:
    """A whole HTML document.

    Args:
        title: as text.
        body: as HTML.

    >>> print(page("a < b", "<h1>A</h1>").splitlines()[5])
    <title>a &lt; b</title>
    """
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


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
