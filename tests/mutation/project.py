"""A tree with files to break, and which tests to run on each slip."""

from __future__ import annotations

import ast
import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from mutations import FUNCTIONS, Mutant, mutants, places


def digest(text: str) -> str:
    """A short name for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class Measured:
    """What was seen of the tests on a project that is whole."""

    imported: set[str]  # functions that run while test files are imported
    seconds: dict[str, float]
    reached: dict[str, set[str]]  # the functions that each test reaches
    files: dict[str, list[str]]  # the tests in each file


@dataclass
class Project:
    """A tree with files to break and tests to run, in groups. The harness tests itself on a small one."""

    root: Path
    tests: dict[str, list[list[str]]]
    copied: list[str]
    left_out: list[str] = field(default_factory=list)
    explanations: dict[str, str] = field(default_factory=dict)
    seconds: float = 60.0

    @cached_property
    def rows(self) -> set[str]:
        """The names of the rows of the table, which are in the names of tests that walk it."""
        text = "".join((self.root / file).read_text(encoding="utf-8") for file in self.tests)
        return set(re.findall(r'^ *Op\("(\w+)"', text, re.MULTILINE))

    @cached_property
    def functions(self) -> set[str]:
        """The file and the name of every function that may be broken, as `plugin.marked` writes them."""
        return {
            f"{file} {name}"
            for file in self.tests
            for name, node in places(ast.parse((self.root / file).read_text(encoding="utf-8")), "module")
            if isinstance(node, FUNCTIONS)
        }

    def mutants(self, only: str = "") -> list[Mutant]:
        """All slips of all files whose path contains `only`, in order."""
        files = [file for file in self.tests if only in file]
        return [m for file in files for m in mutants((self.root / file).read_text(encoding="utf-8"), file)]

    def test_files(self, file: str) -> list[str]:
        return [test for group in self.tests[file] for test in group if (self.root / test).exists()]

    def digest_of_tests(self, file: str) -> str:
        texts = [(self.root / test).read_text(encoding="utf-8") for test in self.test_files(file) if test != file]
        return digest("".join(texts) + str(self.seconds))

    def users(self, mutant: Mutant) -> set[str]:
        """The row that is broken; or the functions and rows that use the constant or the class that is."""
        if mutant.scope in self.rows:
            return {mutant.scope}
        tree = ast.parse((self.root / mutant.file).read_text(encoding="utf-8"))
        around = [statement for statement in tree.body if statement.lineno <= mutant.line]
        targets = getattr(around[-1], "targets", []) if around else []
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        return {name for name, node in places(tree, "module") if isinstance(node, ast.Name) and node.id in names}

    def tests_for(self, mutant: Mutant, measured: Measured) -> list[str]:
        """The tests to run, in order, as many as fit into the time.

        Those that reach the function. If it runs while it is imported, or is none, all: first those that reach what
        uses it, or the class, or have the name of the row; then those that reach the file.
        """
        place = f"{mutant.file} {mutant.scope}"
        everywhere = place not in self.functions or place in measured.imported
        users = self.users(mutant) if everywhere else set()
        rows = re.compile(rf"(?<![a-z])({'|'.join(users & self.rows) or '$.'})(?![a-z])")

        def distance(test: str) -> int:
            reached = measured.reached[test]
            if not everywhere:
                return 0 if place in reached else 9
            near = any(f"{mutant.file} {user}" in reached for user in users) or rows.search(test)
            if near or any(name.startswith(f"{place}.") for name in reached):
                return 0
            return 1 if any(name.startswith(f"{mutant.file} ") for name in reached) else 2

        keys: dict[str, tuple[int, int, float]] = {}
        for number, group in enumerate(self.tests[mutant.file]):
            for test in (test for file in group for test in measured.files.get(file, [])):
                keys[test] = (distance(test), number, measured.seconds[test])
        ordered = sorted((test for test in keys if keys[test][0] < 9), key=keys.__getitem__)
        total = accumulate(measured.seconds[test] for test in ordered)
        return [test for test, seconds in zip(ordered, total, strict=True) if seconds <= self.seconds]
