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
import json
import re
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock

sys.path.insert(0, str(Path(__file__).parent))

from mutations import Mutant
from project import Project, digest
from targets import COPIED, LEFT_OUT, ROOT, TESTS
from trees import Outcome, Tree


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
        if entry is None or entry["source"] != digest(mutant.source):
            return None
        if entry["status"] != "killed" and entry["tests"] != tests:
            return None
        return Outcome(mutant, entry["status"], entry["by"], 0.0)

    def add(self, outcome: Outcome, tests: str) -> None:
        entry = {
            "name": outcome.mutant.name,
            "source": digest(outcome.mutant.source),
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
    parser.add_argument(
        "--tests", nargs="+", metavar="FILE", help="run these files of tests instead of those of the room"
    )
    parser.add_argument("--leave-out", nargs="+", default=[], metavar="TEST", help="tests that are not to run")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="forget earlier runs")
    parser.add_argument("--list", action="store_true", help="show the slips and run nothing")
    parser.add_argument("--record", type=Path, default=ROOT / ".hypothesis" / "mutation.jsonl", help="where results go")
    options = parser.parse_args(arguments)

    explanations = explanations_in(Path(__file__).with_name("README.md"))
    tests = {file: [options.tests] for file in TESTS} if options.tests else TESTS
    project = Project(ROOT, tests, COPIED, LEFT_OUT + options.leave_out, explanations, options.seconds)
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
        # Each slip has a lot of its own, so that a change of the code changes the draw by a few slips only.
        lots = sorted(digest(f"{options.seed} {m.name}") for m in chosen)
        chosen = [m for m in chosen if digest(f"{options.seed} {m.name}") <= lots[options.sample - 1]]
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
