"""Programs run in a Python of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent


def outputs_of_two_runs(program: str) -> set[str]:
    """What a program prints in two processes whose sets and dictionaries of text have different orders.

    It may import the test modules beside this file.
    """
    path = os.pathsep.join((str(TESTS), str(TESTS.parent)))
    return {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            encoding="utf-8",
            check=True,
            cwd=TESTS,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("1", "2")
    }
