"""Blocks: what is recorded in nested ones, and what observers are shown of the passes that leave no trace."""

from __future__ import annotations

import math
from contextvars import copy_context
from functools import partial
from threading import Thread
from types import coroutine as coroutine_of_steps

import pytest

import autograd
from autograd import AnomalyError, Value, detect_anomaly, no_grad, warn_on_stale_graphs
from autograd.core.recording import Observer, enable_grad, is_grad_enabled, open_blocks
from autograd.transforms.derivatives import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

# ---------------------------------------------------------------------- no_grad and enable_grad


def recorded() -> bool:
    is_recorded = not (Value(2.0) * 3.0).is_leaf
    assert is_recorded == is_grad_enabled()
    return is_recorded


@pytest.mark.native
@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([], [True]),
        ([no_grad], [True, False]),
        ([enable_grad], [True, True]),
        ([no_grad, enable_grad], [True, False, True]),
        ([no_grad, no_grad, enable_grad], [True, False, False, True]),
        ([no_grad, enable_grad, no_grad], [True, False, True, False]),
        ([enable_grad, no_grad, enable_grad, no_grad], [True, True, False, True, False]),
    ],
)
def test_of_nested_blocks_the_innermost_decides_on_the_way_in_and_out(blocks, expected):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")

    def walk(blocks, says):
        before = says()
        if not blocks:
            return [before]
        with blocks[0]():
            inside = walk(blocks[1:], says)
        assert says() == before
        return [before, *inside]

    assert walk(blocks, recorded) == expected
    assert walk([getattr(torch, block.__name__) for block in blocks], torch.is_grad_enabled) == expected
    assert open_blocks == []


def test_one_block_opened_twice_is_closed_twice():
    block = no_grad()
    with block:
        with enable_grad():
            with block:
                assert not recorded()
            assert recorded()
        assert not recorded()
    assert recorded()


def test_a_block_closed_out_of_turn_takes_only_itself_away():
    """As generators do, whose blocks are closed when they are dropped."""
    off, on = no_grad(), enable_grad()
    off.__enter__()
    on.__enter__()
    off.__exit__(None, None, None)
    assert recorded()
    on.__exit__(None, None, None)
    assert recorded()
    assert open_blocks == []


@pytest.mark.native
def test_a_block_in_another_thread_changes_nothing_here():
    seen = []

    def other():
        seen.append(recorded())
        with no_grad(), enable_grad():
            seen.append(recorded())

    with no_grad():
        thread = Thread(target=other)
        thread.start()
        thread.join()
        assert not recorded()
    assert seen == [True, True]


def test_a_block_is_closed_by_an_error_and_decorates_functions():
    @enable_grad
    def fails():
        """Its text."""
        assert recorded()
        raise ZeroDivisionError

    with no_grad():
        with pytest.raises(ZeroDivisionError):
            fails()
        assert not recorded()
        assert enable_grad()(recorded)()
    assert fails.__name__ == "fails"
    assert fails.__doc__ == "Its text."


def test_gradients_flow_through_what_is_recorded_again():
    x = Value(3.0)
    with no_grad(), enable_grad():
        y = x * x
    y.backward()
    assert x.grad == 6.0


def echo(says=is_grad_enabled):
    """A generator with all that a caller can do to one."""
    heard = []
    try:
        while True:
            try:
                heard.append((yield (says(), list(heard))))
            except KeyError as error:
                heard.append(repr(error))
            if heard[-1] == "end":
                return (says(), "returned")
    finally:
        log.append(says())


log: list[bool] = []


def use(generator, says=is_grad_enabled):
    """What a caller sees of it, with whether operations are recorded while it is suspended."""
    log.clear()
    seen = [next(generator), says(), generator.send("a"), says()]
    seen += [generator.throw(KeyError("b")), says()]
    try:
        generator.send("end")
    except StopIteration as stop:
        seen.append(stop.value)
    return [*seen, says(), *log]


@pytest.mark.native
@pytest.mark.filterwarnings("ignore:the .* signature of throw:DeprecationWarning")  # PyTorch's own, from Python 3.12 on
def test_a_decorated_generator_has_its_block_open_while_it_runs_and_closed_while_it_is_suspended():
    seen = use(no_grad()(echo)())
    assert [x for x in seen if isinstance(x, bool)] == [True, True, True, True, False]
    assert [x[0] for x in seen if isinstance(x, tuple)] == [False] * 4
    assert use(no_grad(echo)()) == seen
    assert no_grad()(echo).__name__ == "echo"
    with no_grad():
        assert [x[0] for x in use(enable_grad()(echo)()) if isinstance(x, tuple)] == [True] * 4
    assert open_blocks == []
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    assert use(torch.no_grad()(echo)(torch.is_grad_enabled), torch.is_grad_enabled) == seen


def test_a_decorated_generator_is_closed_in_its_block():
    for stop in (lambda generator: generator.close(), lambda generator: None):  # by hand, or because it is dropped
        log.clear()
        generator = no_grad()(echo)()
        next(generator)
        stop(generator)
        del generator
        assert log == [False]
        assert recorded()
    generator = no_grad()(echo)()
    next(generator)
    with pytest.raises(ZeroDivisionError):
        generator.throw(ZeroDivisionError())
    assert recorded()
    assert open_blocks == []


def test_a_generator_method_and_a_partial_of_a_generator_function_are_decorated_as_well():
    class Stream:
        @no_grad()
        def numbers(self, x, times):
            for _ in range(times):
                yield (x * 2.0).is_leaf

    x = Value(1.0)
    assert list(Stream().numbers(x, times=2)) == [True, True]
    assert next(no_grad()(partial(echo))())[0] is False
    assert next(no_grad()(Stream().numbers)(x, 1)) is True


def test_what_cannot_be_in_a_block_is_refused():
    async def stream():
        yield

    with pytest.raises(TypeError, match=r"no_grad cannot decorate functools\.partial.*, an async generator"):
        no_grad(partial(stream))
    for block in (no_grad, enable_grad):
        for bad in (5, "x", True):
            with pytest.raises(TypeError, match=rf"{block.__name__} takes a function to decorate, got {bad!r}; write "):
                block(bad)
            with pytest.raises(TypeError, match=rf"{block.__name__} takes a function to decorate, got {bad!r}; write "):
                block()(bad)
        with pytest.raises(TypeError, match=rf"{block.__name__} cannot decorate stream, an async generator"):
            block()(stream)


class Count(Observer):
    """How many results it is shown."""

    results = 0

    def on_forward(self, node):
        self.results += 1


def in_turns(*coroutines):
    """Step through several coroutines in turn, each in a context of its own, as the tasks of an event loop."""
    waiting = [(coroutine, copy_context()) for coroutine in coroutines]
    while waiting:
        coroutine, context = waiting.pop(0)
        try:
            context.run(coroutine.send, None)
        except StopIteration:
            continue
        waiting.append((coroutine, context))


@coroutine_of_steps
def pause():
    yield


def test_a_block_open_while_a_task_waits_is_not_open_in_the_others():
    """Two tasks that wait inside and outside of blocks, in each order of their steps."""
    seen = {}

    async def inside(name, block, expected):
        with block:
            for _ in range(3):
                await pause()
                seen.setdefault(name, []).append(recorded() is expected)
        await pause()
        seen[name].append(recorded())

    async def outside(name):
        for _ in range(5):
            seen.setdefault(name, []).append(recorded())
            await pause()

    count = Count()
    in_turns(outside("a"), inside("b", no_grad(), False), outside("c"), inside("d", count, True), outside("e"))
    assert sorted(seen) == list("abcde")
    assert all(all(results) for results in seen.values())
    assert count.results == 3
    assert open_blocks == []
    assert recorded()


def test_tasks_that_share_one_block_each_close_their_own_opening():
    block, seen = no_grad(), []

    async def inside(steps):
        with block:
            for _ in range(steps):
                await pause()
                seen.append(recorded())
        seen.append(not recorded())

    in_turns(inside(1), inside(4), inside(2))
    assert seen
    assert not any(seen)
    assert open_blocks == []


def test_an_anomaly_is_looked_for_in_its_own_task_alone():
    async def looking():
        with detect_anomaly():
            await pause()
            with pytest.raises(AnomalyError):
                Value(0.0).log()

    async def elsewhere():
        assert Value(0.0).log().data == -math.inf
        await pause()
        assert Value(0.0).log().data == -math.inf

    in_turns(looking(), elsewhere(), looking())


def test_a_coroutine_function_is_decorated_for_its_own_task():
    async def body():
        before = recorded()
        await pause()
        return before, recorded()

    async def outer():
        with no_grad():
            result.append(await enable_grad(body)())
        result.append(await no_grad(body)())
        result.append(await body())

    result = []
    in_turns(outer(), body())
    assert result == [(True, True), (False, False), (True, True)]


def test_a_block_closed_in_another_context_is_closed_in_its_own():
    def generator():
        with no_grad():
            yield

    opened = generator()
    next(opened)
    assert not recorded()
    copy_context().run(opened.close)
    assert recorded()
    assert open_blocks == []


def test_a_block_opened_twice_and_closed_once_elsewhere_is_closed_once_here():
    block = no_grad()
    with block:
        block.__enter__()
        copy_context().run(block.__exit__, None, None, None)
        assert not recorded()
    assert recorded()
    assert open_blocks == []


@pytest.mark.native
def test_another_thread_closes_an_opening_that_is_open():
    block = no_grad()
    block.__enter__()
    with block:
        pass
    thread = Thread(target=block.__exit__, args=(None, None, None))
    thread.start()
    thread.join()
    assert recorded()
    assert open_blocks == []


@pytest.mark.native
@pytest.mark.parametrize("block", [no_grad, enable_grad, Count])
def test_a_block_closed_in_another_thread_is_closed_in_its_own(block):
    with no_grad() if block is enable_grad else enable_grad():
        before, blocks = recorded(), list(open_blocks)
        opened = block()
        opened.__enter__()
        thread = Thread(target=opened.__exit__, args=(None, None, None))
        thread.start()
        thread.join()
        assert (recorded(), open_blocks) == (before, blocks)
        assert getattr(opened, "results", 0) == 0
    assert recorded()


# ---------------------------------------------------------------------- passes that touch no grad


class Steps(Observer):
    """The operations that a backward pass goes through, each with its gradient and those of its operands."""

    def __init__(self):
        self.seen = []

    def on_backward(self, node):
        operands = [x.grad for x in node.operands if isinstance(x, Value)]
        self.seen.append((node.op.name, node.data, node.grad, operands))


def steps(run):
    with Steps() as observer:
        run()
    return observer.seen


def formula(x, y):
    z = x * y
    return z.sin() * z + autograd.dot([x, z], [y, 2.0])


def backward(create_graph=False):
    formula(Value(0.5), Value(3.0)).backward(create_graph=create_graph)


PASSES = {
    "create_graph": lambda: backward(create_graph=True),
    "grad": lambda: grad(formula, (0, 1))(0.5, 3.0),
    "value_and_grad": lambda: value_and_grad(formula, (0, 1))(0.5, 3.0),
    "grad at Values": lambda: grad(formula, (0, 1))(Value(0.5), Value(3.0)),
    "jacobian": lambda: jacobian(formula, (0, 1))(0.5, 3.0),
    "vjp": lambda: vjp(formula, 0.5, 3.0)[1](1.0),
}


@pytest.mark.parametrize("name", PASSES)
def test_observers_are_shown_the_steps_of_an_ordinary_backward_pass(name):
    expected = steps(backward)
    assert len(expected) == 5
    assert steps(PASSES[name]) == expected


def test_a_pullback_shows_its_own_gradient_at_every_call():
    def run():
        _, pullback = vjp(lambda x: x * 2.0, 5.0)
        pullback(3.0)
        pullback(4.0)

    assert steps(run) == [("mul", 10.0, 3.0, [6.0]), ("mul", 10.0, 4.0, [8.0])]


def test_a_row_of_a_jacobian_shows_only_what_its_output_depends_on():
    seen = steps(lambda: jacobian(lambda x: [x[0].sqrt(), x[1] * 2.0])([4.0, 1.0]))
    assert [(name, operands) for name, _, _, operands in seen] == [("sqrt", [0.25]), ("mul", [2.0])]


def test_a_branch_not_taken_is_shown_as_in_backward():
    def choose(x):
        return autograd.where(x > 0, x * 3.0, x.log())

    expected = steps(lambda: choose(Value(2.0)).backward())
    assert steps(lambda: choose(Value(2.0)).backward(create_graph=True)) == expected
    assert steps(lambda: grad(choose)(2.0)) == expected


def test_forward_mode_is_no_backward_pass():
    assert steps(lambda: jvp(formula, (0.5, 3.0), (1.0, 0.0))) == []
    assert steps(lambda: jacobian(lambda x: [x * 2.0, x * 3.0])(1.0)) == []


def test_every_order_of_a_nested_transform_is_shown_once():
    def cube(x):
        return x * x * x

    inner = steps(lambda: grad(cube)(2.0))
    both = steps(lambda: grad(grad(cube))(2.0))
    assert both[: len(inner)] == inner
    assert len(both) > len(inner)
    assert all(name in ("mul", "add") for name, *_ in both)
    assert steps(lambda: hvp(cube, (2.0,), (1.0,))) == inner


@pytest.mark.parametrize("name", PASSES)
def test_results_are_the_same_with_an_observer(name):
    plain = PASSES[name]()
    with Steps():
        observed = PASSES[name]()
    assert repr(observed) == repr(plain)


def test_gradients_are_put_back_after_the_steps_were_shown():
    w, x = Value(3.0), Value(5.0)
    deep = w * 2.0
    w.grad, deep.grad, x.grad = 7.0, math.nan, 9.0
    with detect_anomaly():  # the gradient left in `deep` is no part of this pass
        assert grad(lambda y: deep * y * w)(1.0) == 18.0
        assert grad(lambda y: deep * y)(x).data == 6.0
    assert (w.grad, x.grad) == (7.0, 9.0)
    assert math.isnan(deep.grad)


def test_a_transform_adds_to_no_gradient_so_nothing_is_left_over():
    w = Value(3.0, "w")
    w.grad = 7.0
    with warn_on_stale_graphs():  # a warning would be an error here
        grad(lambda x: w * x)(1.0)


def test_a_chain_rule_by_hand_is_shown_as_far_as_it_is_known():
    def twice(x):
        out = Value(2 * x.data, (x,), "twice")

        def by_hand():
            x.grad += 2 * out.grad

        out._backward = by_hand
        return out

    class Grads(Observer):
        def on_backward(self, node):
            assert (node.grad, node.operands[0].grad) == (1.0, 2.0)

    with Grads():
        assert grad(twice)(5.0) == 2.0

    class Unknown(Observer):
        def on_backward(self, node):
            seen.append((node.grad, node.operands[0].grad))

    seen = []
    with Unknown(), pytest.raises(TypeError, match="the node 'twice' was made by hand"):
        twice(Value(5.0)).backward(create_graph=True)
    assert seen == [(1.0, 0.0)]


# ---------------------------------------------------------------------- anomalies in them


def flat_root(x):
    return (x * 0.0).sqrt()


ANOMALIES = {
    "create_graph": lambda f: f(Value(1.0)).backward(create_graph=True),
    "grad": lambda f: grad(f)(1.0),
    "value_and_grad": lambda f: value_and_grad(f)(1.0),
    "grad at a Value": lambda f: grad(f)(Value(1.0)),
    "grad of grad": lambda f: grad(grad(f))(1.0),
    "jacobian": lambda f: jacobian(lambda x: [f(x)])(1.0),
    "hessian": lambda f: hessian(f)(1.0),
    "vjp": lambda f: vjp(f, 1.0)[1](1.0),
    "hvp": lambda f: hvp(f, (1.0,), (1.0,)),
}


@pytest.mark.parametrize("name", ANOMALIES)
def test_the_first_infinity_of_the_pass_is_named_as_by_backward(name):
    with pytest.raises(AnomalyError) as expected, detect_anomaly():
        flat_root(Value(1.0)).backward()
    with pytest.raises(AnomalyError) as caught, detect_anomaly():
        ANOMALIES[name](flat_root)
    assert str(caught.value) == str(expected.value)
    assert str(caught.value).startswith("the backward pass through sqrt gave inf\n")
    assert caught.value.node.op.name == "sqrt"
    assert caught.value.line.code is flat_root.__code__


@pytest.mark.parametrize("name", ANOMALIES)
def test_a_zero_gradient_times_an_infinite_slope_is_found(name):
    with pytest.raises(AnomalyError, match="sqrt gave nan") as caught, detect_anomaly():
        ANOMALIES[name](lambda x: autograd.where(False, flat_root(x), x))
    assert "0 times an infinite slope" in str(caught.value)


def test_an_infinity_of_the_second_order_only_is_found():
    """The slope of x**1.5 at 0 is 0, that of the slope is infinite."""
    with detect_anomaly():
        assert grad(lambda x: x**1.5)(0.0) == 0.0
    with pytest.raises(AnomalyError), detect_anomaly():
        grad(grad(lambda x: x**1.5))(0.0)
