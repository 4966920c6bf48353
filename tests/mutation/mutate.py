"""Whether the tests notice a slip: break one thing at a time and run them.

    python tests/mutation/mutate.py                              every slip in ops.py and engine.py
    python tests/mutation/mutate.py --only engine.py             one file
    python tests/mutation/mutate.py --sample 40 --seed 1         40 slips drawn at random
    python tests/mutation/mutate.py --matching "relu"            slips whose name contains that
    python tests/mutation/mutate.py --list                       show the slips and run nothing

Each slip is made in a copy of the tree, and a fast part of the tests is run there. A slip that no test notices has
survived: either a test is missing, or the slip changes nothing, and README.md says why. An interrupted run goes on
where it stopped; what was killed stays killed until the file changes, survivors are tried again when tests change.

Exit status 0 if every slip is killed or explained, 1 otherwise.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Timer

sys.path.insert(0, str(Path(__file__).parent))

from mutations import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
COPIED = ["autograd", "nn", "stepgrad", "tests", "pyproject.toml"]

# What is broken, and the tests that should notice, those likeliest to notice first.
TESTS = {
    "autograd/core/ops.py": [
        "tests/testing/test_testing.py",
        "tests/core/test_ops.py",
        "tests/core/test_register.py",
        "tests/core/test_conventions.py",
        "tests/arrays/test_reductions.py",
        "tests/diagnostics/test_kinks.py",
        "tests/core/test_properties.py",
        "tests/core/test_engine.py",
        "tests/core/test_backward.py",
    ],
    "autograd/core/engine.py": [
        "tests/core/test_engine.py",
        "tests/core/test_backward.py",
        "tests/core/test_ops.py",
        "tests/core/test_state_machine.py",
        "tests/core/test_properties.py",
        "tests/diagnostics/test_anomaly.py",
        "tests/core/test_copying.py",
        "tests/core/test_recording.py",
    ],
}
# Slow, and what they test is noticed by others.
LEFT_OUT = [
    "tests/core/test_backward.py::test_a_chain_of_a_million_nodes",
    "tests/testing/test_testing.py::test_a_program_runs_in_pytorch",
]


@dataclass
class Project:
    """A tree with files to break and tests to run. The harness tests itself on a small one."""

    root: Path
    tests: dict[str, list[str]]
    copied: list[str]
    left_out: list[str] = field(default_factory=list)
    explanations: dict[str, str] = field(default_factory=dict)
    quick: bool = False

    @cached_property
    def rows(self) -> set[str]:
        """The names of the rows of the table, which are in the names of tests that walk it."""
        text = "".join((self.root / file).read_text(encoding="utf-8") for file in self.tests)
        return set(re.findall(r'^ *Op\("(\w+)"', text, re.MULTILINE))

    def mutants(self) -> list[Mutant]:
        """All slips of all files, in order."""
        return [m for file in self.tests for m in mutants((self.root / file).read_text(encoding="utf-8"), file)]

    def tests_of(self, file: str) -> list[str]:
        return [test for test in self.tests[file] if (self.root / test).exists()]

    def digest_of_tests(self, file: str) -> str:
        texts = [(self.root / test).read_text(encoding="utf-8") for test in self.tests_of(file)]
        return _digest("".join(texts)) + "quick" * self.quick


@dataclass
class Outcome:
    """What became of a mutant: `status` is "killed", "timeout" or "survived"."""

    mutant: Mutant
    status: str
    by: str
    seconds: float


class Tree:
    """A copy of the project in which files are broken and mended, one at a time."""

    def __init__(self, project: Project, home: Path) -> None:
        self.project, self.home = project, home
        home.mkdir()
        for name in project.copied:
            source = project.root / name
            if source.is_dir():
                shutil.copytree(source, home / name, ignore=shutil.ignore_patterns("__pycache__", "*.ipynb"))
            elif source.exists():
                shutil.copy(source, home / name)
        here = Path(__file__).parent
        paths = os.pathsep.join([str(home), str(home / "tests"), str(here)])
        self.server = subprocess.Popen(
            [sys.executable, str(here / "server.py")],
            cwd=home,
            env={**os.environ, "PYTHONPATH": paths, "HYPOTHESIS_PROFILE": "mutation"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, mutant: Mutant, timeout: float) -> Outcome:
        """Break, run the tests, mend."""
        path = self.home / mutant.file
        whole = path.read_text(encoding="utf-8")
        path.write_text(mutant.source, encoding="utf-8")
        try:
            return self.run_tests(mutant, timeout)
        finally:
            path.write_text(whole, encoding="utf-8")

    def run_tests(self, mutant: Mutant, timeout: float) -> Outcome:
        """Few tests first: those named after the mutant's row, in the first file and then in all; then all tests."""
        tests = self.project.tests_of(mutant.file)
        stages = [tests]
        if mutant.scope in self.project.rows:
            named = ["-k", mutant.scope]
            stages = [[*named, tests[0]], [*named, *tests[1:]], *([] if self.project.quick else [tests])]
        outcome = None
        for stage in stages:
            outcome = self.run_pytest(mutant, timeout, stage) or outcome
            if outcome is not None and outcome.status != "survived":
                break
        if outcome is None:
            raise RuntimeError(f"pytest ran no tests on {mutant.name}")
        return outcome

    def run_pytest(self, mutant: Mutant, timeout: float, options: list[str]) -> Outcome | None:
        # Two versions written within a second may have the same size, and then the same compiled file.
        for compiled in (self.home / mutant.file).parent.glob(f"__pycache__/{Path(mutant.file).stem}.*"):
            compiled.unlink()
        options = [*options, "-x", "-q", "--tb=no", "-rfE", "-p", "unshrunk", "-p", "no:cacheprovider"]
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what the server has imported already
        options += [f"--deselect={test}" for test in self.project.left_out]
        start = time.monotonic()
        requests, answers = self.server.stdin, self.server.stdout
        assert requests is not None
        assert answers is not None
        print(json.dumps(options), file=requests, flush=True)
        late = Timer(timeout, os.killpg, (int(answers.readline()), signal.SIGKILL))
        late.start()
        code = int(answers.readline())
        late.cancel()
        seconds, output = time.monotonic() - start, (self.home / "output.txt").read_text(errors="replace")
        if code == 0:
            return Outcome(mutant, "survived", "", seconds)
        if code == 5:  # no test has that name
            return None
        if code == 4:
            raise RuntimeError(f"pytest was called wrongly:\n{output}")
        if code < 0:
            return Outcome(mutant, "timeout", "", seconds)
        noticed = re.search(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)
        return Outcome(mutant, "killed", noticed.group(1) if noticed else f"exit {code}", seconds)

    def close(self) -> None:
        self.server.communicate()


class Record:
    """Results on disk, one JSON line each, so that a run can be interrupted."""

    def __init__(self, path: Path) -> None:
        self.path, self.lock = path, Lock()
        self.known: dict[str, dict[str, str]] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                with suppress(json.JSONDecodeError):  # the last line of an interrupted run
                    entry = json.loads(line)
                    self.known[entry["name"]] = entry

    def outcome(self, mutant: Mutant, tests: str) -> Outcome | None:
        """What is known of a mutant, unless it or, for a survivor, the tests have changed since."""
        entry = self.known.get(mutant.name)
        if entry is None or entry["source"] != _digest(mutant.source):
            return None
        if entry["status"] != "killed" and entry["tests"] != tests:
            return None
        return Outcome(mutant, entry["status"], entry["by"], 0.0)

    def add(self, outcome: Outcome, tests: str) -> None:
        entry = {
            "name": outcome.mutant.name,
            "source": _digest(outcome.mutant.source),
            "tests": tests,
            "status": outcome.status,
            "by": outcome.by,
        }
        with self.lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def run(project: Project, chosen: list[Mutant], record: Record, processes: int = 2) -> list[Outcome]:
    """Try the chosen mutants, `processes` at a time; the outcomes come in the order of the mutants."""
    digests = {file: project.digest_of_tests(file) for file in project.tests}
    outcomes = {m.name: outcome for m in chosen if (outcome := record.outcome(m, digests[m.file]))}
    left = [m for m in chosen if m.name not in outcomes]
    print(f"{len(chosen)} mutants, {len(outcomes)} known from an earlier run", flush=True)
    if not left:
        return [outcomes[m.name] for m in chosen]
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch, ExitStack() as stack:
        trees: SimpleQueue[Tree] = SimpleQueue()
        for index in range(processes):
            tree = Tree(project, Path(scratch, str(index)))
            stack.callback(tree.close)
            trees.put(tree)
        timeouts = _baseline(trees, {m.file for m in left})

        def attempt(mutant: Mutant) -> Outcome:
            tree = trees.get()
            try:
                outcome = tree.run(mutant, timeouts[mutant.file])
            finally:
                trees.put(tree)
            record.add(outcome, digests[mutant.file])
            mark = {"killed": ".", "timeout": "t", "survived": "S"}[outcome.status]
            print(mark, end="", flush=True)
            return outcome

        with ThreadPoolExecutor(processes) as pool:
            outcomes |= {outcome.mutant.name: outcome for outcome in pool.map(attempt, left)}
    print()
    return [outcomes[m.name] for m in chosen]


def _baseline(trees: SimpleQueue[Tree], files: Iterable[str]) -> dict[str, float]:
    """Run the tests on what is whole: they must pass, and a mutant may take a few times as long."""
    tree = trees.get()
    timeouts = {}
    for file in sorted(files):
        whole = Mutant(file, "", 0, "", "", "", source=(tree.home / file).read_text(encoding="utf-8"))
        outcome = tree.run_tests(whole, timeout=600)
        if outcome.status != "survived":
            raise SystemExit(f"the tests of {file} fail before anything is broken: {outcome.by or outcome.status}")
        timeouts[file] = 30 + 3 * outcome.seconds
        print(f"{file}: {', '.join(tree.project.tests_of(file))} in {outcome.seconds:.0f} s", flush=True)
    trees.put(tree)
    return timeouts


def report(project: Project, outcomes: list[Outcome]) -> tuple[str, bool]:
    """The outcomes as text, and whether every survivor is explained."""
    lines = []
    for title, key in (("file", lambda m: m.file), ("slip", lambda m: m.kind)):
        lines.append(f"{title:<24}{'mutants':>9}{'killed':>9}{'timeout':>9}{'survived':>9}")
        for group in dict.fromkeys(key(o.mutant) for o in outcomes):
            of_group = Counter(o.status for o in outcomes if key(o.mutant) == group)
            counts = [of_group.total(), of_group["killed"], of_group["timeout"], of_group["survived"]]
            lines.append(f"{group:<24}" + "".join(f"{count:>9}" for count in counts))
        lines.append("")
    survivors = [o.mutant for o in outcomes if o.status == "survived"]
    explained = [m for m in survivors if m.name in project.explanations]
    unexplained = [m for m in survivors if m.name not in project.explanations]
    if explained:
        lines += ["survived, and changes nothing:"]
        lines += [f"  {m.name}\n      {project.explanations[m.name]}" for m in explained] + [""]
    if unexplained:
        lines += ["survived, and no test noticed:"]
        lines += [f"  {m.name}   (line {m.line}, {m.kind})" for m in unexplained] + [""]
    noticed = {o.mutant.name for o in outcomes if o.status != "survived"} & set(project.explanations)
    if noticed:
        lines += ["explained in README.md, yet killed:", *(f"  {name}" for name in sorted(noticed)), ""]
    lines.append(
        f"{len(outcomes)} mutants: {len(outcomes) - len(survivors)} killed, {len(explained)} change nothing, "
        f"{len(unexplained)} survived"
    )
    return "\n".join(lines), not unexplained


def explanations_in(path: Path) -> dict[str, str]:
    """The table of survivors in README.md: the name of a mutant between backticks, and why it changes nothing."""
    if not path.exists():
        return {}
    rows = re.findall(r"^\| `(.+)` \| (.+) \|$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {name.replace(r"\|", "|"): why for name, why in rows}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="FILE", help="break only the file whose path ends so")
    parser.add_argument("--matching", metavar="TEXT", help="only slips whose name contains this")
    parser.add_argument("--sample", type=int, metavar="N", help="only N slips, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="for the draw")
    parser.add_argument("--survivors", action="store_true", help="only what survived an earlier run")
    parser.add_argument("--unexplained", action="store_true", help="leave out slips that README.md explains")
    parser.add_argument("--rows", action="store_true", help="only slips in rows of the table")
    parser.add_argument("--quick", action="store_true", help="try a row on tests that have its name only")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="forget earlier runs")
    parser.add_argument("--list", action="store_true", help="show the slips and run nothing")
    parser.add_argument("--record", type=Path, default=ROOT / ".hypothesis" / "mutation.jsonl", help="where results go")
    options = parser.parse_args(arguments)

    project = Project(
        ROOT, TESTS, COPIED, LEFT_OUT, explanations_in(Path(__file__).with_name("README.md")), options.quick
    )
    chosen = [
        m for m in project.mutants() if m.file.endswith(options.only or "") and (options.matching or "") in m.name
    ]
    for mutant in chosen:
        ast.parse(mutant.source)
    if options.unexplained:
        chosen = [m for m in chosen if m.name not in project.explanations]
    if options.rows:
        chosen = [m for m in chosen if m.scope in project.rows]
    record = Record(options.record)
    if options.survivors:
        chosen = [m for m in chosen if record.known.get(m.name, {}).get("status") == "survived"]
    if options.sample is not None and options.sample < len(chosen):
        drawn = set(random.Random(options.seed).sample(range(len(chosen)), options.sample))
        chosen = [m for index, m in enumerate(chosen) if index in drawn]
    if options.list:
        print(*(f"{m.kind:<20}{m.name}" for m in chosen), sep="\n")
        return 0
    if options.fresh:
        options.record.unlink(missing_ok=True)
        record = Record(options.record)
    text, everything_noticed = report(project, run(project, chosen, record, options.processes))
    print(text)
    return 0 if everything_noticed else 1


if __name__ == "__main__":
    sys.exit(main())
