"""Whether the tests notice a slip: break one thing at a time and run them.

    python tests/mutation/mutate.py --sample 40 --seed 1         40 slips drawn at random from all files
    python tests/mutation/mutate.py --only engine.py             every slip in one file
    python tests/mutation/mutate.py --only nn/optim              or in one folder
    python tests/mutation/mutate.py --matching "relu"            slips whose name contains that
    python tests/mutation/mutate.py --list                       show the slips and run nothing

Each slip is made in a copy of the tree, and there the tests are run that reach the function which is broken: those
nearest to it first, the quick ones before the slow, until one fails. A slip that no test notices has survived: either
a test is missing, or the slip changes nothing, and README.md says why. An interrupted run goes on where it stopped;
what was killed stays killed until the file changes, survivors are tried again when tests change.

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
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Timer

sys.path.insert(0, str(Path(__file__).parent))

from mutations import FUNCTIONS, Mutant, mutants, places
from targets import COPIED, LEFT_OUT, ROOT, TESTS


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
        return _digest("".join(texts) + str(self.seconds))

    def tests_for(self, mutant: Mutant, measured: Measured) -> list[str]:
        """The tests to run, in order, as many as fit into the time.

        Those that reach the function; if it runs while it is imported, or is none, all, and first those that reach
        the class or the file, or have the name of the row.
        """
        place = f"{mutant.file} {mutant.scope}"
        everywhere = place not in self.functions or place in measured.imported
        keys: dict[str, tuple[bool, int, float]] = {}
        for number, group in enumerate(self.tests[mutant.file]):
            for test in (test for file in group for test in measured.files.get(file, [])):
                reached = measured.reached[test]
                if not everywhere:
                    near = place in reached
                elif mutant.scope in self.rows:
                    near = re.search(rf"(?<![a-z]){mutant.scope}(?![a-z])", test) is not None
                else:
                    within = f"{mutant.file} " if mutant.scope == "module" or place in self.functions else f"{place}."
                    near = any(name.startswith(within) for name in reached)
                if near or everywhere:
                    keys[test] = (not near, number, measured.seconds[test])
        ordered = sorted(keys, key=keys.__getitem__)
        total = accumulate(measured.seconds[test] for test in ordered)
        return [test for test, seconds in zip(ordered, total, strict=True) if seconds <= self.seconds]


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
        self.measured = Measured(set(), {}, {}, {})
        self.server = subprocess.Popen(
            [sys.executable, str(here / "server.py")],
            cwd=home,
            env={**os.environ, "PYTHONPATH": paths, "HYPOTHESIS_PROFILE": "mutation", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, mutant: Mutant) -> Outcome:
        """Break, run the tests, mend."""
        path = self.home / mutant.file
        whole = path.read_text(encoding="utf-8")
        path.write_text(mutant.source, encoding="utf-8")
        # Two versions written within a second may have the same size, and then the same compiled file.
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
            compiled.unlink()
        try:
            return self.run_tests(mutant)
        finally:
            path.write_text(whole, encoding="utf-8")

    def run_tests(self, mutant: Mutant) -> Outcome:
        """The first tests, which import few files, and then the others."""
        tests = self.project.tests_for(mutant, self.measured)
        start, few = time.monotonic(), 0
        while few < len(tests) and few < 40 and sum(map(self.measured.seconds.__getitem__, tests[: few + 1])) < 4:
            few += 1
        for stage in (tests[:few], tests[few:]):
            if not stage:
                continue
            seconds = 20 + 4 * sum(map(self.measured.seconds.__getitem__, stage))
            files = [file for file, inside in self.measured.files.items() if not set(stage).isdisjoint(inside)]
            code, output = self.pytest([*files, "-x"], seconds, chosen={"order": stage, "seconds": seconds})
            if code in (-signal.SIGKILL, -signal.SIGXCPU):
                return Outcome(mutant, "timeout", "", time.monotonic() - start)
            if code not in (0, 5):  # 5: the tests of these names have gone with what is broken
                noticed = re.search(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)
                by = noticed.group(1) if noticed else f"exit {code}"
                return Outcome(mutant, "killed", by, time.monotonic() - start)
        return Outcome(mutant, "survived", "" if tests else "no test reaches it", time.monotonic() - start)

    def measure(self, files: Iterable[str], store: Path) -> None:
        """Run whole files of tests on what is whole: they must pass. What is known from an earlier run is read."""
        code = "".join(p.read_text(encoding="utf-8") for p in sorted(self.home.rglob("*.py")) if "tests" not in p.parts)
        broken = list(self.project.tests)
        for file in files:
            text = (self.home / file).read_text(encoding="utf-8")
            known = store / f"{_digest(file + text + code + ''.join(broken))}.json"
            if not known.exists():
                status, output = self.pytest([file], 1200, measured={"files": broken})
                if status not in (0, 5):
                    noticed = re.search(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)
                    reason = noticed.group(1) if noticed else f"{file}\n{output}"
                    raise SystemExit(f"tests fail before anything is broken: {reason}")
                store.mkdir(parents=True, exist_ok=True)
                shutil.copy(self.home / "measured.json", known)
            answer = json.loads(known.read_text(encoding="utf-8"))
            self.measured.imported.update(answer["imported"])
            self.measured.files[file] = list(answer["tests"])
            for test, (seconds, reached) in answer["tests"].items():
                self.measured.seconds[test], self.measured.reached[test] = seconds, set(reached)

    def pytest(self, options: list[str], seconds: float, **plugin: object) -> tuple[int, str]:
        """The exit code and what was printed; a process is stopped that uses or waits for too much time."""
        options = [*options, "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider"]
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what the server has imported already
        options += [f"--deselect={test}" for test in self.project.left_out]
        requests, answers = self.server.stdin, self.server.stdout
        assert requests is not None
        assert answers is not None
        print(json.dumps({"options": options, **plugin}), file=requests, flush=True)
        late = Timer(60 + 4 * seconds, os.killpg, (int(answers.readline()), signal.SIGKILL))
        late.start()
        code = int(answers.readline())
        late.cancel()
        output = (self.home / "output.txt").read_text(errors="replace")
        if code == 4:
            raise RuntimeError(f"pytest was called wrongly:\n{output}")
        return code, output

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
            "seconds": round(outcome.seconds, 1),
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
        all_trees = [Tree(project, Path(scratch, str(index))) for index in range(processes)]
        for tree in all_trees:
            stack.callback(tree.close)
            trees.put(tree)
        needed = dict.fromkeys(test for m in left for test in project.test_files(m.file))
        print(f"measuring {len(needed)} files of tests", flush=True)
        all_trees[0].measure(needed, record.path.with_suffix(".measured"))

        def attempt(mutant: Mutant) -> Outcome:
            tree = trees.get()
            tree.measured = all_trees[0].measured
            try:
                outcome = tree.run(mutant)
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


def report(project: Project, outcomes: list[Outcome]) -> tuple[str, bool]:
    """The outcomes as text, and whether every survivor is explained."""
    lines = []
    for title, key in (("file", lambda m: m.file), ("slip", lambda m: m.kind)):
        lines.append(f"{title:<40}{'mutants':>9}{'killed':>9}{'timeout':>9}{'survived':>9}")
        for group in dict.fromkeys(key(o.mutant) for o in outcomes):
            of_group = Counter(o.status for o in outcomes if key(o.mutant) == group)
            counts = [of_group.total(), of_group["killed"], of_group["timeout"], of_group["survived"]]
            lines.append(f"{group:<40}" + "".join(f"{count:>9}" for count in counts))
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
    parser.add_argument("--only", metavar="FILE", default="", help="break only files whose path contains this")
    parser.add_argument("--matching", metavar="TEXT", nargs="+", help="only slips whose name contains one of these")
    parser.add_argument("--sample", type=int, metavar="N", help="only N slips, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="for the draw")
    parser.add_argument("--survivors", action="store_true", help="only what survived an earlier run")
    parser.add_argument("--unexplained", action="store_true", help="leave out slips that README.md explains")
    parser.add_argument("--rows", action="store_true", help="only slips in rows of the table")
    parser.add_argument("--seconds", type=float, default=60, help="of tests to run on a slip before it has survived")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="forget earlier runs")
    parser.add_argument("--list", action="store_true", help="show the slips and run nothing")
    parser.add_argument("--record", type=Path, default=ROOT / ".hypothesis" / "mutation.jsonl", help="where results go")
    options = parser.parse_args(arguments)

    explanations = explanations_in(Path(__file__).with_name("README.md"))
    project = Project(ROOT, TESTS, COPIED, LEFT_OUT, explanations, options.seconds)
    chosen = project.mutants(options.only)
    if options.matching:
        chosen = [m for m in chosen if any(text in m.name for text in options.matching)]
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
    if options.sample is not None:
        text = f"--sample {options.sample} --seed {options.seed}\n\n{text}"
    print(text)
    return 0 if everything_noticed else 1


if __name__ == "__main__":
    sys.exit(main())
