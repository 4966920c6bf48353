"""What `pip install stepgrad` brings is enough, or one sentence says what to install; so with every extra."""

from __future__ import annotations

import json
import re

import pytest
from environments import EXTRAS, make_environment, run_in

pytestmark = pytest.mark.native

# Nothing here imports what the others bring: a compiler to come, and notebooks.
CHOSEN = [(), *((extra,) for extra in EXTRAS if extra not in ("jit", "notebook", "all")), ("nn", "plot")]
EXTRA = re.compile(r"""pip install ['"]?(stepgrad\[[a-z,]+\]|hypothesis|scikit-learn)""")


@pytest.fixture(scope="module", params=CHOSEN, ids=lambda chosen: "+".join(chosen) or "nothing")
def environment(request, tmp_path_factory):
    """A folder of packages, and the extras that it has."""
    return make_environment(tmp_path_factory.mktemp("environment"), request.param), request.param


def printed(environment, program, folder):
    """What a program prints last, as JSON."""
    result = run_in(environment[0], program, cwd=folder)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


# In one process, since each would import NumPy and matplotlib anew.
COMMANDS = """
import contextlib, io, json, traceback
from stepgrad.commands import find_commands
from stepgrad.cli import main

results = []
for line in LINES + [f"{name} --help" for name in find_commands()] + ["--version"]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(line.split())
        except SystemExit as error:
            code = error.code
        except BaseException:
            code = traceback.format_exc()
    results.append([line, code or 0, out.getvalue(), err.getvalue()])
print(json.dumps(results))
"""
LINES = [
    "operations mul tanh",
    "explain x*y x=2 y=3 --html page.html --json steps.json --svg graph.svg",
    "demo --epochs 1",
    "practice --save practice.html",
    "train classes.csv --target y --epochs 1",
    "train numbers.csv --target y --epochs 1 --quiet",
    "predict classes-run classes.csv",
    "predict numbers-run numbers.csv --out predictions.csv",
]


def test_every_command_works_or_says_what_to_install(environment, tmp_path):
    (tmp_path / "classes.csv").write_text("x,y\n" + "".join(f"{k},{'ab'[k % 2]}\n" for k in range(20)))
    (tmp_path / "numbers.csv").write_text("x,y\n" + "".join(f"{k},{k}.5\n" for k in range(20)))
    works = 0
    for line, code, out, err in printed(environment, f"LINES = {LINES!r}\n{COMMANDS}", tmp_path):
        if code == 2:
            assert re.fullmatch(r"stepgrad: [^\n]*\n", err), line
            assert EXTRA.search(err), line
            assert out == ""
        else:
            assert code == 0, f"{line}: {code} {err}"
            assert out
            works += 1
    if "nn" in environment[1]:
        assert works == len(LINES) + 8
    page = (tmp_path / "demo" / "index.html").read_text(encoding="utf-8")
    assert ("pip install" in page) == ("plot" not in environment[1])


# Every module is imported, and what uses an extra is called: by the examples in the docstrings of `nn.plot`, or below.
CALLS = """
import doctest, importlib, json, pkgutil, random
import autograd, nn, stepgrad

results = {}

def attempt(name, function):
    try:
        function()
        results[name] = ""
    except BaseException as error:
        results[name] = f"{type(error).__name__}: {error}"

def run(test):
    # Examples import matplotlib themselves only to choose how it draws.
    sources = [example.source for example in test.examples if "matplotlib.use" not in example.source]
    exec("".join(sources), {"nn": nn, "random": random, **test.globs})

for package in (autograd, nn, stepgrad):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            attempt(module.name, lambda: importlib.import_module(module.name))
for name in nn.plot.__all__:
    for test in doctest.DocTestFinder().find(getattr(nn.plot, name), name):
        attempt(f"nn.plot.{name}", lambda: run(test))

model = nn.Linear(1, 1)
data = ([[1.0], [2.0]], [[1.0], [2.0]])
optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
fit = lambda **options: nn.fit(model, data, nn.MSELoss(), optimizer, 1, **options)
attempt("progress", lambda: fit(progress=True))
attempt("no progress", fit)
attempt("save", lambda: nn.save(model, "a.safetensors"))
attempt("load", lambda: nn.load("a.safetensors"))
attempt("load_metadata", lambda: nn.load_metadata("a.safetensors"))
attempt("to_torch", lambda: nn.to_torch(model))
attempt("history.plot", lambda: fit().plot())
attempt("report.plot", lambda: nn.diagnose(model, data, nn.MSELoss()).plot())
attempt("iris", nn.datasets.load_iris)
for name in ("load_wine", "load_breast_cancer", "load_digits"):
    attempt(name, getattr(nn.datasets, name))
attempt("svg", lambda: autograd.draw(autograd.Value(1.0)).svg())
print(json.dumps(results))
"""


def test_every_module_is_imported_and_every_function_works_or_says_what_to_install(environment, tmp_path):
    results = printed(environment, CALLS, tmp_path)
    assert len(results) > 150
    for name, error in results.items():
        if error:
            assert error.startswith("ModuleNotFoundError: "), (name, error)
            assert (named := EXTRA.search(error)), (name, error)
            assert not set(re.findall("[a-z]+", named[1])[1:]) & {*environment[1]}, (name, error)
    assert not any(results[name] for name in ("no progress", "iris", "svg"))
    for name, extra in {"save": "nn", "progress": "nn", "history.plot": "plot", "to_torch": "torch"}.items():
        assert (f"stepgrad[{extra}]" in results[name]) == (extra not in environment[1])
