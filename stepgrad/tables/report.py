"""Makes the page about a training run: scores on the test rows, the loss of each epoch, and the columns."""

from __future__ import annotations

import html
import statistics
from typing import Any

import nn
from autograd.text.labels import counted
from stepgrad.html_page import new_figure, page, picture, svg_of, text
from stepgrad.printing import printable
from stepgrad.tables.columns import NumberColumn
from stepgrad.tables.learning import Learned


def report(learned: Learned, *, source: str, command: str) -> str:
    """The page about a run, as HTML that needs no other file.

    Args:
        learned: the result of `learn`.
        source: the name of the table.
        command: the command line that predicts with the model.
    """
    model = learned.model
    title = f"{model.target.name} from {source}"
    sections = [
        f"<h1>{_text(title)}</h1>",
        f"<p>{_summary(learned)}</p>",
        "".join(f'<p class="quiet">Note: {_text(notice)}.</p>' for notice in learned.notices),
        "<h2>How well it does on rows it has never seen</h2>",
        _scores(learned),
        _confusion(learned) if model.task == "classification" else picture(_residuals(learned), "Residuals"),
        "<h2>How training went</h2>",
        picture(_curves(learned.history), "Loss after each epoch"),
        f"<p>{_text(_ending(learned))}</p>",
        "<h2>What it reads</h2>",
        _columns(learned),
        "<h2>To predict</h2>",
        f"<p><code>{_text(command)}</code></p>",
    ]
    body = "\n".join(section for section in sections if section)
    return page(printable(title), text(body))


def score_lines(learned: Learned) -> list[tuple[str, str]]:
    """Pairs of the name and the number of a score, as text for the page and the terminal."""
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
    differences = residuals(learned)
    if len(differences) > 1:
        low, _, high = statistics.quantiles(differences, n=4, method="inclusive")
        lines.append(("middle half of the residuals", f"{low:.4g} to {high:.4g}"))
    return [*lines, ("R²", f"{scores['r2']:.4f}")] if "r2" in scores else lines


def residuals(learned: Learned) -> list[float]:
    """For regression, ``prediction - truth`` of each test row."""
    return [prediction - truth for truth, prediction in zip(learned.truths, learned.predictions, strict=True)]


def residual_lines(learned: Learned, count: int = 3) -> list[list[str]]:
    """The test rows with the largest residuals, each with its line in the file; the first entry is the heading."""
    rows = sorted(
        zip(learned.lines, learned.truths, learned.predictions, residuals(learned), strict=True),
        key=lambda row: -abs(row[3]),
    )
    heading = ["  line", f"true {learned.model.target.name}", "predicted", "predicted - true"]
    return [heading, *([f"  {line}", *(f"{number:.4g}" for number in numbers)] for line, *numbers in rows[:count])]


def _summary(learned: Learned) -> str:
    model, rows = learned.model, learned.model.facts["rows"]
    sizes = [sum(column.width for column in model.features), *model.hidden, len(model.classes) or 1]
    return (
        f"{model.task.capitalize()} of <strong>{_text(model.target.name)}</strong> by a network "
        f"{'-'.join(map(str, sizes))} with {model.activation}: {counted(len(model.module.parameters()), 'parameter')}, "
        f"learned from {counted(rows['training'], 'row')}, stopped by {rows['validation']}, tested on {rows['test']}."
    )


def _ending(learned: Learned) -> str:
    history, kept = learned.history, learned.model.facts["weights_of_epoch"]
    row = next(row for row in history.rows if row["epoch"] == kept)
    return (
        f"Training ended: {history.stopped_because or 'all epochs are done'}. The weights kept are those after epoch "
        f"{kept:g}, where the validation loss was {row['val_loss']:.4g}."
    )


def _scores(learned: Learned) -> str:
    rows = "".join(f"<tr><th>{_text(name)}</th><td>{_text(score)}</td></tr>" for name, score in score_lines(learned))
    return f'<div class="scroll"><table>{rows}</table></div>'


def _confusion(learned: Learned) -> str:
    classes, matrix = learned.model.classes, learned.confusion
    head = "".join(f"<th><span>{_text(name)}</span></th>" for name in classes)
    rows = []
    for name, counts in zip(classes, matrix, strict=True):
        total = max(sum(counts), 1)
        cells = "".join(
            f'<td style="background: rgb(var(--cell) / {0.6 * count / total:.2f})">{count}</td>' for count in counts
        )
        rows.append(f"<tr><th>{_text(name)}</th>{cells}</tr>")
    # The names of the classes stand upright where they would make the table wider than the page.
    many = len(classes) > 6 or sum(map(len, classes)) > 60
    # Not a caption element, which would be as wide as the table and scroll away with it.
    return (
        '<p class="caption" id="confusion">Confusion matrix: a row for each true class, a column for each predicted '
        'one.</p><div class="scroll" tabindex="0" role="group" aria-labelledby="confusion">'
        f'<table class="matrix{" many" * many}" aria-labelledby="confusion">'
        f'<tr class="classes"><td></td>{head}</tr>{"".join(rows)}</table></div>'
    )


def _columns(learned: Learned) -> str:
    rows = []
    for column in learned.model.features:
        if isinstance(column, NumberColumn):
            sign = "+" if column.mean < 0 else "−"
            read = f"number, (x {sign} {abs(column.mean):.4g}) / {column.scale:.4g}"
        else:
            shown = ", ".join(column.categories[:12]) + (", …" if len(column.categories) > 12 else "")
            read = f"text, one of {len(column.categories)}: {shown}"
        if column.filling is not None:
            filling = f"{column.filling:.4g}" if isinstance(column.filling, float) else column.filling
            read += f"; where it is missing, {filling}"
        rows.append(f"<tr><th>{_text(column.name)}</th><td>{_text(read)}</td></tr>")
    return f'<div class="scroll"><table>{"".join(rows)}</table></div>'


# ---------------------------------------------------------------------- pictures


def _curves(history: Any) -> str:
    figure = new_figure(6.4, 3.6)
    if figure is None:
        return ""
    nn.plot.loss_curves(history, ax=figure.subplots())
    return svg_of(figure)


def _residuals(learned: Learned) -> str:
    figure = new_figure(4.8, 4.4)
    if figure is None:
        return ""
    axes = figure.subplots()
    ends = [f(*learned.truths, *learned.predictions) for f in (min, max)]
    axes.plot(ends, ends, color="#888", linewidth=1, label="exact")
    axes.plot(learned.truths, learned.predictions, "o", markersize=4, alpha=0.7, color=nn.plot.COLORS[0], label="a row")
    axes.set(xlabel=f"true {printable(learned.model.target.name)}", ylabel="predicted")
    axes.xaxis.label.set_parse_math(False)  # dollar signs in the name of a column would be read as a formula
    axes.legend(frameon=False, loc="upper left")
    return svg_of(figure)


def _text(text: str) -> str:
    return html.escape(printable(text))
