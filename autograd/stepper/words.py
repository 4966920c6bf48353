"""What the page says, in each of its languages: one table, ``assets/messages.json``, for Python and for the script.

A message has places for what is named, such as ``{result}``; ``{count|node|nodes}`` is the first form for a count of 1,
else the second. In the template of the page, and in what `page.py` makes, an element names its words:
``data-say="key"`` those in it, ``data-say-title`` and ``data-say-label`` its title and its label for screen readers.
They are written into the page here, and again by ``assets/messages.js`` when the language changes.

    >>> say("en", "graph.edges", count=1), say("en", "graph.edges", count=2), say("zh", "graph.edges", count=2)
    ('1 edge', '2 edges', '2 条边')
    >>> spoken('<b data-say="graph.edges"></b>', "zh", {"count": 2})
    '<b data-say="graph.edges">2 条边</b>'
    >>> spoken('<b data-say-title="graph.edges"></b>', "en", {"count": 2})
    '<b data-say-title="graph.edges" title="2 edges"></b>'
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from autograd.symbols import format_number

LANGUAGES = ("en", "zh")

_PLACE = re.compile(r"\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}")
_ATTRIBUTES = {"": "", "-title": "title", "-label": "aria-label"}


def number(x: float) -> str:
    """A number as the page shows it, too: with four digits and a true minus sign.

    >>> [number(x) for x in (-6.0, 0.70710678, 1e-9, float("-inf"))]
    ['−6', '0.7071', '1e−09', '−inf']
    """
    return format_number(x).replace("-", "−")


def factor(x: float) -> str:
    """A number as it stands behind a sign: in brackets if it is negative.

    >>> factor(2.0), factor(-2.0)
    ('2', '(−2)')
    """
    written = number(x)
    return f"({written})" if written.startswith("−") else written


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """The table: each message by its key, then by the language."""
    text = files("autograd.stepper").joinpath("assets", "messages.json").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, str]] = json.loads(text)
    return table


def for_script() -> str:
    """The table for the script: in each line a key and its messages, in the order of `LANGUAGES`, with tabs between.

    As one text it is shorter than with quotation marks around each message. Those for readers without scripts,
    whose keys begin with ``static.``, stay out.
    """
    return "\n".join(
        "\t".join([key, *(message[language] for language in LANGUAGES)])
        for key, message in messages().items()
        if not key.startswith("static.")
    )


def say(language: str, key: str, **names: Any) -> str:
    """A message of the page in a language, with what is named in its places."""
    return filled(messages()[key][language], names)


def filled(message: str, names: Mapping[str, Any]) -> str:
    """A message with what is named in its places.

    >>> filled("{name} has {count|child|children}", {"name": "Node a", "count": 2})
    'Node a has children'
    """

    def written(place: re.Match[str]) -> str:
        name, one, many = place.groups()
        if one is None:
            return f"{names[name]:,}" if isinstance(names[name], int) else str(names[name])
        return str(one if names[name] == 1 else many)

    return _PLACE.sub(written, message)


def spoken(html: str, language: str, names: Mapping[str, Any] = MappingProxyType({})) -> str:
    """HTML with the words that its elements name; its texts are escaped."""

    def element(match: re.Match[str]) -> str:
        tag, text = match[0], ""
        for which, key in re.findall(r' data-say(|-title|-label)="([^"]+)"', tag):
            words = escape(say(language, key, **names))
            if attribute := _ATTRIBUTES[which]:
                tag = f'{tag[:-1]} {attribute}="{words}">'
            else:
                text = words
        return tag + text

    return re.sub(r'<[^<>]* data-say(?:-\w+)?="[^<>]*>', element, html)


def language_of_text(lang: str | None) -> str:
    """The language in which a page is written: that of `lang`, English where the browser will decide.

    Raises:
        ValueError: if the page does not have the language.
    """
    if lang is not None and lang not in LANGUAGES:
        raise ValueError(
            f'lang must be "en" for English, "zh" for Chinese, or None for the language of the browser, got {lang!r}'
        )
    return lang or "en"
