"""`fit` trains a model and returns a `History`; `evaluate` and `predict` use a trained one.

>>> import random, nn
>>> random.seed(1)
>>> model = nn.Linear(1, 1)
>>> X = [[0.0], [1.0], [2.0], [3.0]]
>>> y = [[1.0], [3.0], [5.0], [7.0]]                       # y = 2x + 1
>>> optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
>>> history = nn.fit(model, (X, y), nn.MSELoss(), optimizer, epochs=200, batch_size=4, progress=False)
>>> f"{model.weight[0][0].data:.3f} {model.bias[0].data:.3f}"
'2.000 1.000'
>>> history["loss"][-1] < 1e-6 < history["loss"][0]
True
>>> history.stopped_because
'all 200 epochs are done'
>>> [[number]] = nn.predict(model, [[10.0]])               # plain numbers
>>> f"{number:.3f}"
'21.000'
"""

from __future__ import annotations

from nn.training.divergence import DivergenceError
from nn.training.early_stopping import EarlyStopping
from nn.training.evaluation import Metric, evaluate, predict
from nn.training.history import History
from nn.training.loop import fit

__all__ = ["DivergenceError", "EarlyStopping", "History", "Metric", "evaluate", "fit", "predict"]
