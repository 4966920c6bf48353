# Gradient descent in a valley, drawn.
# How large may lr be before it climbs out?
from autograd import grad
from stepgrad.figures import contours


def f(x, y):
    return x * x + 9 * y * y


x, y, lr = -3.0, 1.0, 0.1
path = [(x, y)]
for _ in range(15):
    dx, dy = grad(f, argnums=(0, 1))(x, y)
    x, y = x - lr * dx, y - lr * dy
    path.append((x, y))

domain = (-3.5, 3.5), (-1.5, 1.5)
contours(f, domain, path=path)
