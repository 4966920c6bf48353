"""Write the pages that are made from the code.

python docs/build.py
"""

from __future__ import annotations

from pathlib import Path

from autograd.files import write_text
from autograd.text.listing import listing

HERE = Path(__file__).resolve().parent


def pages() -> dict[Path, str]:
    """Each page and its text."""
    operations = f"""# The operations

Made from the table in [`autograd/core/ops.py`](../autograd/core/ops.py) by `make operations`; `stepgrad operations`
prints it too. In the derivatives `out` is the value of the operation. Vectors are shown with two elements. A kink is a
point where a derivative jumps or does not exist. There the formula shows which side counts: that is PyTorch's
convention.

{listing(markdown=True)}
"""
    return {HERE / "operations.md": operations}


if __name__ == "__main__":
    for path, text in pages().items():
        write_text(path, text)
        print(f"wrote {path.relative_to(HERE.parent)}")
