"""What `import autograd` adds to the start of Python.

python benchmarks/import_time.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

# Compiled modules are cached, as for anybody who has not turned that off.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(program: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, env=ENVIRONMENT)
    return time.perf_counter() - start


def measure(runs: int = 41) -> tuple[float, float]:
    """Median seconds of a Python that does nothing, and of one that imports autograd, run in turns."""
    for program in ("pass", "import autograd"):  # writes the caches of compiled modules
        seconds(program)
    pairs = [(seconds("pass"), seconds("import autograd")) for _ in range(runs)]
    nothing, importing = zip(*pairs, strict=True)
    return statistics.median(nothing), statistics.median(importing)


def main() -> None:
    nothing, importing = measure()
    print(
        f"python -c pass {nothing * 1e3:.1f} ms, import autograd {importing * 1e3:.1f} ms, "
        f"difference {(importing - nothing) * 1e3:.1f} ms"
    )


if __name__ == "__main__":
    main()
