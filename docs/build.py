"""Write the pages and the moving picture that are made from the code.

python docs/build.py
"""

from __future__ import annotations

from pathlib import Path

from autograd import step_through
from autograd.files import write_text
from autograd.text.operations_table import listing
from nn.modules.activations import Activation
from nn.modules.base_loss import Loss
from nn.optim import Optimizer
from nn.optim.lr_scheduler import LRScheduler
from nn.registry import declared
from stepgrad.demo_page import classic_neuron

HERE = Path(__file__).resolve().parent


def pages() -> dict[Path, str]:
    """Each page or picture and its text."""
    operations = f"""# The operations

Made from the table in [`autograd/core/ops.py`](../autograd/core/ops.py) by `make operations`; `stepgrad operations`
prints it too. In the derivatives `out` is the value of the operation. Vectors are shown with two elements. A kink is a
point where a derivative jumps or does not exist. There the formula shows which side counts: that is PyTorch's
convention.

{listing(markdown=True)}
"""
    return {
        HERE / "operations.md": operations,
        HERE / "training.md": training(),
        HERE / "backprop.svg": step_through(classic_neuron()).to_animation(),
    }


def training() -> str:
    """The page of what nn has, where its lists lack nothing that nn declares; what they say besides stays."""
    losses = declared(Loss)
    regression = [name for name, kind in losses.items() if kind.compares == "numbers" or name == "GaussianNLLLoss"]
    rows = {
        "activations": declared(Activation),
        "losses, regression": regression,
        "losses, classification": [name for name in losses if name not in regression],
        "optimizers": declared(Optimizer),
        "schedulers": declared(LRScheduler),
    }
    lines = (HERE / "training.md").read_text(encoding="utf-8").split("\n")
    for place, line in enumerate(lines):
        topic, *cells = line.removeprefix("| ").split(" | ")
        if more := [f"`{name}`" for name in rows.get(topic, ()) if f"`{name}`" not in cells[0]]:
            lines[place] = " | ".join([f"| {topic}", ", ".join([cells[0], *more]), *cells[1:]])
    return "\n".join(lines)


if __name__ == "__main__":
    for path, text in pages().items():
        write_text(path, text)
        print(f"wrote {path.relative_to(HERE.parent)}")
