"""Makes what ``stepgrad demo`` shows: a neuron, a network trained on Fisher's irises, and the page about both."""

from __future__ import annotations

import random
from typing import Any

import nn
from autograd import Trace, Value, capture_source, step_through
from autograd.core.number import whole_number
from autograd.stepper.page import section_of
from stepgrad.html_page import new_figure, page, picture, svg_of, text
from stepgrad.programs import typed

FILES = ("index.html", "history.csv")
FEATURES = ("petal length (cm)", "petal width (cm)")
MEASURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")


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


LOSS = """\
def loss_of(flower, species):
    scores = model(flower)
    return cross_entropy(scores, species)
"""


def train_iris(*, seed: int = 0, epochs: int = 60, progress: bool | None = False) -> tuple[Any, Any, dict[str, Any]]:
    """Train an MLP 4-16-3 on two thirds of the irises; returns the model, the history and the split."""
    seed = whole_number("seed", seed, None)
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


def network_trace(model: Any, split: dict[str, Any]) -> Trace:
    """The loss of the trained network for the first flower it never saw, to step through."""
    loss_of = typed("loss_of", LOSS, model=model, cross_entropy=nn.functional.cross_entropy)
    (scaled,) = split["scaler"].transform([split["X_test"][0]])
    flower = [Value(number, name) for number, name in zip(scaled, MEASURES, strict=True)]
    with capture_source(model) as source:
        loss = loss_of(flower, split["y_test"][0])
    loss.label = "loss"
    return step_through(loss, capture=source)


def demo_page(*, neuron: Trace, model: Any, history: Any, split: dict[str, Any]) -> str:
    """The page to step through the neuron and the network, as HTML; it links to ``history.csv``.

    Args:
        neuron: the trace of the neuron.
        model: the trained network, the first result of `train_iris`.
        history: the history of its training, the second.
        split: the data of training and test, the third.
    """
    learned = f"{len(split['y_train'])} flowers in {len(history['epoch'])} epochs"
    accuracy = f"{history['val_accuracy'][-1]:.1%}"
    species = split["names"][split["y_test"][0]]
    loss = picture(_loss(history), "Loss against the epoch", "Loss after each epoch, on a logarithmic scale.")
    accuracies = picture(_accuracy(history), "Accuracy against the epoch", "Accuracy after each epoch.")
    regions = picture(
        _regions(model, split),
        "Decision regions over petal length and petal width",
        "What the network says for each petal, with sepal length and width at their means, and the held-out flowers.",
    )
    before = f"""<h2>A network trained on Fisher's irises</h2>
<p>An MLP 4-16-3 with tanh ({len(model.parameters())} parameters) learned from {learned}
and names the species of <strong>{accuracy}</strong> of the {len(split["y_test"])} flowers it never saw.
This is its loss for one of them, a {species}: the same steps as in the neuron above, {len(model.parameters())} weights
and biases at once. “Fold” draws a layer as one box.</p>"""
    after = f"""<h2>How it learned</h2>
<div class="pair">{loss}{accuracies}</div>
{regions}
<p>Data: R. A. Fisher, “The use of multiple measurements in taxonomic problems”, Annals of Eugenics 7 (1936)
179–188. All numbers of the training run are in <a href="history.csv">history.csv</a>.</p>"""
    network = network_trace(model, split)
    return page("Stepgrad demo", "\n".join([section_of(neuron), text(before), section_of(network), text(after)]))


def _loss(history: Any) -> str:
    figure = new_figure(4.8, 3.4)
    if figure is None:
        return ""
    nn.plot.loss_curves(history, ax=figure.subplots())
    return svg_of(figure)


def _accuracy(history: Any) -> str:
    figure = new_figure(4.8, 3.4)
    if figure is None:
        return ""
    axes = figure.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.plot(history["epoch"], history["accuracy"], color=nn.plot.COLORS[0], linewidth=2, label="training")
    axes.plot(history["epoch"], history["val_accuracy"], "--", color=nn.plot.COLORS[1], linewidth=2, label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy", ylim=(0, 1.04))
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, loc="lower right")
    return svg_of(figure)


def _regions(model: Any, split: dict[str, Any]) -> str:
    figure = new_figure(6.4, 4.6)
    if figure is None:
        return ""
    # The network takes four measures and the plot has two axes: sepal length and width are held at their means.
    means = split["scaler"].mean_

    def predict(batch: Any) -> Any:
        return model(split["scaler"].transform([[means[0], means[1], *petal] for petal in batch]))

    nn.plot.decision_regions(
        predict,
        [row[2:] for row in split["X_test"]],
        split["y_test"],
        ax=figure.subplots(),
        feature_names=FEATURES,
        target_names=split["names"],
    )
    return svg_of(figure)
