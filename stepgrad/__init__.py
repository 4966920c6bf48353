"""The command ``stepgrad``. There is nothing in this package to import; its two libraries have names of their own:

    import autograd    # Value, grad, draw, step_through, ...
    import nn          # Linear, MLP, CrossEntropyLoss, optim, fit, ...

``python -m stepgrad`` does what ``stepgrad`` does.
"""
