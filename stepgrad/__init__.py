"""The command ``stepgrad``, also started by ``python -m stepgrad``. To compute, import one of the two libraries:

    import autograd    # Value, grad, draw, step_through, ...
    import nn          # Linear, MLP, CrossEntropyLoss, optim, fit, ...

Of this package `stepgrad.figures`, pictures without matplotlib, and `stepgrad.tables`, which ``stepgrad train`` and
``predict`` use, are for import by other programs.
"""
