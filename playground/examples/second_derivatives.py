# The slope of a slope: grad nests.
import autograd
from autograd import Value, draw


def f(x):
    return x**3


def bowl(v):
    x, y = v
    return x**2 + 3 * y**2 + x * y


slope = autograd.grad(f)
curvature = autograd.grad(slope)
print("slope at 2:", slope(2.0))
print("curvature at 2:", curvature(2.0))
bend = autograd.hessian(bowl)
print("hessian at (1, 1):", bend([1.0, 1.0]))

# The backward pass is a graph, too: here it is.
x = Value(2.0, "x")
f(x).backward(create_graph=True)
draw(x.grad)
