"""What checkers of derivatives find, and what they accuse: operations with a fault and without, the same for each tool.

The operations are those of `tests/oracles/faulty_rows.py`. A tool may take differences at 200 points of each:
`check_op` chooses many of them itself, the others get them drawn evenly from the domain, or by hypothesis. A tool that
is not installed is left out, which the table says.

    python benchmarks/derivative_checkers.py                    # the table, and what each tool missed and accused
    python benchmarks/derivative_checkers.py check_op           # one tool
    python benchmarks/derivative_checkers.py --examples 1000    # check_op on all rows of the table of operations
    python benchmarks/derivative_checkers.py --programs 10000   # gradcheck on random programs
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings

from autograd import TABLE, Op, gradcheck
from autograd.core.engine import apply
from autograd.testing import check_op, expressions, points

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
POINTS = 200
LENGTH = 4  # of vectors, where a tool gets random points
QUIET = settings(
    max_examples=POINTS, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)

Check = Callable[[Op, tuple[Any, ...]], None]


class Outcome(NamedTuple):
    """What a tool made of one operation."""

    refused: bool
    seconds: float


def by_check_op(op: Op) -> None:
    # It chooses up to three times as many points as it draws.
    check_op(op, examples=POINTS // 4)


def by_hypothesis_and_gradcheck(op: Op) -> None:
    QUIET(given(points(op))(lambda point: _gradcheck(op, point)))()


def at_random_points(check: Check) -> Callable[[Op], None]:
    def run(op: Op) -> None:
        rng = random.Random(op.name)
        for _ in range(POINTS):
            check(op, tuple(_drawn(op, index, rng) for index in range(op.arity)))

    return run


def _drawn(op: Op, index: int, rng: random.Random) -> Any:
    low, high = op.domain[index]
    return [rng.uniform(low, high) for _ in range(LENGTH)] if index < op.vectors else rng.uniform(low, high)


def _gradcheck(op: Op, point: tuple[Any, ...]) -> None:
    gradcheck(lambda *operands: apply(op, *op.grouped(operands)), op.flat(point))


def pytorch() -> Check:
    import torch

    def check(op: Op, point: tuple[Any, ...]) -> None:
        class Row(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *tensors: Any) -> Any:
                ctx.save_for_backward(*tensors)
                return torch.tensor(float(op.value(*(x.tolist() for x in tensors))), dtype=torch.float64)

            @staticmethod
            def backward(ctx: Any, upstream: Any) -> Any:
                _, partials = op.linearized(*(x.tolist() for x in ctx.saved_tensors))
                return tuple(upstream * torch.tensor(_numbers(x), dtype=torch.float64) for x in partials)

        torch.autograd.gradcheck(Row.apply, [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in point])

    return check


def jax_check() -> Check:
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import jax.test_util

    def check(op: Op, point: tuple[Any, ...]) -> None:
        def value(*arrays: Any) -> Any:
            return jnp.array(float(op.value(*(x.tolist() for x in arrays))))

        def value_and_pullback(*arrays: Any) -> Any:
            out, partials = op.linearized(*(x.tolist() for x in arrays))
            return jnp.array(float(out)), lambda upstream: tuple(jnp.array(_numbers(x)) * upstream for x in partials)

        jax.test_util.check_vjp(value, value_and_pullback, tuple(map(jnp.array, point)))

    return check


def _numbers(partial: Any) -> Any:
    return [float(x) for x in partial] if isinstance(partial, list | tuple) else float(partial)


TOOLS: dict[str, tuple[str, Callable[[], Callable[[Op], None]]]] = {
    "check_op": ("", lambda: by_check_op),
    "hypothesis and gradcheck": ("", lambda: by_hypothesis_and_gradcheck),
    "gradcheck": ("", lambda: at_random_points(_gradcheck)),
    "torch.autograd.gradcheck": ("torch", lambda: at_random_points(pytorch())),
    "jax.test_util.check_vjp": ("jax", lambda: at_random_points(jax_check())),
}


def outcome(run: Callable[[Op], None], op: Op) -> Outcome:
    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run(op)
    except Exception:
        return Outcome(True, time.perf_counter() - start)
    return Outcome(False, time.perf_counter() - start)


def measure(names: list[str]) -> Iterator[tuple[str, dict[str, Outcome], dict[str, Outcome]]]:
    """For each tool that is installed its name, and what it made of each operation with a fault and without."""
    from oracles.faulty_rows import FAULTY, RIGHT

    for name in names:
        package, prepare = TOOLS[name]
        if package and importlib.util.find_spec(package) is None:
            yield name, {}, {}
            continue
        run = prepare()
        outcome(run, TABLE["tanh"])  # what a tool loads when it is used first is not its time
        yield name, *({title: outcome(run, op) for title, op in rows.items()} for rows in (FAULTY, RIGHT))


def table(names: list[str]) -> None:
    print(f"| tool, {POINTS} points an operation | faults found | right ones accused | ms an operation | at the most |")
    print("| --- | --- | --- | --- | --- |")
    details = []
    for name, faulty, right in measure(names):
        if not faulty:
            print(f"| `{name}` | not installed | | | |")
            continue
        seconds = [x.seconds for x in right.values()]
        found, accused = (sum(x.refused for x in rows.values()) for rows in (faulty, right))
        print(
            f"| `{name}` | {found} of {len(faulty)} | {accused} of {len(right)} | "
            f"{statistics.median(seconds) * 1e3:.0f} | {max(seconds) * 1e3:.0f} |",
            flush=True,
        )
        missed = [title for title, x in faulty.items() if not x.refused]
        details.append(f"{name} misses: {', '.join(missed) or 'nothing'}")
        details.append(f"{name} accuses: {', '.join(title for title, x in right.items() if x.refused) or 'nothing'}")
    print("", *details, sep="\n")


def accused_rows(examples: int) -> None:
    """`check_op` on the table of operations, where each accusation is a false one, or a fault of ours."""
    start, derivatives = time.perf_counter(), 0
    for name, op in TABLE.items():
        try:
            counts = check_op(op, examples=examples).counts
            derivatives += sum(x.compared for x in counts.values())
        except AssertionError as error:
            print(f"{name}: {error}", flush=True)
    print(f"{len(TABLE)} rows, {derivatives:,} derivatives, {time.perf_counter() - start:.0f} s")


def accused_programs(count: int) -> None:
    """`gradcheck` on random programs of the operations of the table."""
    accused: list[str] = []
    start = time.perf_counter()

    @settings(QUIET, max_examples=count)
    @given(expressions())
    def run(program: Any) -> None:
        try:
            gradcheck(program, program.inputs)
        except AssertionError as error:
            accused.append(f"{program!r}: {error}")

    run()
    print(*accused, sep="\n")
    print(f"{count:,} programs, {len(accused)} accused, {time.perf_counter() - start:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tools", nargs="*", help=f"of {', '.join(TOOLS)}; all unless given")
    parser.add_argument("--examples", type=int, help="check_op on each row of the table, with so many examples")
    parser.add_argument("--programs", type=int, help="gradcheck on so many random programs")
    options = parser.parse_args()
    if unknown := sorted(set(options.tools) - set(TOOLS)):
        sys.exit(f"no tool {', '.join(unknown)}; there are {', '.join(TOOLS)}")
    if options.examples:
        accused_rows(options.examples)
    if options.programs:
        accused_programs(options.programs)
    if not (options.examples or options.programs):
        table(options.tools or list(TOOLS))


if __name__ == "__main__":
    main()
