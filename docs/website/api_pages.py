"""The pages of the API: for each public module its public names, documented by their docstrings."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

MODULES = {
    "autograd": "The engine: numbers that remember, derivatives of functions, traces, pictures, checks.",
    "autograd.testing": "Property-based tests of derivatives.",
    "autograd.symbols": "The rules of the table, run on symbols and printed.",
    "nn": "Networks: modules, losses, training, with PyTorch's names.",
    "nn.functional": "Activations, losses and information measures as functions.",
    "nn.init": "Initial weights.",
    "nn.optim": "Optimizers.",
    "nn.optim.lr_scheduler": "Learning rate schedulers.",
    "nn.data": "Data sets, batches and splits.",
    "nn.datasets": "Data made on the spot, and data that people measured.",
    "nn.preprocessing": "Scaling, encoding, polynomial features.",
    "nn.metrics": "How good predictions are.",
    "nn.linear_model": "Linear classifiers and regression.",
    "nn.generative": "Classifiers that model the inputs.",
    "nn.landscapes": "Functions of two variables for optimizers to walk on.",
    "nn.training": "The training loop.",
    "nn.plot": "Pictures with matplotlib.",
    "nn.utils": "Clipping, and parameters as a vector.",
    "stepgrad.learn": "Exercises that say which mistake was made.",
    "stepgrad.figures": "Small pictures as SVG.",
}


SIGNATURES = {"autograd.Value": '(data, label="")'}
"""Where the one that Python tells says less than the docstring."""


def pages() -> dict[str, str]:
    """Each page by its place on the site."""
    homes: dict[int, str] = {}
    found = {f"api/{name}.md": _page(name, about, homes) for name, about in MODULES.items()}
    rows = "\n".join(f"| [`{name}`]({name}.md) | {about} |" for name, about in MODULES.items())
    listed = "\n".join(MODULES)
    found["api/index.md"] = (
        "# API\n\nWhat the docstrings say; `help(nn.Linear)` prints the same. Each operation of [the table]"
        "(../operations.md) is a function of `autograd`, such as `autograd.tanh`, and a method of `Value`.\n\n"
        f"| module | what it has |\n| --- | --- |\n{rows}\n\n"
        f"```{{toctree}}\n:hidden:\n:maxdepth: 1\n\n{listed}\n```\n"
    )
    return found


def _page(name: str, about: str, homes: dict[int, str]) -> str:
    """The page of a module; what an earlier one has, it refers to."""
    module = importlib.import_module(name)
    directives, elsewhere = [], []
    for public in _public(module):
        thing = getattr(module, public)
        if not (inspect.isclass(thing) or inspect.isroutine(thing)):
            continue
        home = homes.setdefault(id(thing), name)
        if home != name:
            elsewhere.append(f"[`{public}`](#{home}.{public})")
            continue
        is_class = inspect.isclass(thing)
        said = SIGNATURES.get(f"{name}.{public}", "")
        members = "\n   :members:" if is_class and not issubclass(thing, BaseException) else ""
        directives.append(f".. auto{'class' if is_class else 'function'}:: {name}.{public}{said}{members}")
    also = f"Also here: {', '.join(elsewhere)}.\n\n" if elsewhere else ""
    content = "\n\n".join(directives)
    return f"# `{name}`\n\n{about}\n\n{also}```{{eval-rst}}\n{content}\n```\n"


def _public(module: Any) -> list[str]:
    """The public names of a module: those that it lists, else those of its own."""
    listed = getattr(module, "__all__", None)
    if listed is None:
        own = vars(module).items()
        listed = [x for x, y in own if not x.startswith("_") and getattr(y, "__module__", "") == module.__name__]
    return [x for x in listed if not inspect.ismodule(getattr(module, x))]
