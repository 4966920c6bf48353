"""The style of the page without comments and without the blanks that mean nothing."""

from __future__ import annotations

import re

_TEXT = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_COMMENT = r"/\*.*?\*/"


def style(css: str) -> str:
    """CSS.

    >>> style("a > b :is(i, u) { margin: 0 -2px;  /* why */ content: ', '; }")
    "a > b :is(i,u){margin:0 -2px;content:', ';}"
    """
    css = re.sub(rf"({_TEXT})|{_COMMENT}", lambda match: match[1] or "", css, flags=re.DOTALL)
    parts = re.split(rf"({_TEXT})", css)
    return "".join(part if part[:1] in ("'", '"') else _without_blanks(part) for part in parts)


def _without_blanks(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,]) ?|(?<=:) ", lambda match: match[1] or "", css)
