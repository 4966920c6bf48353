"""Take a picture of the page in each of its states, for people to look at: ``make pictures``.

    python tests/browser/pictures.py FOLDER [WORD ...]

Only pictures with each of the words in their names are taken, such as ``predict`` ``390``. An index shows them all.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from graphs import fan_out
from opening import ARGUMENTS
from playwright.sync_api import Playwright, sync_playwright
from states import STATES

from autograd import step_through
from autograd.stepper.page import page_of
from autograd.stepper.static import static_page

SIZES = {390: 844, 1280: 800, 1920: 1080}


def looks(words: list[str]) -> Iterator[tuple[str, str, int, str, str, str]]:
    """The name of each picture, its browser, width, scheme, language and state. Firefox has no scheme but its own."""
    every = [*product(["chromium"], SIZES, ["light", "dark"], ["en", "zh"], [*STATES, "static"])]
    every += product(["firefox"], [1280], ["light"], ["en"], [*STATES, "static"])
    for look in every:
        name = "_".join(map(str, look))
        if all(word in name for word in words):
            yield (name, *look)


def opened(playwright: Playwright) -> dict[str, Any]:
    """The browsers that are installed."""
    found: dict[str, Any] = {}
    if chromium := shutil.which("chromium") or shutil.which("google-chrome"):
        found["chromium"] = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
    if firefox := shutil.which("firefox-esr") or shutil.which("firefox"):
        found["firefox"] = playwright.firefox.launch(channel="moz-firefox", executable_path=firefox)
    return found


def main(folder: Path, words: list[str]) -> None:
    """Take the pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    trace = step_through(fan_out())
    names = []
    with sync_playwright() as playwright:
        browsers = opened(playwright)
        for name, browser, width, scheme, language, state in looks(words):
            if browser not in browsers:
                continue
            file = folder / "page.html"
            text = static_page(trace, lang=language) if state == "static" else page_of(trace, lang=language)
            file.write_text(text, encoding="utf-8")
            options: dict[str, Any] = (
                {} if browser == "firefox" else {"color_scheme": scheme, "reduced_motion": "reduce"}
            )
            view = browsers[browser].new_page(viewport={"width": width, "height": SIZES[width]}, **options)
            view.goto(file.as_uri())
            STATES.get(state, lambda view: None)(view)
            view.wait_for_timeout(3000 if browser == "firefox" and state not in ("opening", "static") else 100)
            view.screenshot(path=folder / f"{name}.png")
            view.close()
            names.append(name)
    figures = "\n".join(
        f'<figure><img src="{name}.png" width="480"><figcaption>{name}</figcaption></figure>' for name in names
    )
    (folder / "page.html").unlink(missing_ok=True)
    (folder / "index.html").write_text(
        f"<!DOCTYPE html><meta charset=utf-8><title>Pictures</title><div style='columns:480px'>{figures}</div>",
        encoding="utf-8",
    )
    print(f"{len(names)} pictures: {folder / 'index.html'}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python tests/browser/pictures.py FOLDER [WORD ...]")
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])
