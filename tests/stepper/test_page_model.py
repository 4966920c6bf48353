"""What the script of the page reads from the columns of a trace is the trace, run by Node."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from importlib.resources import files

import pytest

import autograd
from autograd import TABLE, Value, step_through
from autograd.core.engine import apply
from autograd.trace.as_json import number
from autograd.trace.trace import Trace

node = shutil.which("node")
pytestmark = [
    pytest.mark.skipif(node is None, reason="the script of the page is run by Node, which is not installed"),
    pytest.mark.native,
]

SCRIPTS = ("numbers.js", "elementary.js", "model.js", "expansion.js")
LABELS = {
    "letters": "abcdefgh",
    "indexed": ["x1", "x_2", "w[0]", "w['a']", "layers.0.w.1", "_1", "v", "loss"],
    "strange": ["a + b", "<&\"'>", "$x", "${0}", "ä_2", "a\u202eb", "\ud800", "名2"],
}
WRITTEN = """
const picked = (object, names) => Object.fromEntries(names.map((name) => [name, object[name]]));
const written = (x) => (Number.isNaN(x) ? "nan" : Object.is(x, -0) ? "-0" : Number.isFinite(x) ? x : x > 0 ? "inf"
  : "-inf");
const models = JSON.parse(require("fs").readFileSync(0, "utf-8")).map((json) => {
  const model = modelOf(json, {});
  const replay = replayed(model, model.original);
  return {
    nodes: model.nodes.map((node) => ({
      ...picked(node, ["position", "name", "op", "symbol", "expression", "groups", "consumers", "group", "line"]),
      program: node.op ? undefined : node.program,
      grad: written(replay.gradients[node.position]), data: written(model.original.data[node.position]),
      operands: node.operands.map((operand) => ("node" in operand ? operand.node : [written(operand.constant)])),
    })),
    steps: model.steps.map((step, index) => {
      const { upstream, local, product, before, after } = replay.events[index];
      return { ...picked(step, ["node", "operand", "slot", "contribution", "rule"]), numbers: [upstream, local, product, before, after].map(written) };
    }),
    formulas: Object.fromEntries(model.forward.map((position) => [position, model.formulas[position]])),
    others: { result: model.result, forward: model.forward, leaves: model.leaves, seed: model.seed },
  };
});
process.stdout.write(JSON.stringify(models));
"""


def models_of(traces):
    assets = files("autograd.stepper").joinpath("assets")
    program = "\n".join(assets.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
    documents = json.dumps([trace.to_json() for trace in traces])
    command = [node, "-e", f'"use strict";\n{program}\n{WRITTEN}']
    done = subprocess.run(command, input=documents, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def of_every_operation(labels):
    """Each row of the table on nodes of these names, and with a constant in each half of its operands."""
    for op in TABLE.values():
        count = 3 * op.vectors + op.arity - op.vectors
        for constant in {None, 0, count - 1} if count > 1 else {None}:
            xs = [0.4 + 0.1 * i if i == constant else Value(0.4 + 0.1 * i, labels[i]) for i in range(count)]
            yield step_through(apply(op, *op.grouped(xs)))


def of_special_numbers():
    a, b = Value(0.0, "a"), Value(-1.0, "b")
    yield step_through((a.log() * b.relu() + a * -1.0 + a * -0.0 + b * math.inf + b * 2.5e-7 - b * 1e300) / a)
    xs = [Value(-1e-9 * i, f"a long name of a leaf {i}") for i in range(40)]
    yield step_through(autograd.max(xs) ** 2.0 + autograd.max(xs[:3]))
    yield step_through(Value(math.nan))


def in_another_order():
    def f(x):
        y, z = x.exp(), x.sin()
        return y * z

    document = step_through(f, 2.0).to_json()
    document["order"] = [3, 2, 1, 0]
    yield Trace.from_json(document)


TRACES = {
    **{name: lambda labels=labels: of_every_operation(labels) for name, labels in LABELS.items()},
    "special": of_special_numbers,
    "order": in_another_order,
}


def cleaned(text):
    """As `clean` of numbers.js shows it."""
    return "".join("�" if c in "\u202e" else c for c in text)


@pytest.mark.parametrize("name", TRACES)
def test_the_model_of_the_page_is_the_trace(name):
    traces = [*TRACES[name]()]
    for trace, model in zip(traces, models_of(traces), strict=True):
        for ours, theirs in zip(trace.nodes, model["nodes"], strict=True):
            operands = [x if isinstance(x, int) else [number(x)] for x in ours.operands]
            assert theirs == {
                **{field: getattr(ours, field) for field in ("position", "op", "symbol", "consumers", "group", "line")},
                "name": cleaned(ours.name),
                "expression": cleaned(ours.expression),
                "groups": [*ours.groups],
                "operands": operands,
                "data": number(ours.data),
                "grad": number(ours.grad),
                **({} if ours.op else {"program": None}),
            }
        for ours, theirs in zip(trace.steps, model["steps"], strict=True):
            numbers = ours.upstream, ours.local, ours.product, ours.before, ours.after
            assert theirs == {
                **{field: getattr(ours, field) for field in ("slot", "contribution")},
                "node": ours.node.position,
                "operand": ours.operand.position,
                "rule": cleaned(ours.rule),
                "numbers": [*map(number, numbers)],
            }
        formulas = {
            str(position): {
                "forward": in_page(written.forward),
                "partials": [formula and in_page(formula) for formula in written.partials],
            }
            for position, written in trace.formulas.items()
        }
        assert model["formulas"] == formulas
        last = len(trace.nodes) - 1
        leaves = [node.position for node in trace.nodes if node.is_leaf]
        seed = {"node": last, "gradient": 1}
        assert model["others"] == {"result": last, "forward": [*trace.forward], "leaves": leaves, "seed": seed}


def in_page(formula):
    return {"text": formula.text, "mathml": formula.mathml}
