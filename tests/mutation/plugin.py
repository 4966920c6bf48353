"""What pytest is given for a run against a mutant, which need only die, and for the run before, which measures.

`Chosen` runs the tests that it is told, in the order that it is told, on fixed examples. `Measuring` writes down what
each test takes and which functions of the project it reaches.
"""

from __future__ import annotations

import ast
import builtins
import json
import os
import resource
from collections.abc import Collection, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from mutations import FUNCTIONS, places

settings.register_profile(
    "mutation",
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)


class Chosen:
    """Runs some tests, in this order; `seconds` of the processor and the process is stopped."""

    def __init__(self, order: list[str], seconds: float) -> None:
        self.order, self.seconds = {test: index for index, test in enumerate(order)}, int(seconds) + 1

    def pytest_configure(self) -> None:
        # A walk that never ends fills a list; it should run out of memory before the machine does.
        resource.setrlimit(resource.RLIMIT_DATA, (4 << 30, 4 << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (self.seconds, self.seconds))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if self.order:
            # What is broken may be in the names of tests: instead of one that is missing, all of its function are run.
            missing = self.order.keys() - {item.nodeid for item in items}
            functions = {test.split("[")[0] for test in missing}
            chosen = [i for i in items if i.nodeid in self.order or i.nodeid.split("[")[0] in functions]
            config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
            items[:] = sorted(chosen, key=lambda i: self.order.get(i.nodeid, len(self.order)))


class Measuring:
    """Marks every function of some files as it is imported, and writes to measured.json what each test reached."""

    def __init__(self, files: Collection[str]) -> None:
        self.files = {str(Path(file).resolve()): file for file in files}
        self.reached: set[str] = set()
        self.imported: set[str] = set()
        self.tests: dict[str, tuple[float, list[str]]] = {}

    def pytest_configure(self) -> None:
        compiled, marks = SourceFileLoader.source_to_code, self

        def source_to_code(loader: Any, data: Any, path: Any, **options: Any) -> Any:
            name = marks.files.get(os.fspath(path)) if isinstance(path, str | os.PathLike) else None
            return compiled(loader, data if name is None else marked(ast.parse(data), name), path, **options)

        builtins._reached_ = self.reached.add  # type: ignore[attr-defined]
        SourceFileLoader.source_to_code = source_to_code  # type: ignore[method-assign,assignment]

    def pytest_collection_finish(self) -> None:
        self.imported |= self.reached

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.reached.clear()
        before = sum(os.times()[:4])
        try:
            return (yield)
        finally:
            self.tests[item.nodeid] = (sum(os.times()[:4]) - before, sorted(self.reached))

    def pytest_sessionfinish(self) -> None:
        answer = {"imported": sorted(self.imported), "tests": self.tests}
        Path("measured.json").write_text(json.dumps(answer), encoding="utf-8")


def marked(module: ast.Module, file: str) -> ast.Module:
    """A module whose functions begin by saying that they were reached; no line moves."""
    for name, function in list(places(module, "module")):
        if isinstance(function, FUNCTIONS):
            first = function.body[0]
            mark = ast.Expr(ast.Call(ast.Name("_reached_", ast.Load()), [ast.Constant(f"{file} {name}")], []))
            for node in ast.walk(mark):
                ast.copy_location(node, first)
            function.body.insert(int(ast.get_docstring(function) is not None), mark)
    return module
