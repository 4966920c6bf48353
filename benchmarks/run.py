"""Every benchmark, one table: what was measured, beside which peer, the target, and whether it was reached.

python benchmarks/run.py              # all, about five minutes
python benchmarks/run.py gpt memory   # some
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import function_gradient
import gpt
import import_time
import memory
import scalar_operation
import scaling
import training_step


class Row(NamedTuple):
    what: str
    ours: str
    peers: str
    result: str
    target: str = ""
    reached: bool | None = None


def at_least(factor: float, target: float) -> tuple[str, str, bool]:
    return f"{factor:.1f} x", f">= {target:g} x", factor >= target


def training_step_rows() -> Iterator[Row]:
    medians = training_step.measure()
    seconds = {name: f"{median * 1e3:.1f} ms" for name, median in medians.items()}
    for side, what, target in (
        ("stepgrad", "training step, MLP 2-16-16-1, 100 points", 40),
        ("stepgrad_expanded", "the same, every + and * a node", 0),
    ):
        result, wanted, reached = at_least(medians["micrograd"] / medians[side], target)
        judged = (wanted, reached) if target else ("", None)
        yield Row(what, seconds[side], f"micrograd {seconds['micrograd']}", result, *judged)


def gpt_rows() -> Iterator[Row]:
    seconds = gpt.measure()
    nodes = gpt.nodes()
    for peer, name, target in (
        ("plain", "plain", 2.5),
        ("slotted", "plain with slots", 0),
        ("micrograd", "micrograd", 3),
    ):
        result, wanted, reached = at_least(seconds[peer] / seconds["stepgrad"], target)
        yield Row(
            f"GPT training step, {nodes:,} scalar nodes",
            f"{seconds['stepgrad'] * 1e3:.1f} ms",
            f"{name} {seconds[peer] * 1e3:.1f} ms",
            result,
            *((wanted, reached) if target else ("", None)),
        )
    yield Row(
        "the same, collector paused on both sides",
        f"{seconds['stepgrad_paused'] * 1e3:.1f} ms",
        f"plain {seconds['plain_paused'] * 1e3:.1f} ms",
        f"{seconds['plain_paused'] / seconds['stepgrad_paused']:.1f} x",
    )


def scalar_operation_rows() -> Iterator[Row]:
    if importlib.util.find_spec("torch") is None:
        yield Row("one scalar operation", "", "PyTorch", "skipped: torch is not installed", ">= 5 x")
        return
    for operation, (ours, theirs) in scalar_operation.measure().items():
        yield Row(
            f"one `{operation}`, forward and backward",
            f"{ours * 1e6:.2f} us",
            f"PyTorch eager {theirs * 1e6:.2f} us",
            *at_least(theirs / ours, 5),
        )


def scaling_rows() -> Iterator[Row]:
    medians = scaling.measure()
    for name, (least, greatest) in scaling.spreads(medians).items():
        how, shape = name.split("_")
        factor = greatest / least
        judged = ("<= 1.5 x", factor <= 1.5) if how == "paused" else ("", None)
        what = f"ns a node, {shape} of 1e3 to {'1e7' if how == 'paused' else '1e6'}, {how}"
        yield Row(what, f"{least:.0f} to {greatest:.0f}", "", f"{factor:.2f} x", *judged)
    for name, (*parts, kernel) in medians.items():
        how, shape, length = name.split("_")
        yield Row(
            f"{shape} of {int(length):,}, {how}",
            f"{sum(parts) - kernel:.0f} ns a node",
            f"kernel {kernel:.0f}",
            " + ".join(f"{part:.0f}" for part in parts),
        )


def memory_rows() -> Iterator[Row]:
    counts = memory.measure()
    peers = ", ".join(
        f"{name} {with_gradients:.0f}" for name, (_, with_gradients) in counts.items() if name != "stepgrad"
    )
    forward, with_gradients = counts["stepgrad"]
    yield Row(
        "bytes a node with two operands, after backward",
        f"{with_gradients:.0f} ({forward:.0f} before)",
        peers,
        f"{with_gradients:.0f}",
        "<= 150",
        with_gradients <= 150,
    )


def import_time_rows() -> Iterator[Row]:
    nothing, importing = import_time.measure()
    difference = (importing - nothing) * 1e3
    yield Row(
        "`import autograd`, over an empty program",
        f"{importing * 1e3:.1f} ms",
        f"empty {nothing * 1e3:.1f} ms",
        f"{difference:.1f} ms",
        "< 30 ms",
        difference < 30,
    )


def function_gradient_rows() -> Iterator[Row]:
    what = "derivative of a function of 12 operations"
    try:
        seconds = function_gradient.measure()
    except RuntimeError as error:
        yield Row(what, "", "mygrad, HIPS autograd", f"skipped: {error}")
        return
    for peer in ("mygrad", "HIPS autograd"):
        ours, theirs = seconds["stepgrad"], seconds[peer]
        yield Row(what, f"{ours * 1e6:.1f} us", f"{peer} {theirs * 1e6:.1f} us", f"{theirs / ours:.1f} x")


SECTIONS: dict[str, Callable[[], Iterator[Row]]] = {
    "training_step": training_step_rows,
    "gpt": gpt_rows,
    "scalar_operation": scalar_operation_rows,
    "scaling": scaling_rows,
    "memory": memory_rows,
    "import_time": import_time_rows,
    "function_gradient": function_gradient_rows,
}


def machine() -> str:
    name = platform.processor() or platform.machine()
    if (information := Path("/proc/cpuinfo")).exists():
        names = [line.split(":", 1)[1].strip() for line in information.read_text().splitlines() if "model name" in line]
        name = names[0] if names else name
    return f"{name}, {os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"


def table(rows: list[Row]) -> str:
    """Markdown, in columns."""
    words = {True: "yes", False: "**no**", None: ""}
    header = ("measured", "Stepgrad", "beside it", "result", "target", "reached")
    lines = [header, *((*row[:5], words[row.reached]) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    text.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(text)


def main() -> None:
    chosen = sys.argv[1:] or list(SECTIONS)
    if unknown := sorted(set(chosen) - set(SECTIONS)):
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    rows: list[Row] = []
    for name in chosen:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += SECTIONS[name]()
    print(machine())
    print()
    print(table(rows))


if __name__ == "__main__":
    main()
