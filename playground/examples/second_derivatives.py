# The slope of a slope: grad nests.
import autograd
from autograd import Value, draw


def f(x):
    return x**3


def bowl(v):
    x, y = v
    return x**2 + 3 * y**2 + x * y


print("f'(2)   =", autograd.grad(f)(2.0))
print("f''(2)  =", autograd.grad(autograd.grad(f))(2.0))
print("hessian =", autograd.hessian(bowl)([1.0, 1.0]))

# The backward pass of f is a graph, too: here it is.
x = Value(2.0, "x")
f(x).backward(create_graph=True)
draw(x.grad)
