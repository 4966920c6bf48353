"""Write `autograd/stepper/assets/page.min.js`: the script of the page with short names.

python docs/shorten.py

It is made by terser, which npm fetches.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from autograd.files import write_text
from autograd.stepper.script import SHORT, digest_of, parts

PATH = Path(__file__).resolve().parent.parent / "autograd" / "stepper" / "assets" / SHORT
TERSER = "terser@5.51.4"
OPTIONS = ("--compress", "passes=2,expression=true", "--mangle", "--format", "ascii_only=true,quote_style=2")


def command() -> list[str] | None:
    """How terser is called: as the environment variable TERSER says, or by npx; None where there is neither."""
    if "TERSER" in os.environ:
        return [os.environ["TERSER"]]
    return ["npx", "--yes", TERSER] if shutil.which("npx") else None


def shortened() -> str:
    """The text of the file."""
    terser = command()
    assert terser, "this needs npm"
    done = subprocess.run([*terser, *OPTIONS], input=parts(), capture_output=True, text=True, check=True)
    code = done.stdout.strip().removesuffix(";")
    return f"/* Made by `make page` from the other scripts, of sha256 {digest_of(parts())}. */\n{code}\n"


if __name__ == "__main__":
    if command() is None:
        sys.exit("docs/shorten.py: npx was not found; it comes with Node's npm, which has terser")
    write_text(PATH, shortened())
