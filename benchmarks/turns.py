"""Takes turns: each side of a comparison runs in a process of its own, one turn after the other.

A process of its own, as a user would have, so that the garbage one side leaves is not the other's to collect. Turns,
so that a machine that slows down slows every side. Medians, so that one interruption does not decide.
"""

from __future__ import annotations

import gc
import importlib
import json
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

Side = str | tuple[str, str]
"""What a process runs: "module:function", or that and the Python to run it with.

The function prepares and returns another one, without arguments, which is a turn.
"""


def take_turns(sides: dict[str, Side], turns: int, warm_up: int = 2) -> dict[str, list[tuple[float, Any]]]:
    """For each side the seconds, and the answer, of each of its turns after the first `warm_up`."""
    processes = {}
    for name, side in sides.items():
        work, python = (side, sys.executable) if isinstance(side, str) else side
        processes[name] = subprocess.Popen(
            [python, str(Path(__file__)), work], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
    measured: dict[str, list[tuple[float, Any]]] = {name: [] for name in sides}
    try:
        for turn in range(warm_up + turns):
            for name, process in processes.items():
                assert process.stdin is not None and process.stdout is not None
                process.stdin.write("go\n")
                process.stdin.flush()
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"{name} ended before its turn was over")
                if turn >= warm_up:
                    measured[name].append(tuple(json.loads(line)))
    finally:
        for process in processes.values():
            process.communicate()
    return measured


def median_seconds(measured: dict[str, list[tuple[float, Any]]]) -> dict[str, float]:
    return {name: statistics.median(seconds for seconds, _ in turns) for name, turns in measured.items()}


def agree(measured: dict[str, list[tuple[float, Any]]], tolerance: float = 1e-9) -> None:
    """Raise unless all sides answered the same in every turn: then they did the same work."""
    reference, *others = measured.items()
    for name, turns in others:
        for (_, expected), (_, answer) in zip(reference[1], turns, strict=True):
            if abs(answer - expected) > tolerance * abs(expected):
                raise AssertionError(f"{name} computed {answer!r} where {reference[0]} computed {expected!r}")


def _serve(work: str) -> None:
    module, function = work.split(":")
    turn = getattr(importlib.import_module(module), function)()
    for _ in sys.stdin:
        start = time.perf_counter()
        answer = turn()
        seconds = time.perf_counter() - start
        assert gc.isenabled(), "a benchmark must leave the garbage collector on"
        print(json.dumps([seconds, answer]), flush=True)


if __name__ == "__main__":
    # Some engines sort a graph by recursion. They get the room for it, and so does everyone.
    sys.setrecursionlimit(1_000_000)
    threading.stack_size(512 * 1024 * 1024)
    thread = threading.Thread(target=_serve, args=sys.argv[1:])
    thread.start()
    thread.join()
