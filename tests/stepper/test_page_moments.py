"""Moments, wrong orders and long paths, in the page's script: what is made from a neighbour is what is made anew."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from importlib.resources import files

import pytest

from autograd import Value, step_through, tanh

node = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(node is None, reason="the script of the page is run by Node, which is not installed"),
    pytest.mark.native,
]

SCRIPTS = ("numbers.js", "elementary.js", "model.js", "expansion.js")


def run(code, given):
    """What JavaScript prints as JSON; `given` is what it reads."""
    assets = files("autograd.stepper").joinpath("assets")
    program = "\n".join(assets.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
    reading = 'const given = JSON.parse(require("fs").readFileSync(0, "utf-8"));'
    command = [node, "-e", f'"use strict";\n{program}\n{reading}\nprocess.stdout.write(JSON.stringify({code}));']
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def random_trace(seed):
    generator = random.Random(seed)
    values = [Value(generator.uniform(-1, 1)) for _ in range(4)]
    for _ in range(generator.randrange(1, 25)):
        a, b = (generator.choice(values[-8:]) for _ in range(2))
        values.append(generator.choice([a + b, a * b, tanh(a), a * 0.5]))
    return step_through(values[-1])


WALKS = """given.map(({ trace, walk, bug }) => {
  const model = modelOf(trace, {});
  const early = earlyNode(model, model.original);
  const replay = replayed(model, model.original, bug === "order" && early === null ? "" : bug, early);
  let near = null;
  const shots = walk.map((share) => {
    const at = Math.round(share * lastMoment(model));
    near = snapshot(model, model.original, replay, at, near);
    return { at, data: near.data, grad: near.grad };
  });
  const events = replay.events.map(({ step, after }) => [step.operand, after]);
  return { shots, events, leftovers: replay.leftovers, forward: model.forward };
})"""


def known(trace, found, at):
    """The values and gradients at a moment, by going through all that comes before."""
    data = [None if node.op else node.data for node in trace.nodes]
    grad = list(found["leftovers"])
    for position in found["forward"][: at if at <= len(found["forward"]) else None]:
        data[position] = trace.nodes[position].data
    if at > len(found["forward"]):
        grad[-1] = (grad[-1] or 0) + 1
        for operand, after in found["events"][: at - len(found["forward"]) - 1]:
            grad[operand] = after
    return data, grad


@pytest.mark.parametrize("bug", ["", "assign", "order", "leftover"])
def test_a_moment_is_the_same_from_wherever_one_comes(bug):
    generator = random.Random(bug)
    traces = [random_trace(seed) for seed in range(25)]
    walks = [[generator.choice([0, 1, generator.random()]) for _ in range(15)] for _ in traces]
    given = [
        {"trace": trace.to_json(), "walk": walk, "bug": bug} for trace, walk in zip(traces, walks, strict=True)
    ]
    for trace, found in zip(traces, run(WALKS, given), strict=True):
        for shot in found["shots"]:
            assert (shot["data"], shot["grad"]) == known(trace, found, shot["at"])


EARLY = """given.map((trace) => {
  const model = modelOf(trace, {});
  const inner = model.forward.filter((at) => model.entering[at].length && model.leaving[at].length);
  const shows = (at) => replayed(model, model.original, "order", at).firstWrong >= 0;
  return { early: earlyNode(model, model.original), all: inner.filter(shows) };
})"""


def test_a_wrong_order_is_found_where_there_is_one():
    for found in run(EARLY, [random_trace(seed).to_json() for seed in range(100)]):
        assert found["early"] in found["all"] if found["all"] else found["early"] is None


PATHS = """(() => {
  const model = modelOf(given, {});
  const found = pathsTo(model, model.original, given.nodes.name.indexOf("w"), 3000);
  return { count: found.count, sum: found.paths.reduce((sum, { product }) => sum + product, 0),
    lengths: [found.paths[0].steps.length, found.paths[found.paths.length - 1].steps.length] };
})()"""


def test_paths_longer_than_the_stack_are_listed():
    y, w = Value(1.0, "y"), Value(0.9999, "w")
    for _ in range(20_000):
        y = y * w
    found = run(PATHS, step_through(y).to_json())
    assert (found["count"], found["lengths"]) == (20_000, [20_000, 17_001])
    assert found["sum"] == pytest.approx(3000 * 0.9999**19_999, rel=1e-9)
