"""Shows the progress bar of `fit`: tqdm's, as text in a terminal, as a widget in a notebook."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def progress_bar(epochs: int, progress: bool | None) -> Iterator[Any]:
    """A bar that counts epochs, or None if there is to be none.

    Args:
        epochs: how many there will be at most.
        progress: True for a bar, False for none; None for a bar in a terminal or a notebook, if tqdm is installed.

    Raises:
        ModuleNotFoundError: if ``progress=True`` and tqdm is not installed.
    """
    in_terminal = sys.stderr is not None and sys.stderr.isatty()
    if progress is None:
        progress = in_terminal or _in_notebook()
        required = False
    else:
        required = progress
    bar_class = _tqdm(required) if progress else None
    if bar_class is None:
        yield None
        return
    # In a file each update is a line, so there are fewer.
    often = 0.1 if in_terminal or _in_notebook() else 5.0
    with bar_class(total=epochs, unit="epoch", file=sys.stderr, mininterval=often) as bar:
        yield bar


def show_epoch(bar: Any, row: Mapping[str, float]) -> None:
    """Move the bar by one epoch and show the numbers of its row."""
    if bar is not None:
        bar.set_postfix({name: f"{number:.4g}" for name, number in row.items() if name != "epoch"}, refresh=False)
        bar.update()


def _tqdm(required: bool) -> Any:
    with warnings.catch_warnings():
        # In a notebook without ipywidgets tqdm warns and draws with text.
        warnings.simplefilter("ignore")
        try:
            from tqdm.auto import tqdm
        except ImportError:
            if not required:
                return None
            raise ModuleNotFoundError(
                'a progress bar needs tqdm, which is not installed: pip install "stepgrad[nn]", or pass progress=False'
            ) from None
    return tqdm


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    # IPython in a terminal has no IPKernelApp.
    return shell is not None and "IPKernelApp" in shell.config
