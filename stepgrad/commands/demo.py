"""``stepgrad demo``: a neuron explained, a network trained on Fisher's irises, and a page to step through both."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from stepgrad.argument_types import integer, path, whole
from stepgrad.commands import Command
from stepgrad.errors import UsageError, reason
from stepgrad.printing import echo


def add_arguments(parser: ArgumentParser) -> None:
    """The folder to write, the seed and the number of epochs, and whether to show progress."""
    parser.add_argument("--out", metavar="DIR", type=path, default=Path("demo"), help="folder to write (default: demo)")
    parser.add_argument("--seed", type=integer, default=0, help="seed of the training run (default: 0)")
    parser.add_argument("--epochs", type=whole(1), default=60, help="passes over the training data (default: 60)")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run(options: Namespace) -> None:
    """Explain a neuron, train a network, and write the page with the file it links to: both or none; then show it."""
    from autograd.files import new_folder
    from autograd.trace.browser import opened, somebody_looks
    from stepgrad.demo_page import FILES

    try:
        with new_folder(options.out, replacing=FILES) as unfinished:
            _demonstrate(options, unfinished)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"cannot write to the folder {options.out}: {reason(error)}; choose another") from None
    page = (options.out / "index.html").resolve()
    echo("", f"Page: {page}")
    if somebody_looks():
        opened(page)


def _demonstrate(options: Namespace, folder: Path) -> None:
    from autograd import step_through, topological_order
    from autograd.files import write_text
    from stepgrad.demo_page import NEURON, classic_neuron, demo_page, train_iris
    from stepgrad.programs import typed

    out = classic_neuron()
    echo("The neuron out = tanh(x1*w1 + x2*w2 + b)", "", *step_through(out).to_text().split("\n"))

    echo("", "Training an MLP 4-16-3 on Fisher's irises: 150 flowers, 4 measures, 3 species")
    model, history, split = train_iris(
        seed=options.seed, epochs=options.epochs, progress=False if options.quiet else None
    )
    if not history.rows:  # Ctrl-C in the first epoch; a later one ends the training and keeps what was learned
        raise KeyboardInterrupt
    echo(
        f"Held-out accuracy after {len(history['epoch'])} epochs: {history['val_accuracy'][-1]:.1%} of "
        f"{len(split['y_test'])} flowers (training: {history['accuracy'][-1]:.1%} of {len(split['y_train'])})"
    )

    history.to_csv(folder / "history.csv")
    inputs = [node.data for node in topological_order(out) if node.is_leaf]
    neuron = step_through(typed("neuron", NEURON), *inputs)
    write_text(folder / "index.html", demo_page(neuron=neuron, model=model, history=history, split=split))


COMMAND = Command(add_arguments, run, help="explain a neuron, train on real data, show a page to step through", order=3)
