"""``stepgrad demo``: a neuron explained, a network trained on Fisher's irises, and a page to look at."""

from __future__ import annotations

import html
import linecache
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nn
from autograd import Value, step_through, topological_order
from autograd.drawing.draw import draw
from autograd.files import write_text
from stepgrad.page import page, svg_of

FEATURES = ("petal length (cm)", "petal width (cm)")


def classic_neuron() -> Value:
    """The neuron tanh(x1*w1 + x2*w2 + b) whose bias makes the gradients round numbers.

    >>> out = classic_neuron()
    >>> out.backward()
    >>> print(f"{out.data:.6f}")
    0.707107
    """
    x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
    w1, w2 = Value(-3.0, "w1"), Value(1.0, "w2")
    b = Value(6.8813735870195432, "b")
    x1w1 = x1 * w1
    x2w2 = x2 * w2
    total = x1w1 + x2w2
    n = total + b
    out: Value = n.tanh()
    for value, label in [(x1w1, "x1w1"), (x2w2, "x2w2"), (total, "s"), (n, "n"), (out, "out")]:
        value.label = label
    return out


NEURON = """\
def neuron(x1, w1, x2, w2, b):
    x1w1 = x1 * w1
    x2w2 = x2 * w2
    s = x1w1 + x2w2
    n = s + b
    out = n.tanh()
    return out
"""


def typed(name: str, source: str) -> Callable[..., Value]:
    """A function as if a user had typed it into a file, whose lines the stepper shows.

    >>> typed("neuron", NEURON)(1.0, 2.0, 3.0, 4.0, -14.0)
    Traceback (most recent call last):
        ...
    AttributeError: 'float' object has no attribute 'tanh'
    """
    file = f"{name}.py"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {}
    exec(compile(source, file, "exec"), namespace)
    function: Callable[..., Value] = namespace[name]
    return function


def _inputs(result: Value) -> list[Value]:
    return [node for node in topological_order(result) if node.is_leaf]


def run(folder: Path, *, seed: int = 0, epochs: int = 60, progress: bool = True) -> float:
    """Explain, train, write ``folder/index.html``; returns the held-out accuracy.

    Args:
        folder: where to write; must exist.
        seed: of the split, the initial weights and the order of the samples.
        epochs: passes over the training data.
        progress: whether to show a progress bar.
    """
    out = classic_neuron()
    table = step_through(out).to_text()
    print("The neuron out = tanh(x1*w1 + x2*w2 + b)\n")
    print(table)
    out.backward()

    iris = nn.data.load_iris()
    print(f"\nTraining an MLP 4-16-3 on Fisher's irises: {len(iris.data)} flowers, 4 measures, 3 species")
    model, history, split = train_iris(seed=seed, epochs=epochs, progress=progress)
    accuracy: float = history["val_accuracy"][-1]
    print(
        f"Held-out accuracy after {epochs} epochs: {accuracy:.1%} of {len(split['y_test'])} flowers "
        f"(training: {history['accuracy'][-1]:.1%} of {len(split['y_train'])})"
    )

    history.to_csv(folder / "history.csv")
    neuron_as_typed = typed("neuron", NEURON)
    step_through(neuron_as_typed, *(leaf.data for leaf in _inputs(out))).save_html(folder / "stepper.html")
    text = _page(
        table=table,
        neuron=draw(out).svg(),
        curves=_curves(history),
        regions=_regions(model, split),
        accuracy=accuracy,
        epochs=epochs,
        split=split,
        parameters=len(model.parameters()),
    )
    index = folder / "index.html"
    write_text(index, text)
    print(f"\nPage: {index.resolve()}")
    return accuracy


def train_iris(*, seed: int = 0, epochs: int = 60, progress: bool = False) -> tuple[Any, Any, dict[str, Any]]:
    """Train an MLP 4-16-3 on two thirds of the irises; returns the model, the history and the split."""
    iris = nn.data.load_iris()
    X_train, X_test, y_train, y_test = nn.data.train_test_split(  # noqa: N806  (scikit-learn's names)
        iris.data, iris.target, test_size=1 / 3, random_state=seed, stratify=iris.target
    )
    scaler = nn.preprocessing.StandardScaler().fit(X_train)
    random.seed(seed)
    model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
    history = nn.fit(
        model,
        (scaler.transform(X_train), y_train),
        nn.CrossEntropyLoss(),
        nn.optim.Adam(model.parameters(), lr=0.01),
        epochs,
        validation=(scaler.transform(X_test), y_test),
        metrics=["accuracy"],
        batch_size=10,
        seed=seed,
        progress=progress,
    )
    split = {"X_train": X_train, "X_test": X_test, "y_train": y_train, "y_test": y_test}
    return model, history, split | {"scaler": scaler, "names": list(iris.target_names)}


# ---------------------------------------------------------------------- the page


def _curves(history: Any) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.4), layout="constrained")
    loss, accuracy = figure.subplots(1, 2)
    nn.plot.loss_curves(history, ax=loss)
    for side in ("top", "right"):
        accuracy.spines[side].set_visible(False)
    accuracy.plot(history["epoch"], history["accuracy"], color=nn.plot.COLORS[0], linewidth=2, label="training")
    accuracy.plot(
        history["epoch"], history["val_accuracy"], "--", color=nn.plot.COLORS[1], linewidth=2, label="validation"
    )
    accuracy.set(xlabel="epoch", ylabel="accuracy", ylim=(0, 1.04))
    accuracy.grid(alpha=0.25)
    accuracy.legend(frameon=False, loc="lower right")
    return svg_of(figure)


def _regions(model: Any, split: dict[str, Any]) -> str:
    from matplotlib.figure import Figure

    # The network takes four measures; a plane shows two. The other two are held at their means.
    means = split["scaler"].mean_

    def predict(batch: Any) -> Any:
        return model(split["scaler"].transform([[means[0], means[1], *petal] for petal in batch]))

    figure = Figure(figsize=(6.4, 4.6), layout="constrained")
    nn.plot.decision_regions(
        predict,
        [row[2:] for row in split["X_test"]],
        split["y_test"],
        ax=figure.subplots(),
        feature_names=FEATURES,
        target_names=split["names"],
    )
    return svg_of(figure)


def _page(
    *,
    table: str,
    neuron: str,
    curves: str,
    regions: str,
    accuracy: float,
    epochs: int,
    split: dict[str, Any],
    parameters: int,
) -> str:
    neuron = neuron[neuron.index("<svg") :]
    body = f"""<h1>Stepgrad demo</h1>
<p><a href="stepper.html"><strong>Step through a neuron</strong></a>, edge by edge, and change its inputs as you go.</p>

<h2>One neuron, forward and backward</h2>
<figure class="wide" role="img" aria-label="Computation graph of the neuron">{neuron}
<figcaption>out = tanh(x1·w1 + x2·w2 + b). Each box shows a number and the gradient of out with respect
to it.</figcaption></figure>
<pre tabindex="0">{html.escape(table)}</pre>

<h2>A network trained on Fisher's irises</h2>
<p>An MLP 4-16-3 with tanh ({parameters} parameters) learned from {len(split["y_train"])} flowers in {epochs} epochs
and names the species of <strong>{accuracy:.1%}</strong> of the {len(split["y_test"])} flowers it never saw.</p>
<figure role="img" aria-label="Loss and accuracy against the epoch">{curves}
<figcaption>Loss (logarithmic) and accuracy after each epoch.</figcaption></figure>
<figure role="img" aria-label="Decision regions over petal length and petal width">{regions}
<figcaption>What the network says for each petal, with sepal length and width at their means, and the held-out
flowers.</figcaption></figure>
<p>Data: R. A. Fisher, “The use of multiple measurements in taxonomic problems”, Annals of Eugenics 7 (1936)
179–188. All numbers of the training run are in <a href="history.csv">history.csv</a>.</p>"""
    return page("Stepgrad demo", body)
