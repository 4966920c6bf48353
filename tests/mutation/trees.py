"""A copy of a project in which files are broken and mended, and a process that runs tests there."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from mutations import Mutant
from project import Measured, Project, digest


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
            env={
                **os.environ,
                "PYTHONPATH": paths,
                "HYPOTHESIS_PROFILE": "mutation",
                "OMP_NUM_THREADS": "1",
                "COLUMNS": "1000",
            },
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
        broken, failed = list(self.project.tests), []
        for file in files:
            start = time.monotonic()
            text = (self.home / file).read_text(encoding="utf-8")
            left_out = "".join(test for test in self.project.left_out if test.startswith(file))
            known = store / f"{digest(file + text + code + ''.join(broken) + left_out)}.json"
            if not known.exists():
                status, output = self.pytest([file], 1200, measured={"files": broken})
                if status not in (0, 5):
                    failed += re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE) or [f"{file}\n{output}"]
                    continue
                store.mkdir(parents=True, exist_ok=True)
                shutil.copy(self.home / "measured.json", known)
                print(f"  {file} in {time.monotonic() - start:.0f} s", flush=True)
            answer = json.loads(known.read_text(encoding="utf-8"))
            self.measured.imported.update(answer["imported"])
            self.measured.files[file] = list(answer["tests"])
            for test, (seconds, reached) in answer["tests"].items():
                self.measured.seconds[test], self.measured.reached[test] = seconds, set(reached)
        if failed:
            raise SystemExit("tests fail before anything is broken (--leave-out runs without): " + " ".join(failed))

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
