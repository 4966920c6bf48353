"""The gradient of a function of one number, beside mygrad and HIPS autograd.

HIPS autograd is imported under our name, so the peers live in a virtual environment of their own, made on first use in
`.venv-peers`. Where they cannot be installed the comparison is skipped, and says why.

    python benchmarks/function_gradient.py
"""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from turns import agree, median_seconds, take_turns

REPEATS = 300
PEERS = ("mygrad", "autograd")
HOME = Path(__file__).parent / ".venv-peers"


def function(x: Any, tanh: Any, exp: Any, log: Any, sin: Any) -> Any:
    return tanh(x) * exp(-x * x) + log(1.0 + x * x) / (2.0 + sin(x))


def _repeated(derivative: Callable[[float], float]) -> Callable[[], float]:
    return lambda: sum(derivative(0.1 + index / REPEATS) for index in range(REPEATS))


def stepgrad() -> Callable[[], float]:
    import autograd

    functions = (autograd.tanh, autograd.exp, autograd.log, autograd.sin)  # type: ignore[attr-defined]

    def derivative(number: float) -> float:
        x = autograd.Value(number)
        function(x, *functions).backward()
        return x.grad

    return _repeated(derivative)


def mygrad() -> Callable[[], float]:
    import mygrad

    functions = (mygrad.tanh, mygrad.exp, mygrad.log, mygrad.sin)

    def derivative(number: float) -> float:
        x = mygrad.tensor(number)
        function(x, *functions).backward()
        return float(x.grad)

    return _repeated(derivative)


def hips() -> Callable[[], float]:
    import autograd.numpy

    import autograd

    functions = (autograd.numpy.tanh, autograd.numpy.exp, autograd.numpy.log, autograd.numpy.sin)
    return _repeated(autograd.grad(lambda x: function(x, *functions)))


def peers() -> str:
    """The Python of the environment with the peers in it, which is made if it is not there."""
    python = HOME / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    ready = HOME / ".ready"
    if not ready.exists():
        venv.create(HOME, clear=True, with_pip=True)
        (HOME / ".gitignore").write_text("*\n")
        install = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *PEERS]
        subprocess.run(install, check=True, capture_output=True, text=True, timeout=300)
        ready.touch()
    return str(python)


def measure(turns: int = 15) -> dict[str, float]:
    """Median seconds of one value and derivative for each side.

    Raises:
        RuntimeError: if the peers cannot be installed.
    """
    try:
        python = peers()
    except (OSError, subprocess.SubprocessError) as error:
        lines = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        raise RuntimeError(f"the peers cannot be installed: {lines[-1] if lines else error}") from error
    measured = take_turns(
        {
            "stepgrad": "function_gradient:stepgrad",
            "mygrad": ("function_gradient:mygrad", python),
            "HIPS autograd": ("function_gradient:hips", python),
        },
        turns,
    )
    agree(measured)
    return {name: median / REPEATS for name, median in median_seconds(measured).items()}


def main() -> None:
    try:
        seconds = measure()
    except RuntimeError as error:
        print(f"skipped: {error}")
        return
    for name, median in seconds.items():
        print(f"{name:14} {median * 1e6:8.1f} us   {median / seconds['stepgrad']:6.1f} x")


if __name__ == "__main__":
    main()
