"""Make the page of a trace: one HTML document with its picture, its numbers and the script that steps through them.

The document needs no kernel and no network, and its text depends on the trace alone. Where scripts do not run it
still shows the graph, the table of the nodes and every step. Text from the user (labels, lines of source) is always
escaped.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from html import escape
from string import Template
from typing import TYPE_CHECKING, Any

from autograd.core.ops import TABLE
from autograd.stepper.script import asset, json_in_script, script_of, style, words_element
from autograd.stepper.static import static_output
from autograd.stepper.svg import svg_of_trace
from autograd.stepper.words import factor, language_of_text, number, say, spoken
from autograd.symbols import Symbol, to_mathml
from autograd.text.names import in_formula

if TYPE_CHECKING:
    from autograd.program.source import Source
    from autograd.trace.record import Node, Step
    from autograd.trace.trace import Trace

LISTED = 200
"""Nodes and steps in the page as it is written; of a larger graph the script adds the others."""

DRAWN = 80
"""Nodes that the page has a picture of as it is written; of a larger graph the script draws what is around a step."""

STARTING = 'document.currentScript.parentElement.classList.add("starting");'
"""The script at the top of a section, which hides what the other one will draw."""


def page_of(trace: Trace, *, lang: str | None = None) -> str:
    """A whole HTML document that steps through a trace.

    Its content security policy loads nothing from anywhere, and runs the scripts of the page alone, which it knows by
    their hashes.

    Args:
        trace: what `step_through` returned.
        lang: the language of the page, "en" or "zh"; None for that of the browser. A button changes it. What is there
            without scripts is in English if it is None.

    Raises:
        ValueError: if the page does not have the language.

    >>> from autograd import Value, step_through
    >>> a = Value(3.0, "a")
    >>> page = page_of(step_through(a * a))
    >>> page[:15], "http:" in page.replace("http://www.w3.org/", ""), "https:" in page
    ('<!DOCTYPE html>', False, False)
    """
    return _page(trace, lang)


def _page(trace: Trace, lang: str | None, *, framed: bool = False) -> str:
    text, scripts = _section(trace, lang, framed=framed)
    language = language_of_text(lang)
    title = f'<title data-say="page.title">{_title(trace, language)}</title>'
    return document(language, title, text, scripts)


def document(language: str, title: str, body: str, scripts: Iterable[str], *, after: str = "") -> str:
    """An HTML document that runs these scripts and no others, and loads nothing; all texts are HTML.

    Args:
        language: of the document.
        title: the element with its title.
        body: the main part.
        scripts: those that may run.
        after: what follows the main part.
    """
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; script-src {hashes}; '
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"{title}\n"
        "<style>body{margin:0}@media(prefers-color-scheme:dark){body{background:#15181c}}</style>\n</head>\n"
        f"<body>\n<main>\n{body}</main>\n{after}</body>\n</html>\n"
    )


def _title(trace: Trace, language: str) -> str:
    return escape(say(language, "page.title", result=_printable(trace.nodes[-1].name)))


def section_of(trace: Trace, *, lang: str | None = None) -> str:
    """The stepper as a section of a page, in a language as for `page_of`; one document may hold several.

    The id of a section is a hash of its content, so that different sections do not interfere, and the same trace
    gives the same text.
    """
    return _section(trace, lang)[0]


def bare_section_of(trace: Trace, *, lang: str | None = None) -> str:
    """The section without the style and the script, which a page of many such sections has once."""
    return _filled(trace, lang, bare=True)[0]


def _section(trace: Trace, lang: str | None, *, framed: bool = False) -> tuple[str, tuple[str, str]]:
    """The section, and the scripts in it."""
    text, script = _filled(trace, lang, framed=framed)
    return text, (STARTING, script)


def _filled(trace: Trace, lang: str | None, *, bare: bool = False, framed: bool = False) -> tuple[str, str]:
    """The section and its script, which is "" for a bare one.

    In a frame, which is there only where scripts run, the script draws everything.
    """
    language = language_of_text(lang)
    data = json_in_script(trace.to_json())
    drawn, listed = (0, 1) if framed else (DRAWN, LISTED)  # the script copies the first row
    svg = svg_of_trace(trace, max_nodes=drawn, max_layout=drawn, language=language)
    name = "stepgrad-" + hashlib.sha256((data + svg).encode(errors="replace")).hexdigest()[:10]
    # The section around this script, since a document may hold the same section, and so the same id, twice.
    start = (
        f'const root = document.currentScript?.closest(".stepgrad") || document.getElementById("{name}"); '
        'const trace = JSON.parse(root.querySelector("script.trace").textContent); '
        "start(root, trace, programs);"
    )
    script = "" if bare else script_of(trace.programs, start)
    result = _text(trace.nodes[-1].name)
    names = _names(trace)
    names["result"] = names["result"].replace("$", "$$")
    text = Template(spoken(asset("stepper.html"), language, names)).substitute(
        id=name,
        language=language,
        choice="" if lang else ' data-language="browser"',
        kind="stepgrad" + " large" * (len(trace.nodes) > 200),
        result=result,
        expression=_expression(trace, language),
        style="" if bare else style(),
        starting="" if bare else STARTING,
        svg=_prefixed(svg, f"{name}-"),
        rows=spoken(_rows(trace.nodes[:listed]), language) + _rest(language, "tbody", len(trace.nodes) - listed),
        source=_source(trace.source, language),
        steps="".join(map(_step, trace.steps[:listed])) + _rest(language, "li", len(trace.steps) - listed),
        open="" if len(trace.steps) > 200 else " open",
        json=data,
        words="" if bare else words_element(),
        script=script,
    )
    return text, script


def _names(trace: Trace) -> dict[str, Any]:
    """What stands in the places of the words of the template."""
    return {
        "result": _printable(trace.nodes[-1].name),
        "seed": number(trace.seed.gradient),
        "nodes": len(trace.nodes),
        "operations": len(trace.forward),
        "steps": len(trace.steps),
    }


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


HEIGHT = 600
"""Of the frame in a notebook: its graph and its buttons are seen at once on a screen of 1366 by 768."""

GROWING = (
    "(frame=>addEventListener('message',({source,data})=>{if(source===frame.contentWindow&&data.stepgradHeight>0)"
    "frame.style.height=Math.min(data.stepgradHeight,4000)+'px'}))(document.currentScript.previousElementSibling)"
)
"""The script beside the frame, which a notebook runs if it trusts its outputs: the frame grows with its page."""


def embedded(trace: Trace, *, height: int = HEIGHT, lang: str | None = None, image: str | None = None) -> str:
    """The page in a frame, for notebooks: the script runs apart from the notebook's own page.

    Whether it is dark or light is up to the notebook: a frame has the `color-scheme` of the page around it.

    Args:
        trace: the trace.
        height: of the frame, in CSS pixels, where the notebook does not let it grow with the page.
        lang: the language of the page, as for `page_of`.
        image: what `image_of` gives, if it is known.
    """
    language = language_of_text(lang)
    page, left = _page(trace, lang, framed=True), static_output(trace, lang=lang, image=image)
    return (
        f'<iframe title="{_title(trace, language)}" sandbox="allow-scripts" allowfullscreen '
        f'style="width:100%;height:{int(height)}px;border:0;resize:vertical;overflow:auto" '
        f"srcdoc={_in_single_quotes(page)}>{left}</iframe>"
        f"<script>{GROWING}</script>"
    )


def _in_single_quotes(text: str) -> str:
    """The value of an attribute: a page has thousands of double quotes, and few single ones."""
    return f"'{escape(text, quote=False).replace(chr(39), '&#39;')}'"


# ---------------------------------------------------------------------- parts of the page


_CHUNK = 50
_INPUT = ' data-say="table.input"'


def _rows(nodes: Sequence[Node]) -> str:
    """The rows of the table, in groups: the browser lays out only the groups in sight."""
    rows = [_row(node) for node in nodes]
    groups = [rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK)]
    return "".join(f'<tbody style="--rows:{len(group)}">{"".join(group)}</tbody>\n' for group in groups)


def _row(node: Node) -> str:
    name = node.name
    is_path = "." in name and all(len(part) <= 16 for part in name.split("."))
    kind = f' class="path" title="{_text(name)}"' if is_path else ""
    return (
        f'<tr data-node="{node.position}"><th scope="row"{kind}>'
        f'<bdi>{_breaking(name)}</bdi><span class="role"></span></th>'
        f'<td class="expression"{"" if node.op else _INPUT}>{_breaking(node.expression)}</td>'
        f'<td class="data">{number(node.data)}</td>'
        f'<td class="grad">{number(node.grad)}</td><td class="difference"></td></tr>\n'
    )


def _step(step: Step) -> str:
    upstream, before, after = map(number, (step.upstream, step.before, step.after))
    return (
        f'<li data-step="{step.number - 1}">'
        f'<span class="what">{_text(step.node.name)} → {_text(step.operand.name)}</span>'
        f'<span class="sum">{before} + ({upstream} × {factor(step.local)}) = {after}</span></li>\n'
    )


def _rest(language: str, tag: str, count: int) -> str:
    """What stands below the first rows until the script has added that many others."""
    if count <= 0:
        return ""
    note = say(language, "static.nodes" if tag == "tbody" else "static.steps", count=count)
    cell = f'<tr><td colspan="5" style="grid-column:1/-1">{note}</td></tr>' if tag == "tbody" else note
    return f'<{tag} class="rest">{cell}</{tag}>\n'


def _source(source: Source | None, language: str) -> str:
    if not source:
        return ""
    lines = "".join(
        f'<li data-line="{at}">{_text(line.expandtabs(4))}</li>\n'
        for at, line in enumerate(source.lines, start=source.first)
    )
    start = spoken('<ol tabindex="0" data-say-label="source">', language)
    return (
        f'<details class="source" data-drawer="program" open><summary>{_text(source.name)}</summary>'
        f"{start}{lines}</ol></details>\n"
    )


_MOST_SYMBOLS = 12


def _expression(trace: Trace, language: str) -> str:
    """The result in terms of the inputs, as MathML; for a larger graph, or an unknown operation, what is in it."""
    symbols: list[Any] = []
    sizes: list[int] = []
    for node in trace.nodes:
        row = TABLE.get(node.op or "")
        size = sum(sizes[x] if isinstance(x, int) else 1 for x in node.operands) if node.op else 1
        if (node.op and row is None) or size > _MOST_SYMBOLS:
            return spoken('<span data-say="page.size"></span>', language, _names(trace))
        operands = [symbols[x] if isinstance(x, int) else x for x in node.operands]
        symbols.append(Symbol(row, row.grouped(operands)) if row else Symbol(in_formula(node.name)))
        sizes.append(size)
    name, whole = Symbol(in_formula(trace.nodes[-1].name)), symbols[-1]
    left, right = (to_mathml(x).removesuffix("</math>").split(">", 1)[1] for x in (name, whole))
    return f"<math><mrow>{left}<mo>=</mo>{right}</mrow></math>" if trace.forward else f"<math>{left}</math>"


def _text(text: str) -> str:
    """Any text as HTML that shows it, without characters that move or hide the text around them.

    >>> _text("a<b" + chr(0))
    'a&lt;b�'
    """
    return escape(_printable(text))


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)


def _breaking(text: str) -> str:
    """Text as HTML that may be broken after the dots of a name such as layers.0.w, but not within a number.

    >>> _breaking("layers.0.w * 2.5")
    'layers.<wbr>0.<wbr>w * 2.5'
    """
    return re.sub(r"(?<=[^\W\d])\.|\.(?=[^\W\d])", ".<wbr>", _text(text))


def _prefixed(svg: str, prefix: str) -> str:
    """The picture with a prefix before every id, which makes the ids unique in the document."""
    return re.sub(r'(<[a-z][^<>]*? id=")', lambda match: match[1] + prefix, svg)
