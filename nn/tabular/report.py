"""The page about a training run: what was learned from what, how well, and how training went."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import nn
from nn.tabular.columns import NumberColumn
from nn.tabular.learning import Learned

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


def report(learned: Learned, *, source: str, command: str) -> str:
    """The page, as HTML that needs no other file.

    Args:
        learned: what `learn` gave.
        source: the name of the table.
        command: how to predict with the model.
    """
    model = learned.model
    title = f"{model.target.name} from {source}"
    sections = [
        f"<h1>{_text(title)}</h1>",
        f"<p>{_summary(learned)}</p>",
        "".join(f'<p class="quiet">Note: {_text(notice)}.</p>' for notice in learned.notices),
        "<h2>How well it does on rows it has never seen</h2>",
        _scores(learned),
        _confusion(learned) if model.task == "classification" else _figure(_residuals(learned), "Residuals"),
        "<h2>How training went</h2>",
        _figure(_curves(learned.history), "Loss after each epoch"),
        f"<p>{_text(_ending(learned))}</p>",
        "<h2>What it reads</h2>",
        _columns(learned),
        "<h2>To predict</h2>",
        f"<p><code>{_text(command)}</code></p>",
    ]
    body = "\n".join(section for section in sections if section)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{STYLE}</style>\n{body}\n</html>\n"
    )


def score_lines(learned: Learned) -> list[tuple[str, str]]:
    """The scores in words and figures, for the page and the terminal."""
    scores = learned.scores
    if learned.model.task == "classification":
        right = sum(t == p for t, p in zip(learned.truths, learned.predictions, strict=True))
        return [
            ("accuracy", f"{scores['accuracy']:.1%} ({right} of {len(learned.truths)} rows)"),
            ("always the commonest class", f"{scores['accuracy_of_commonest_class']:.1%}"),
        ]
    lines = [
        ("root mean squared error", f"{scores['root_mean_squared_error']:.4g}"),
        ("always the mean", f"{scores['root_mean_squared_error_of_mean']:.4g}"),
        ("mean absolute error", f"{scores['mean_absolute_error']:.4g}"),
    ]
    return [*lines, ("R²", f"{scores['r2']:.4f}")] if "r2" in scores else lines


def _summary(learned: Learned) -> str:
    model, rows = learned.model, learned.model.facts["rows"]
    sizes = [sum(column.width for column in model.features), *model.hidden, len(model.classes) or 1]
    return (
        f"{model.task.capitalize()} of <strong>{_text(model.target.name)}</strong> by a network "
        f"{'-'.join(map(str, sizes))} with {model.activation}: {len(model.module.parameters())} parameters, "
        f"learned from {rows['training']} rows, stopped by {rows['validation']}, tested on {rows['test']}."
    )


def _ending(learned: Learned) -> str:
    history, kept = learned.history, learned.model.facts["weights_of_epoch"]
    row = next(row for row in history.rows if row["epoch"] == kept)
    return (
        f"{history.stopped_because or 'All epochs were run'}. The weights kept are those after epoch {kept:g}, where "
        f"the validation loss was {row['val_loss']:.4g}."
    )


def _scores(learned: Learned) -> str:
    rows = "".join(f"<tr><th>{_text(name)}</th><td>{_text(score)}</td></tr>" for name, score in score_lines(learned))
    return f'<div class="scroll"><table>{rows}</table></div>'


def _confusion(learned: Learned) -> str:
    classes, matrix = learned.model.classes, learned.confusion
    head = "".join(f"<th>{_text(name)}</th>" for name in classes)
    rows = []
    for name, counts in zip(classes, matrix, strict=True):
        total = max(sum(counts), 1)
        cells = "".join(
            f'<td class="count" style="background: rgb(var(--cell) / {0.6 * count / total:.2f})">{count}</td>'
            for count in counts
        )
        rows.append(f"<tr><th>{_text(name)}</th>{cells}</tr>")
    return (
        '<div class="scroll"><table><caption>Confusion matrix: a row for each true class, a column for each '
        f"predicted one.</caption><tr><td></td>{head}</tr>{''.join(rows)}</table></div>"
    )


def _columns(learned: Learned) -> str:
    rows = []
    for column in learned.model.features:
        if isinstance(column, NumberColumn):
            read = f"number, (x − {column.mean:.4g}) / {column.scale:.4g}"
        else:
            shown = ", ".join(column.categories[:12]) + (", …" if len(column.categories) > 12 else "")
            read = f"text, one of {len(column.categories)}: {shown}"
        rows.append(f"<tr><th>{_text(column.name)}</th><td>{_text(read)}</td></tr>")
    return f'<div class="scroll"><table>{"".join(rows)}</table></div>'


# ---------------------------------------------------------------------- pictures


def _curves(history: Any) -> str:
    axes, svg = _axes(6.4, 3.6)
    if axes is None:
        return ""
    nn.plot.loss_curves(history, ax=axes)
    return svg()


def _residuals(learned: Learned) -> str:
    axes, svg = _axes(4.8, 4.4)
    if axes is None:
        return ""
    lowest, highest = _span([*learned.truths, *learned.predictions])
    axes.plot([lowest, highest], [lowest, highest], color="#888", linewidth=1, label="exact")
    axes.plot(
        learned.truths, learned.predictions, "o", markersize=4, alpha=0.7, color=nn.plot.COLOURS[0], label="a row"
    )
    axes.set(xlabel=f"true {learned.model.target.name}", ylabel="predicted")
    axes.legend(frameon=False, loc="upper left")
    return svg()


def _axes(width: float, height: float) -> tuple[Any, Callable[[], str]]:
    """Axes to draw on and a function that gives the picture; None where matplotlib is not installed."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return None, str
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()

    def svg() -> str:
        buffer = io.StringIO()
        # Text of the table is text here and no formula; the same run gives the same bytes.
        options: Any = {"svg.hashsalt": "stepgrad", "svg.fonttype": "none", "text.parse_math": False}
        with matplotlib.rc_context(options):
            figure.savefig(buffer, format="svg", metadata={"Date": None})
        text = buffer.getvalue()
        return text[text.index("<svg") :]

    return axes, svg


def _figure(picture: str, description: str) -> str:
    if not picture:
        return '<p class="quiet">Pictures need matplotlib: pip install "stepgrad[plot]".</p>'
    return f'<figure role="img" aria-label="{_text(description)}">{picture}</figure>'


def _span(numbers: Sequence[float]) -> tuple[float, float]:
    return min(numbers), max(numbers)


def _text(text: str) -> str:
    return html.escape(text)


def as_table(rows: Iterable[Sequence[str]]) -> str:
    """Rows of text in columns, for the terminal.

    >>> print(as_table([["", "cat"], ["dog", "7"]]))
         cat
    dog    7
    """
    cells = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        first, *others = [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join([first, *others]).rstrip())
    return "\n".join(lines)
