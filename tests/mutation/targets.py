"""What is broken, and the tests that should notice: those of the same room, the nearest first."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ["autograd", "nn", "stepgrad", "tests", "docs", "benchmarks", "pyproject.toml", "README.md", "CHANGELOG.md"]

# Files and folders whose code computes something that a program uses. Printers and pictures are tested otherwise.
BROKEN = [
    "autograd/core/ops.py",
    "autograd/core/engine.py",
    "autograd/core/recording.py",
    "autograd/core/copying.py",
    "autograd/core/micrograd.py",
    "autograd/core/number.py",
    "autograd/core/vector.py",
    "autograd/core/atomic.py",
    "autograd/core/row_functions.py",
    "autograd/symbols/compiled_methods.py",
    "autograd/arrays/reductions.py",
    "autograd/transforms",
    "autograd/trace/replay.py",
    "autograd/trace/paths.py",
    "autograd/trace/record.py",
    "autograd/trace/trace.py",
    "autograd/diagnostics/stale.py",
    "autograd/diagnostics/anomaly.py",
    "autograd/diagnostics/kinks.py",
    "autograd/diagnostics/flow.py",
    "nn/modules",
    "nn/functional",
    "nn/init",
    "nn/optim",
    "nn/metrics",
    "nn/preprocessing",
    "nn/linear_model",
    "nn/training",
    "nn/diagnostics",
    "nn/datasets/generators.py",
    "nn/data.py",
    "nn/generative.py",
    "nn/landscapes.py",
    "nn/nested.py",
    "nn/utils.py",
]
# The rooms whose tests look at each package, beside the room of the file itself.
ROOMS = {
    "autograd": ["core", "arrays", "symbols", "transforms", "trace", "diagnostics", "testing", "program", "text"],
    "nn": ["nn"],
}
# Slow, or of something else, and what they test is noticed by others.
LEFT_OUT = [
    "tests/core/test_backward.py::test_a_chain_of_a_million_nodes",
    "tests/testing/test_testing.py::test_a_program_runs_in_pytorch",
]
FILES_LEFT_OUT = {  # slow, or not of numbers: left out but for the file whose very name they have
    "test_atomic.py",
    "test_interrupted_training.py",
    "test_interrupted_updates.py",
    "test_javascript.py",
    "test_numpy.py",
    "test_plot.py",
    "test_saving.py",
    "test_signatures.py",
}


def broken_files(root: Path = ROOT) -> list[str]:
    """The modules to break, in order."""
    found = [path for name in BROKEN for path in ([root / name] if name.endswith(".py") else (root / name).rglob("*"))]
    modules = sorted((p for p in found if p.suffix == ".py" and p.stat().st_size > 200), key=_rank_in(root))
    return [path.relative_to(root).as_posix() for path in modules]


def _rank_in(root: Path):  # type: ignore[no-untyped-def]
    names = [root / name for name in BROKEN]
    return lambda path: (next(i for i, name in enumerate(names) if path.is_relative_to(name)), path)


def tests_of(file: str, root: Path = ROOT) -> list[list[str]]:
    """Files of tests in groups, the likeliest to notice first: the nearest, those of the room, those of other rooms.

    The nearest are the module's own doctests and the test files that have its name or that of a folder above it.
    """
    package, *folders = Path(file).with_suffix("").parts
    rooms = [folders[0], *(room for room in ROOMS[package] if room != folders[0])] if package == "autograd" else ["nn"]
    groups: list[list[str]] = [[file]]
    for room in rooms:
        for path in sorted((root / "tests" / room).glob("test_*.py")):
            words = [folders[-1], *(folders[:-1] if package == "nn" else [])]
            near = any(word.rstrip("s") in path.stem for word in words if word != "__init__")
            if path.name in FILES_LEFT_OUT and path.stem != f"test_{folders[-1]}":
                continue
            group = 0 if near else 1 if room == rooms[0] else 2
            while len(groups) <= group:
                groups.append([])
            groups[group].append(path.relative_to(root).as_posix())
    return groups


TESTS = {file: tests_of(file) for file in broken_files()}
