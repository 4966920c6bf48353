"""The differences that the page computes are those of the trace, `Trace.finite_differences`."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
from importlib.resources import files

import pytest

from autograd import TABLE, Value, apply, step_through
from autograd.testing import is_ordinary

node = shutil.which("node")
needs_node = pytest.mark.skipif(not node, reason="node, which runs JavaScript, is not installed")
DIGITS = 1e-9


def at(op, operands):
    return step_through(apply(op, *op.grouped([Value(x, f"x{index}") for index, x in enumerate(operands)])))


def ordinary(op):
    """Traces of a row at ordinary points, with vectors of three elements."""
    draw = random.Random(op.name)
    found = []
    while len(found) < 4:
        lengths = [3 if index < op.vectors else 1 for index in range(op.arity)]
        operands = [draw.uniform(*op.domain[index]) for index, length in enumerate(lengths) for _ in range(length)]
        if is_ordinary(op, op.grouped(operands)):
            found.append(at(op, operands))
    return found


BESIDE = {
    "a kink": [at(TABLE["relu"], [x]) for x in (1e-4, -1e-4, 2e-5, 0.9e-3)],
    "the end of a domain": [at(TABLE["log"], [3e-4]), at(TABLE["sqrt"], [9e-4])],
    "a step": [at(TABLE["floor"], [1 + 1e-4]), at(TABLE["remainder"], [2e-4, 1.0])],
    "large numbers": [at(TABLE["square"], [-3e7]), at(TABLE["mul"], [1e9, 1e-9])],
}


def by_the_page(traces, directory):
    """For each trace what the page shows beside its leaves."""
    assets = files("autograd.stepper").joinpath("assets")
    names = ("elementary", "numbers", "model", "expansion")
    source = [assets.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in names]
    source.append("const found = [];")
    for trace in traces:
        programs = ",".join(
            f"{json.dumps(name)}: {{forward: {program['forward']}, partials: [{','.join(program['partials'])}]}}"
            for name, program in trace.programs.items()
        )
        model = f"modelOf({json.dumps(trace.to_json())}, {{{programs}}})"
        source.append(
            f"((model) => found.push(model.leaves.map((x) => finiteDifference(model, model.original, x))))({model});"
        )
    source.append("console.log(JSON.stringify(found));")
    path = directory / "differences.js"
    path.write_text('"use strict";\n' + "\n".join(source), encoding="utf-8")
    done = subprocess.run([node, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.native
@needs_node
def test_the_page_gives_the_differences_of_the_trace_to_nine_digits(tmp_path):
    traces = [trace for op in TABLE.values() for trace in ordinary(op)]
    for trace, shown in zip(traces, by_the_page(traces, tmp_path), strict=True):
        size = abs(trace.nodes[-1].data)  # its rounding, divided by the step, is all that a small slope can be held to
        for slope, ours in zip(trace.finite_differences().values(), shown, strict=True):
            assert math.isclose(ours, slope, rel_tol=DIGITS, abs_tol=1e-3 * DIGITS * size), repr(trace)


@pytest.mark.native
@needs_node
@pytest.mark.parametrize("where", BESIDE)
def test_beside_what_a_wide_step_would_cross_the_page_takes_a_small_one(where, tmp_path):
    traces = BESIDE[where]
    for trace, shown in zip(traces, by_the_page(traces, tmp_path), strict=True):
        gradients = [leaf.grad for leaf in trace.nodes if leaf.is_leaf]
        assert shown == pytest.approx(gradients, rel=1e-3, abs=1e-9)


def test_the_differences_of_a_trace_are_the_gradients_to_ten_digits():
    """The engine's gradients were tested against other sources; here they are the oracle."""
    for op in TABLE.values():
        for trace in ordinary(op):
            for leaf in trace.nodes:
                if leaf.is_leaf:
                    tolerance = 1e-12 * abs(trace.nodes[-1].data)
                    slope = trace.finite_differences()[leaf.name]
                    assert math.isclose(slope, leaf.grad, rel_tol=1e-10, abs_tol=tolerance), repr(trace)
