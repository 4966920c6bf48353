"""The script and the style of the page without comments and without the blanks that mean nothing.

Every name stays, so that who looks into a page can still read it. A notebook holds the script once for each output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TEXT = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_COMMENT = r"/\*.*?\*/"
_TOKEN = re.compile(
    rf"\s+|{_COMMENT}|(?P<text>{_TEXT})|(?P<word>[\w$]+)|(?P<sign>.)",
    re.DOTALL,
)
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
"""A regular expression of JavaScript. Its / is a division after a value."""
_BEFORE_A_PATTERN = {"return", "case", "typeof", "of", "in"}


def script(code: str) -> str:
    r"""JavaScript, whose statements end with semicolons and which has no template strings.

    >>> script('const a = b + +c;  /* why */\n  return /[/"] x/g.test(a) ? "a  b" : 4 / 2;')
    'const a=b+ +c;return/[/"] x/g.test(a)?"a  b":4/2;'
    """
    made: list[str] = []
    for token in _tokens(code):
        last = made[-1][-1:] if made else ""
        if (_is_word(last) and _is_word(token[0])) or (last in "+-" and last == token[0]):
            made.append(" ")
        made.append(token)
    return "".join(made)


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter in ("_", "$")


def _tokens(code: str) -> Iterator[str]:
    at, is_value = 0, False  # whether the token before ends a value
    while at < len(code):
        match = (None if is_value else _PATTERN.match(code, at)) if code[at] == "/" else None
        match = match if match and not code.startswith("/*", at) else _TOKEN.match(code, at)
        assert match
        at = match.end()
        token = match[0]
        if token.isspace() or token.startswith("/*"):
            continue
        yield token
        is_value = (_is_word(token[0]) and token not in _BEFORE_A_PATTERN) or token[0] in "\"')]}"


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
