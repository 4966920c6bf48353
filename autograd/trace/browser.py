"""Show a page in the browser of the person at this computer, if there is one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile


def show(page: str) -> Path:
    """Show a page from a temporary file, or say what to do where there is no browser.

    Returns:
        The file; it is left to the system to remove it.
    """
    path = in_temporary_file(page)
    if not opened(path):
        print(f"There is no browser here: open {path} in one, or write the page elsewhere with save_html(path).")
    return path


def in_temporary_file(page: str) -> Path:
    """Write a page to a file that is left to the system to remove."""
    with NamedTemporaryFile("w", prefix="stepgrad-", suffix=".html", encoding="utf-8", delete=False) as file:
        file.write(page)
    return Path(file.name)


def opened(path: Path) -> bool:
    """Open a file in a new tab of the browser. False where there is none, as on a server."""
    import webbrowser

    try:
        return webbrowser.open(path.resolve().as_uri(), new=2)
    except (webbrowser.Error, OSError):
        return False


def somebody_looks() -> bool:
    """Whether a person at a terminal with a display has asked, who wants to see a page in the browser."""
    if not sys.stdout.isatty() or os.environ.get("CI") or os.environ.get("SSH_CONNECTION"):
        return False
    return sys.platform in ("darwin", "win32") or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
