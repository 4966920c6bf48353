"""Take the picture of the stepper that the README shows; needs Chromium and the Python package playwright.

python docs/still.py
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from autograd import step_through
from stepgrad.demo_page import NEURON, typed

HERE = Path(__file__).resolve().parent
STEP = 7  # from the values on: the seed and six steps back, so that both signs and a sum can be seen


def main() -> int:
    """Write docs/stepper.png; returns the exit code."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        print("docs/still.py needs Chromium on the PATH", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "neuron.html")
        step_through(typed("neuron", NEURON), 2.0, -3.0, 0.0, 1.0, 6.8813735870195432).save_html(path)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 785}, color_scheme="light")
        page.goto(path.as_uri())
        for _ in range(STEP):
            page.get_by_role("button", name="Next").click()
        page.mouse.move(0, 0)
        page.wait_for_timeout(3000)  # the last step has come to rest
        page.screenshot(path=HERE / "stepper.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
