"""The transforms against closed forms, finite differences, the complex step, `backward`, PyTorch, and each other."""

from __future__ import annotations

import gc
import math
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, strategies as st
from oracles import Complex, central_difference, complex_step

import autograd
from autograd import TABLE, Value, no_grad
from autograd.transforms.derivatives import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.transforms.pytrees import leaves

numbers = st.floats(-2, 2).map(lambda x: round(x, 3))


def lists(n: int) -> st.SearchStrategy[list[float]]:
    return st.lists(numbers, min_size=n, max_size=n)


def matrices(rows: int, columns: int) -> st.SearchStrategy[list[list[float]]]:
    return st.lists(lists(columns), min_size=rows, max_size=rows)


def close(a: Any, b: Any, tolerance: float = 1e-9) -> bool:
    pairs = zip(leaves(a), leaves(b), strict=True)
    return all(abs(x - y) <= tolerance * max(1.0, abs(x), abs(y)) for x, y in pairs)


# ---------------------------------------------------------------------- random programs

# A few operations that keep numbers bounded and that plain floats, Complex and PyTorch have too; every row of the table
# is walked in test_forward_mode_of_every_row_agrees_with_finite_differences.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "sub", "mul", "div", "sin", "tanh", "exp", "square"]),
        st.integers(0, 99),
        st.integers(0, 99),
    ),
    min_size=1,
    max_size=12,
)


def run(program: list[tuple[str, int, int]], xs: Any, sin: Any, tanh: Any, exp: Any) -> list[Any]:
    """All results of a random program; bounded, smooth, and the same for every kind of number."""
    results = list(xs)
    for name, i, j in program:
        x, y = results[i % len(results)], results[j % len(results)]
        results.append(
            {
                "add": lambda x=x, y=y: x + y,
                "sub": lambda x=x, y=y: 0.5 - x - y,
                "mul": lambda x=x, y=y: tanh(x) * y,
                "div": lambda x=x, y=y: x / (2.0 + sin(y)),
                "sin": lambda x=x: sin(x),
                "tanh": lambda x=x: tanh(x),
                "exp": lambda x=x: exp(-x * x),
                "square": lambda x=x: sin(x) ** 2,
            }[name]()
        )
    return results


def on_ours(program):
    return lambda xs: run(program, xs, autograd.sin, autograd.tanh, autograd.exp)


def on_torch(program, torch):
    return lambda xs: torch.stack(run(program, list(xs), torch.sin, torch.tanh, torch.exp))


def on_complex(program):
    def call(method):
        return lambda x: getattr(x, method)() if isinstance(x, Complex) else getattr(math, method)(x)

    return lambda *xs: run(program, xs, call("sin"), call("tanh"), call("exp"))[-1]


@given(STEPS, lists(3))
def test_grad_is_backward_to_the_last_bit(program, point):
    xs = [Value(x) for x in point]
    on_ours(program)(xs)[-1].backward()
    assert repr(grad(lambda xs: on_ours(program)(xs)[-1])(point)) == repr([x.grad for x in xs])


@given(STEPS, lists(3))
def test_grad_agrees_with_the_complex_step_and_finite_differences(program, point):
    found = grad(lambda xs: on_ours(program)(xs)[-1])(point)
    assert close(found, [complex_step(on_complex(program), i, point) for i in range(3)], 1e-11)
    assert close(found, [central_difference(on_complex(program), i, point) for i in range(3)], 1e-6)


@given(STEPS, lists(3))
def test_hessian_is_symmetric_and_agrees_with_finite_differences_of_the_gradient(program, point):
    def f(xs):
        return on_ours(program)(xs)[-1]

    found = hessian(f)(point)
    assert close(found, [list(column) for column in zip(*found, strict=True)], 1e-11)
    expected = [
        [central_difference(lambda *xs, i=i: grad(f)(list(xs))[i], j, point) for j in range(3)] for i in range(3)
    ]
    assert close(found, expected, 1e-6)
    assert close(found, jacobian(grad(f))(point), 1e-12)


@given(STEPS, lists(3), lists(3), lists(15))
def test_jvp_and_vjp_are_transposes(program, point, direction, cotangents):
    f = on_ours(program)
    value, change = jvp(f, (point,), (direction,))
    same_value, pullback = vjp(f, point)
    cotangents = cotangents[: len(value)]
    (pulled,) = pullback(cotangents)
    assert value == same_value
    left = sum(u * v for u, v in zip(cotangents, change, strict=True))
    right = sum(u * v for u, v in zip(pulled, direction, strict=True))
    assert left == pytest.approx(right, rel=1e-10, abs=1e-10)
    rows = jacobian(f)(point)
    assert close(change, [sum(a * b for a, b in zip(row, direction, strict=True)) for row in rows])


@given(STEPS, lists(3), lists(3))
def test_hvp_is_the_hessian_times_the_vector(program, point, vector):
    def f(xs):
        return on_ours(program)(xs)[-1]

    expected = [sum(a * b for a, b in zip(row, vector, strict=True)) for row in hessian(f)(point)]
    assert close(hvp(f, (point,), (vector,)), expected)


@given(STEPS, lists(2), lists(2))
def test_third_derivatives_agree_with_finite_differences_of_the_hessian(program, point, direction):
    def f(xs):
        return on_ours(program)(xs)[-1]

    third = jacobian(hessian(f))(point)
    for k in range(2):
        for i in range(2):
            for j in range(2):
                expected = central_difference(lambda *xs, i=i, j=j: hessian(f)(list(xs))[i][j], k, point)
                assert third[i][j][k] == pytest.approx(expected, rel=1e-5, abs=1e-6)
    _, pushed = jvp(hessian(f), (point,), (direction,))
    assert close(pushed, [[sum(a * b for a, b in zip(row, direction, strict=True)) for row in rows] for rows in third])


@pytest.mark.native
@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # PyTorch's own, from torch.func.jvp
@given(STEPS, lists(3), lists(3))
def test_agrees_with_pytorch(program, point, direction):
    torch = pytest.importorskip("torch")
    x, v = torch.tensor(point, dtype=torch.float64), torch.tensor(direction, dtype=torch.float64)
    ours, theirs = on_ours(program), on_torch(program, torch)

    def last(xs):
        return ours(xs)[-1]

    def their_last(xs):
        return theirs(xs)[-1]

    assert close(grad(last)(point), torch.func.grad(their_last)(x).tolist())
    assert close(jacobian(ours)(point), torch.func.jacrev(theirs)(x).tolist())
    assert close(jvp(ours, (point,), (direction,)), [t.tolist() for t in torch.func.jvp(theirs, (x,), (v,))])
    assert close(hessian(last)(point), torch.func.hessian(their_last)(x).tolist())
    expected = torch.func.jvp(torch.func.grad(their_last), (x,), (v,))[1].tolist()
    assert close(hvp(last, (point,), (direction,)), expected)
    value, pullback = torch.func.vjp(theirs, x)
    seeds = [math.cos(i) for i in range(len(value))]
    assert close(vjp(ours, point)[1](seeds)[0], pullback(torch.tensor(seeds, dtype=torch.float64))[0].tolist())


@pytest.mark.parametrize("op", list(TABLE.values()), ids=list(TABLE))
@given(data=st.data())
def test_forward_mode_of_every_row_agrees_with_finite_differences(op, data):
    length = data.draw(st.integers(1, 3)) if op.vectors else 1
    intervals = [x for i, x in enumerate(op.domain) for _ in range(length if i < op.vectors else 1)]
    point = [data.draw(st.floats(*interval)) for interval in intervals]
    assume(op.kinks is None or abs(op.kinks(*op.grouped(point))) > 0.1)
    for i in range(len(point)):
        unit = [float(j == i) for j in range(len(point))]
        _, change = jvp(lambda xs: autograd.apply(op, *op.grouped(xs)), (point,), (unit,))
        expected = central_difference(lambda *xs: op.value(*op.grouped(xs)), i, point)
        assert close(change, expected, 1e-6)


@given(matrices(3, 2), lists(2))
def test_jacobian_of_a_linear_map_is_its_matrix(matrix, point):
    assert jacobian(lambda x: [autograd.dot(row, x) for row in matrix])(point) == matrix  # forward mode
    transposed = [list(column) for column in zip(*matrix, strict=True)]
    assert jacobian(lambda x: [autograd.dot(row, x) for row in transposed])(point + point[:1]) == transposed


@given(matrices(3, 3), lists(3))
def test_hessian_of_a_quadratic_form_is_the_matrix_and_its_transpose(matrix, point):
    def f(x):
        return autograd.dot(x, [autograd.dot(row, x) for row in matrix])

    assert close(hessian(f)(point), [[matrix[i][j] + matrix[j][i] for j in range(3)] for i in range(3)], 1e-12)


@pytest.mark.parametrize("order", range(6))
def test_any_order_of_a_power_and_of_sine(order):
    power, sine = (lambda x: x**5), autograd.sin
    for _ in range(order):
        power, sine = grad(power), grad(sine)
    assert power(1.5) == pytest.approx(math.perm(5, order) * 1.5 ** (5 - order))
    assert sine(0.7) == pytest.approx(math.sin(0.7 + order * math.pi / 2))


# ---------------------------------------------------------------------- what goes in and comes out


class Point(NamedTuple):
    x: Any
    y: Any


def test_results_have_the_form_of_the_arguments():
    def f(p, q):
        return p["w"][0] * p["w"][1][0] * q.x + q.y

    arguments = {"w": (2, [3, 4])}, Point(5, 6)
    assert grad(f)(*arguments) == {"w": (15.0, [10.0, 0.0])}
    assert grad(f, argnums=1)(*arguments) == Point(6.0, 1.0)
    assert grad(f, argnums=-1)(*arguments) == Point(6.0, 1.0)
    assert grad(f, argnums=(1, 0))(*arguments) == (Point(6.0, 1.0), {"w": (15.0, [10.0, 0.0])})
    assert hvp(f, arguments, arguments) == ({"w": (30.0, [20.0, 0.0])}, Point(12.0, 0.0))
    assert jacobian(lambda x: {"a": x[0], "b": (x[1],)})([1, 2]) == {"a": [1.0, 0.0], "b": ([0.0, 1.0],)}
    assert hessian(lambda x, y: x * y, argnums=(0, 1))(2, 3) == ((0.0, 1.0), (1.0, 0.0))
    assert hessian(lambda x: [x**2, x**3])(2) == [2.0, 12.0]


def test_integers_give_float_gradients():
    results = [
        grad(lambda x: x * x)(3),
        grad(lambda x: 5)(3),
        value_and_grad(lambda x: 5)(True),
        jacobian(lambda x: [x, 5])(3),
        jvp(lambda x: (x, 5), (3,), (1,)),
        vjp(lambda x: 5, 3)[0],
        vjp(lambda x: x, 3)[1](2),
        hvp(lambda x: x, (3,), (1,)),
        hessian(lambda x: 5)(3),
    ]
    assert all(type(x) is float for x in leaves(results))


def test_constants_and_unused_arguments_have_derivative_zero():
    assert grad(lambda x, y: x, argnums=(0, 1))(1.0, 2.0) == (1.0, 0.0)
    assert grad(lambda x: 7.0)(1.0) == 0.0
    assert repr(grad(lambda x: -x * 0.0)(1.0)) == "0.0"
    assert grad(lambda xs: 1.0)([]) == []
    assert jacobian(lambda x: [1.0, 2.0])([]) == [[], []]
    assert jacobian(lambda x: [])(1.0) == []
    assert vjp(lambda x, y: [x], 1.0, 2.0)[1]([3.0]) == (3.0, 0.0)
    assert jvp(lambda x: 7.0, (1.0,), (1.0,)) == (7.0, 0.0)


def test_values_give_values_that_can_be_differentiated():
    x = Value(2.0)
    slope = grad(lambda x: x**3)(x)
    slope.backward()
    assert (slope.data, x.grad) == (12.0, 12.0)
    constant = grad(lambda x: 3 * x)(x)
    assert isinstance(constant, Value)
    value, (a, b) = value_and_grad(lambda p: p[0] * p[1])([x, 5.0])
    assert all(isinstance(v, Value) for v in (value, a, b))
    value, change = jvp(lambda x: x * x, (3.0,), (x,))
    assert isinstance(change, Value)
    assert grad(lambda v: jvp(lambda x: x * x, (3.0,), (v,))[1])(1.0) == 6.0


def test_a_captured_value_is_a_constant_and_keeps_its_gradient():
    w = Value(3.0)
    deep = w * 2
    w.grad, deep.grad = 7.0, 8.0
    assert grad(lambda x: deep * x * x + w)(1.0) == 12.0
    assert jacobian(lambda x: [deep * x, w])(1.0) == [6.0, 0.0]
    assert grad(lambda x: w)(1.0) == 0.0
    assert (w.grad, deep.grad) == (7.0, 8.0)


def test_a_value_given_as_argument_keeps_its_gradient():
    x = Value(3.0)
    x.grad = 7.0
    assert grad(lambda x: x * x)(x).data == 6.0
    assert x.grad == 7.0


def test_arguments_not_chosen_and_named_ones_are_passed_as_they_are():
    seen = []

    def f(x, model, *, scale):
        seen.append((model, scale))
        return x * scale["by"]

    model, scale = object(), {"by": 4}
    assert grad(f)(2.0, model, scale=scale) == 4.0
    assert seen == [(model, scale)]


def test_aux_is_passed_along_as_plain_numbers():
    def f(x):
        return x * x, {"twice": 2 * x, "name": "f", "step": 3}

    assert grad(f, has_aux=True)(3.0) == (6.0, {"twice": 6.0, "name": "f", "step": 3})
    assert value_and_grad(f, has_aux=True)(3.0) == ((9.0, {"twice": 6.0, "name": "f", "step": 3}), 6.0)
    assert jvp(f, (3.0,), (10.0,), has_aux=True) == (9.0, 60.0, {"twice": 6.0, "name": "f", "step": 3})
    value, pullback, aux = vjp(f, 3.0, has_aux=True)
    assert (value, pullback(10.0), aux) == (9.0, (60.0,), {"twice": 6.0, "name": "f", "step": 3})


# Each transform with has_aux, as a function that gives the aux of a function of one number.
AUX_OF = {
    "grad": lambda f, x: grad(f, has_aux=True)(x)[1],
    "value_and_grad": lambda f, x: value_and_grad(f, has_aux=True)(x)[0][1],
    "jvp": lambda f, x: jvp(f, (x,), (1.0,), has_aux=True)[2],
    "vjp": lambda f, x: vjp(f, x, has_aux=True)[2],
}
EVERY_AUX = pytest.mark.parametrize("aux_of", AUX_OF.values(), ids=AUX_OF)


@EVERY_AUX
@pytest.mark.parametrize("output", [1.0, (1.0,), [1.0, 2.0], (1.0, 2.0, 3.0)], ids=str)
def test_a_function_with_aux_must_return_a_pair(aux_of, output):
    with pytest.raises(TypeError, match=r"with has_aux the function must return a pair \(result, aux\), got"):
        aux_of(lambda x: output, 1.0)


@EVERY_AUX
def test_aux_is_differentiated_by_an_enclosing_transform(aux_of):
    """Also where the result itself does not depend on the enclosing variable."""
    assert grad(lambda y: aux_of(lambda x: (x * x, x * y * y), 2.0))(3.0) == 12.0
    assert grad(lambda y: aux_of(lambda x: (x * y, {"a": [y**3, "text"]}), 2.0)["a"][0])(3.0) == 27.0
    assert grad(grad(lambda y: aux_of(lambda x: (x, y**3), y)))(3.0) == 18.0
    assert type(aux_of(lambda x: (x, x), 2.0)) is float


@EVERY_AUX
def test_aux_of_values_is_a_value_which_has_a_history_unless_none_is_recorded(aux_of):
    x = Value(3.0)
    aux_of(lambda x: (x, x * x), x).backward()
    assert x.grad == 6.0
    with no_grad():
        aux = aux_of(lambda x: (x, x * x), x)
    assert (aux.data, aux.is_leaf) == (9.0, True)


@pytest.mark.native
@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_aux_stands_where_pytorch_has_it():
    torch = pytest.importorskip("torch")
    x, v = (torch.tensor(number, dtype=torch.float64) for number in (3.0, 10.0))

    def f(x):
        return x * x, {"twice": 2 * x}

    def plain(results):
        return [float(part["twice"] if isinstance(part, dict) else part) for part in results]

    assert plain(jvp(f, (3.0,), (10.0,), has_aux=True)) == plain(torch.func.jvp(f, (x,), (v,), has_aux=True))
    (value, pullback, aux), (their_value, theirs, their_aux) = (
        vjp(f, 3.0, has_aux=True),
        torch.func.vjp(f, x, has_aux=True),
    )
    assert plain([value, *pullback(10.0), aux]) == plain([their_value, *theirs(v), their_aux])


@pytest.mark.native
def test_numpy_arrays_are_sequences_in_and_lists_out():
    np = pytest.importorskip("numpy")
    matrix, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5, 6])
    assert grad(lambda x: (matrix @ x).sum())(x) == [4.0, 6.0]
    assert jacobian(lambda x: matrix @ x)(x) == matrix.tolist()
    assert grad(lambda m: (m @ x)[1])(np.asfortranarray(matrix)) == [[0.0, 0.0], [5.0, 6.0]]
    assert hessian(lambda x: x @ matrix @ x)(x) == (matrix + matrix.T).tolist()
    assert jvp(lambda x: x * 2, (x,), ([1, 0],)) == ([10.0, 12.0], [2.0, 0.0])
    assert grad(lambda s: s * s)(np.float64(3)) == 6.0
    assert grad(lambda x: np.exp(x).sum())(np.zeros(2)) == [1.0, 1.0]
    assert vjp(lambda x: matrix @ x, x)[1](np.array([1.0, 0.0])) == ([1.0, 2.0],)
    assert type(grad(lambda x: x[0] * x[1])(x)[0]) is float


# ---------------------------------------------------------------------- edges


def test_an_infinite_derivative_of_one_output_is_no_nan_in_another():
    def f(x):
        return [autograd.sqrt(x[0]), x[1]]

    assert jacobian(f)([0.0, 1.0]) == [[math.inf, 0.0], [0.0, 1.0]]
    assert jacobian(lambda x: [*f(x), 1.0])([0.0, 1.0]) == [[math.inf, 0.0], [0.0, 1.0], [0.0, 0.0]]


@pytest.mark.parametrize("x", [-1.0, 0.0, -0.0, 1.0, math.inf, math.nan])
@pytest.mark.parametrize("name", [op.name for op in TABLE.values() if op.arity == 1 and not op.vectors])
def test_kinks_and_extremes_are_those_of_backward(name, x):
    def f(x):
        return getattr(autograd, name)(x) * 2

    leaf = Value(x)
    f(leaf).backward()
    assert repr(grad(f)(x)) == repr(leaf.grad)
    assert repr(jvp(f, (x,), (1.0,))[1]) == repr(leaf.grad)
    # Only a gradient that is itself a graph keeps the sign of a zero, which is lost where it is added to 0.0.
    op = TABLE[name]
    slope = op.partial(0, op.value(x), x) * 2
    assert repr(grad(f)(Value(x)).data) == repr(slope if slope == 0 else leaf.grad)
    guarded = Value(x)
    autograd.where(guarded > 0, f(guarded), 0.0).backward()
    assert repr(grad(lambda x: autograd.where(x > 0, f(x), 0.0))(x)) == repr(guarded.grad)


def test_no_grad_around_a_transform_is_about_its_result_only():
    x = Value(3.0)
    with no_grad():
        assert grad(lambda x: x * x)(3.0) == 6.0
        slope = grad(lambda x: x * x)(x)
        value, _ = value_and_grad(lambda y: y * y)(x)
    assert (slope.data, slope.is_leaf, value.is_leaf) == (6.0, True, True)

    def f(x):
        with no_grad():
            constant = grad(lambda y: y**3)(x)
        return constant * x

    assert grad(f)(2.0) == 12.0


def test_an_error_inside_leaves_everything_as_it_was():
    def f(x):
        raise ZeroDivisionError

    with no_grad():
        with pytest.raises(ZeroDivisionError):
            grad(f)(1.0)
        assert (Value(1.0) * 2).is_leaf
    assert grad(lambda y: Value(2.0) * y)(1.0) == 2.0
    assert type(grad(lambda y: Value(2.0) * y)(1.0)) is float


def test_a_node_with_a_chain_rule_of_its_own_has_first_derivatives():
    def cube(x):
        out = Value(x.data**3, (x,), "cube")

        def _backward():
            x.grad += 3 * x.data**2 * out.grad

        out._backward = _backward
        return out

    assert grad(lambda x: cube(x) * x)(2.0) == 4 * 8.0
    assert jvp(lambda x: cube(x) * x, (2.0,), (1.0,)) == (16.0, 32.0)
    assert jacobian(lambda x: [cube(x), x])(2.0) == [12.0, 1.0]
    with pytest.raises(TypeError, match=r"the node 'cube' was made by hand .* cannot be differentiated twice"):
        grad(grad(cube))(2.0)


def test_long_chains_need_no_recursion():
    def f(x):
        for _ in range(20_000):
            x = x * 1.0001
        return x

    assert grad(f)(1.0) == pytest.approx(1.0001**20_000)
    assert jvp(f, (1.0,), (1.0,))[1] == pytest.approx(1.0001**20_000)
    assert hvp(lambda x: f(x) ** 2, (1.0,), (1.0,)) == pytest.approx(2 * 1.0001**40_000)


def test_no_reference_cycles_remain():
    def f(x):
        return autograd.sin(x[0] * x[1]) + autograd.dot(x, x)

    def everything():
        grad(f)([1.0, 2.0])
        value_and_grad(f)([1.0, 2.0])
        hessian(f)([1.0, 2.0])
        jvp(f, ([1.0, 2.0],), ([1.0, 0.0],))
        vjp(f, [1.0, 2.0])[1](1.0)
        hvp(f, ([1.0, 2.0],), ([1.0, 0.0],))

    everything()  # what is compiled and cached at the first use is no garbage
    gc.collect()
    gc.disable()
    try:
        everything()
        assert gc.collect() == 0
    finally:
        gc.enable()


# ---------------------------------------------------------------------- numbers that lost their history

PLAIN_NUMBER = (
    r"does not depend on (argument 0|primals\[0\]), .*turned into a plain number.*use autograd\.exp, not math\.exp"
)


@pytest.mark.parametrize(
    "call",
    [
        lambda: grad(lambda x: math.exp(x))(3.0),
        lambda: grad(lambda x: math.sin(x * 2.0) + 1.0)(3.0),
        lambda: grad(lambda p: math.exp(p["w"][0]))({"w": [1.0, 2.0]}),
        lambda: grad(lambda x: Value(math.exp(x)) * 2.0)(3.0),
        lambda: value_and_grad(lambda x: math.exp(x))(3.0),
        lambda: jacobian(lambda x: [math.exp(x), 1.0])(3.0),
        lambda: jvp(lambda x: math.exp(x), (3.0,), (1.0,)),
        lambda: vjp(lambda x: math.exp(x), 3.0),
        lambda: hvp(lambda x: math.exp(x), (3.0,), (1.0,)),
        lambda: grad(grad(lambda x: math.exp(x)))(3.0),
        lambda: grad(lambda x, y: y * math.exp(x), (0, 1))(3.0, 2.0),
        lambda: grad(lambda x: math.exp(x))(Value(3.0)),
        lambda: grad(lambda x: grad(lambda y: y * math.exp(x))(2.0))(3.0),
        lambda: grad(lambda x: jvp(lambda y: y * math.exp(x), (2.0,), (1.0,))[1])(3.0),
        lambda: grad(lambda x: value_and_grad(lambda y: y * y)(2.0)[1] * math.exp(x))(3.0),
        # The library's own conversions in the first part leave room for that of the second.
        lambda: grad(lambda x: grad(lambda y: y**3 + sum(y * y for _ in range(30)))(x).data * math.exp(x))(3.0),
    ],
)
def test_a_variable_that_became_a_plain_number_is_warned_of(call):
    with pytest.warns(UserWarning, match=PLAIN_NUMBER) as said:
        call()
    assert len(said) == 1
    assert said[0].filename == __file__
    assert "\n" not in str(said[0].message)


def test_the_argument_is_named():
    with pytest.warns(UserWarning, match="does not depend on argument 1,"):
        assert grad(lambda x, y: x * math.exp(y), 1)(3.0, 2.0) == 0.0


@pytest.mark.parametrize(
    "constant",
    [
        lambda x: 3.0,
        lambda x: x.data,
        lambda x: x.detach() * 2.0,
        lambda x: round(x) * 1.0,
        lambda x: 1.0 if x > 0 else 0.0,
        lambda x: f"{x:.3f}" and 1.0,
        lambda x: float(Value(2.0) * 3.0),  # another number
        lambda x: autograd.floor(x),
        lambda x: autograd.relu(-x),
        lambda x: no_grad(float)(x),
    ],
)
def test_a_function_that_is_constant_on_purpose_is_not(constant):
    for _ in range(2):  # warnings are errors here
        assert grad(constant)(3.0) == 0.0
        assert grad(grad(constant))(3.0) == 0.0


def test_a_number_that_is_looked_at_on_the_way_is_not_warned_of():
    seen = []

    def f(x, y):
        seen.append(float(x))
        return x * 2.0 + y

    assert grad(f, (0, 1))(3.0, 1.0) == (2.0, 1.0)
    assert jacobian(lambda x: [float(x), x * x])(3.0) == [0.0, 6.0]
    assert grad(lambda x: grad(lambda y: y * float(x))(2.0) + x)(3.0) == 1.0
    assert seen == [3.0]


def test_a_node_by_hand_without_a_chain_rule_is_no_error_where_nothing_is_asked_of_it():
    with pytest.warns(UserWarning, match=PLAIN_NUMBER):
        assert grad(lambda x: float(Value(2.0, (x,), "by hand")))(3.0) == 0.0


def test_nothing_of_the_watch_is_left_after_an_error():
    with pytest.raises(ZeroDivisionError):
        grad(lambda x: math.exp(x) / 0)(1.0)
    assert autograd.core.number.watchers == []


# ---------------------------------------------------------------------- errors

IDENTITY = lambda x: x  # noqa: E731


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: grad(3.0), TypeError, "grad takes a function, got 3.0; write grad"),
        (lambda: hvp(3.0, (1.0,), (1.0,)), TypeError, "hvp takes a function, got 3.0"),
        (lambda: grad(IDENTITY)([1.0, 2.0]), TypeError, r"needs a function that returns one number, got \[1.0, 2.0\]"),
        (lambda: grad(lambda x: None)(1.0), TypeError, "the result: expected a real number, got None .* its return"),
        (lambda: jacobian(lambda x: {"a": "b"})(1.0), TypeError, r"the result\['a'\]: expected a real number, got 'b'"),
        (
            lambda: grad(lambda p: 1.0)({"w": [1.0, 2.0, "3"]}),
            TypeError,
            r"argument 0\['w'\]\[2\]: expected a real number, got '3' of type str; convert it with float",
        ),
        (lambda: grad(lambda x, y: 1.0, 1)(1.0, (2.0, 1j)), TypeError, r"argument 1\[1\]: expected a real number"),
        (lambda: grad(IDENTITY, argnums=1)(1.0), ValueError, "argnums is 1, but .* called with 1 positional arg"),
        (
            lambda: grad(IDENTITY)(x=1.0),
            ValueError,
            r"argnums is 0, but .* called with 0 positional arguments; pass x by position, as in grad\(f\)\(1.0\)",
        ),
        (lambda: grad(IDENTITY)(), ValueError, "0 positional arguments; pass the point to differentiate at"),
        (
            lambda: jacobian(IDENTITY, argnums=2)(1.0, y=2.0),
            ValueError,
            "argnums is 2, .* 1 positional argument; positions count from 0, and arguments passed by name have none",
        ),
        (lambda: grad(IDENTITY, argnums=(0, -1))(1.0), ValueError, r"argnums names an argument twice: \(0, -1\)"),
        (lambda: grad(IDENTITY, argnums=()), TypeError, r"argnums must be a whole number, the position .* got \(\)"),
        (lambda: jacobian(IDENTITY, argnums="x"), TypeError, "argnums must be a whole number, the position .* got 'x'"),
        (
            lambda: hessian(IDENTITY, argnums=(0, True)),
            TypeError,
            r"argnums must be a whole number, the position .* got \(0, True\)",
        ),
        (lambda: jvp(IDENTITY, 1.0, 1.0), TypeError, "jvp takes a tuple of primals, one for each argument .*, got 1.0"),
        (lambda: vjp(IDENTITY), TypeError, r"vjp takes a tuple of primals.*, got \(\)"),
        (lambda: jvp(IDENTITY, ("1",), (1.0,)), TypeError, r"primals\[0\]: expected a real number, got '1'"),
        (
            lambda: jvp(IDENTITY, ([1.0, 2.0],), ([1.0],)),
            ValueError,
            r"tangents\[0\]: expected the form of primals\[0\], a list of 2, got a list of 1",
        ),
        (lambda: jvp(IDENTITY, (1.0,), ()), ValueError, "tangents: expected .* a tuple of 1, got a tuple of 0"),
        (lambda: jvp(IDENTITY, (1.0,), 2.0), ValueError, "tangents: expected .* a tuple of 1, got a number"),
        (
            lambda: jvp(IDENTITY, ({"w": 1.0},), ({"v": 1.0},)),
            ValueError,
            r"primals\[0\], a dict with the keys \['w'\], got a dict with the keys \['v'\]",
        ),
        (lambda: jvp(IDENTITY, (1.0,), ("1",)), TypeError, r"tangents\[0\]: expected a real number, got '1'"),
        (
            lambda: vjp(IDENTITY, 1.0)[1]([1.0]),
            ValueError,
            "cotangents: expected the form of the value, a number, got a list of 1",
        ),
    ],
)
def test_an_error_says_what_was_expected_and_where(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
