"""Make the page of a trace: one HTML document with its picture, its numbers and the script that steps through them.

The document needs no kernel and no network, and its text depends on the trace alone. Where scripts do not run it
still shows the graph, the table of the nodes and every step. Text from the user (labels, lines of source) is always
escaped.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from autograd.symbols import format_number

SCRIPTS = ("numbers.js", "elementary.js", "model.js", "formulas.js", "graph.js", "views.js", "panels.js", "stepper.js")
"""The parts of the page's script, in the order in which they are joined."""

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
"""The page's content security policy: nothing is loaded from anywhere."""


def page_of(trace: Mapping[str, Any], svg: str) -> str:
    """A whole HTML document that steps through a trace.

    Args:
        trace: the trace as `Trace.to_json` gives it.
        svg: its graph, as `svg_of_trace` draws it.

    Raises:
        ValueError: if a program of the trace is anything but a formula in JavaScript.

    >>> from autograd import Value, step_through
    >>> from autograd.stepper.svg import svg_of_trace
    >>> a = Value(3.0, "a")
    >>> trace = step_through(a * a)
    >>> page = page_of(trace.to_json(), svg_of_trace(trace))
    >>> page[:15], "http:" in page.replace("http://www.w3.org/", ""), "https:" in page
    ('<!DOCTYPE html>', False, False)
    """
    title = _text(trace["nodes"][trace["result"]]["name"])
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>The gradient of {title}, step by step</title>\n"
        "<style>body{margin:0}@media(prefers-color-scheme:dark){body{background:#15181c}}</style>\n</head>\n"
        f"<body>\n<main>\n{section_of(trace, svg)}</main>\n</body>\n</html>\n"
    )


def section_of(trace: Mapping[str, Any], svg: str) -> str:
    """The stepper as a section of a page; one document may hold several.

    The id of a section is a hash of its content, so that different sections do not interfere, and the same trace
    gives the same text.
    """
    data = _json(trace)
    name = "stepgrad-" + hashlib.sha256((data + svg).encode(errors="replace")).hexdigest()[:10]
    nodes = trace["nodes"]
    result = _text(nodes[trace["result"]]["name"])
    script = "".join(_part(part) for part in SCRIPTS)
    start = (
        # The section around this script, since a document may hold the same section, and so the same id, twice.
        f'const root = document.currentScript?.closest(".stepgrad") || document.getElementById("{name}");\n'
        f"const programs = {_programs(trace['programs'])};\n"
        'start(root, JSON.parse(root.querySelector("script.trace").textContent), programs);\n'
    )
    seed = trace["seed"]
    return Template(_part("stepper.html")).substitute(
        id=name,
        kind="stepgrad" + " large" * (len(nodes) > 200),
        result=result,
        style=_part("stepper.css"),
        about=(
            f"{_count(len(nodes), 'node')}, {_count(len(trace['forward']), 'operation')}, "
            f"{_count(len(trace['steps']), 'step')} of the chain rule. First every value is computed, "
            "then the gradient flows back along every edge."
        ),
        svg=_with_minus_signs(_prefixed(svg, f"{name}-")),
        rows=_rows(nodes),
        source=_source(trace["source"]),
        seed=f"It starts with ∂{result}/∂{result} = {_number(seed['gradient'])}.",
        steps="".join(_step(index, step, nodes) for index, step in enumerate(trace["steps"])),
        open="" if len(trace["steps"]) > 200 else " open",
        json=data,
        script=f'(function () {{\n"use strict";\n{script}{start}}})();\n',
    )


def embedded(trace: Mapping[str, Any], svg: str, *, height: int = 1040) -> str:
    """The page in a frame, for notebooks: the script runs apart from the notebook's own page.

    Args:
        trace: the trace as `Trace.to_json` gives it.
        svg: its graph, as `svg_of_trace` draws it.
        height: of the frame, in CSS pixels.
    """
    title = _text(trace["nodes"][trace["result"]]["name"])
    return (
        f'<iframe title="The gradient of {title}, step by step" sandbox="allow-scripts" '
        f'style="width:100%;height:{int(height)}px;border:0;resize:vertical;overflow:auto" '
        f'srcdoc="{escape(page_of(trace, svg))}">{_fallback(trace["nodes"])}</iframe>'
    )


_FALLBACK_ROWS = 50


def _fallback(nodes: Sequence[Mapping[str, Any]]) -> str:
    """A table of the nodes, for viewers that show the content of an iframe element instead of the frame."""
    rows = "".join(
        f"<tr><th>{_text(node['name'])}</th><td>{_text(node['expression']) or 'input'}</td>"
        f"<td>{_number(node['data'])}</td><td>{_number(node['grad'])}</td></tr>"
        for node in nodes[:_FALLBACK_ROWS]
    )
    more = f"<p>… and {_count(len(nodes) - _FALLBACK_ROWS, 'more node')}.</p>" if len(nodes) > _FALLBACK_ROWS else ""
    return f"<table><tr><th>node</th><th>operation</th><th>data</th><th>gradient</th></tr>{rows}</table>{more}"


# ---------------------------------------------------------------------- parts of the page


@cache
def _part(name: str) -> str:
    return files("autograd.stepper").joinpath("assets", name).read_text(encoding="utf-8")


_CHUNK = 50


def _rows(nodes: Sequence[Mapping[str, Any]]) -> str:
    """The rows of the table, in groups: the browser lays out only the groups in sight."""
    rows = [_row(position, node) for position, node in enumerate(nodes)]
    groups = [rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK)]
    return "".join(f'<tbody style="--rows:{len(group)}">{"".join(group)}</tbody>\n' for group in groups)


def _row(position: int, node: Mapping[str, Any]) -> str:
    name = str(node["name"])
    is_path = "." in name and all(len(part) <= 16 for part in name.split("."))
    kind = f' class="path" title="{_text(name)}"' if is_path else ""
    return (
        f'<tr data-node="{position}"><th scope="row"{kind}><bdi>{_breaking(name)}</bdi><span class="role"></span></th>'
        f'<td class="expression">{_breaking(node["expression"]) or "input"}</td>'
        f'<td class="data">{_number(node["data"])}</td>'
        f'<td class="grad">{_number(node["grad"])}</td><td class="difference"></td></tr>\n'
    )


def _step(index: int, step: Mapping[str, Any], nodes: Sequence[Mapping[str, Any]]) -> str:
    local = _number(step["local"])
    factor = f"({local})" if local.startswith("−") else local
    return (
        f'<li data-step="{index}"><span class="what">{_text(nodes[step["node"]]["name"])} → '
        f'{_text(nodes[step["operand"]]["name"])}</span><span class="sum">{_number(step["before"])} + '
        f"({_number(step['upstream'])} × {factor}) = {_number(step['after'])}</span></li>\n"
    )


def _source(source: Mapping[str, Any] | None) -> str:
    if not source:
        return ""
    lines = "".join(
        f'<li data-line="{number}">{_text(line.expandtabs(4))}</li>\n'
        for number, line in enumerate(source["lines"], start=int(source["first"]))
    )
    return (
        f'<details class="source" open><summary>{_text(source["name"])}</summary>'
        f'<ol tabindex="0" aria-label="Source">{lines}</ol></details>\n'
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _number(number: float | str) -> str:
    return format_number(float(number)).replace("-", "−")


def _text(text: Any) -> str:
    """Any text as HTML that shows it, without characters that move or hide the text around them.

    >>> _text("a<b" + chr(0))
    'a&lt;b�'
    """
    return escape("".join(c if c.isprintable() else "�" for c in str(text)))


def _breaking(text: Any) -> str:
    """Text as HTML that may be broken after the dots of a name such as layers.0.w, but not within a number.

    >>> _breaking("layers.0.w * 2.5")
    'layers.<wbr>0.<wbr>w * 2.5'
    """
    return re.sub(r"(?<=[^\W\d])\.|\.(?=[^\W\d])", ".<wbr>", _text(text))


def _json(value: Any) -> str:
    r"""JSON in ASCII that cannot end a script element or begin a comment.

    >>> print(_json({"label": "</script>"}))
    {"label":"\u003c/script\u003e"}
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


_TOKEN = re.compile(
    r"(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z]\w*)?)|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\.\.\.a\b"
    r"|=>|===|!==|[<>]=?|/(?![/*])|[-+*%(),?:;=\[\]{}\s]",
    re.ASCII,
)
_NAME = re.compile(r"out|[at]\d*|const|return|null|NaN|Infinity|(?:Math|elementary)\.(?!constructor)\w+", re.ASCII)


def _programs(programs: Mapping[str, Mapping[str, Any] | None]) -> str:
    """The programs as the text of a JavaScript object.

    Programs are the only part of a trace that becomes code. Each must be one arrow function of numbers that calls
    only functions of the page, so that a trace from a file of unknown origin cannot bring its own script.
    """
    entries = []
    for name, program in programs.items():
        if program is None:
            continue
        partials = ",".join("null" if partial is None else _checked(partial) for partial in program["partials"])
        entries.append(f"{_json(name)}:{{forward:{_checked(program['forward'])},partials:[{partials}]}}")
    return "{" + ",\n".join(entries) + "}"


def _checked(program: str) -> str:
    end = 0
    while token := _TOKEN.match(program, end):
        if token["name"] and not _NAME.fullmatch(token["name"]):
            break
        end = token.end()
    if end < len(program) or not re.match(r"\([\w, .]*\) => ", program):
        raise ValueError(f"expected a formula in JavaScript such as '(a0, a1) => a0 * a1', got {program[:200]!r}")
    return program


def _prefixed(svg: str, prefix: str) -> str:
    """The picture with a prefix before every id, which makes the ids unique in the document."""
    return re.sub(r'(<[a-z][^<>]*? id=")', lambda match: match[1] + prefix, svg)


def _with_minus_signs(svg: str) -> str:
    """The picture with true minus signs in its numbers, as in the rest of the page; a "-" in a name stays."""
    number = r'<text class="(?:data|grad|number)"[^<>]*>[^<]*|<title>the constant [^<]*'
    return re.sub(number, _with_minus_sign, svg)


def _with_minus_sign(match: re.Match[str]) -> str:
    tag, text = match[0].split(">", 1)
    return f"{tag}>{text.replace('-', '−')}"
