"""Data, training by `fit`, and metrics."""

from __future__ import annotations

from typing import assert_type

import autograd
import nn


def main() -> None:
    iris = nn.datasets.load_iris()
    X_train, X_test, y_train, y_test = nn.data.train_test_split(
        iris.data, iris.target, random_state=0, stratify=iris.target
    )
    scaler = nn.preprocessing.StandardScaler().fit(X_train)
    model = nn.MLP(4, [4, 3], activation="tanh")
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    history = nn.fit(
        model,
        (scaler.transform(X_train), y_train),
        nn.CrossEntropyLoss(),
        optimizer,
        epochs=2,
        metrics=["accuracy"],
        early_stopping=nn.EarlyStopping("loss", patience=5),
        callbacks=[lambda history: len(history["loss"]) > 5],
        seed=0,
    )
    assert_type(history, nn.History)
    assert_type(history["loss"], list[float])
    classes = autograd.argmax(nn.predict(model, scaler.transform(X_test)), dim=1)
    print(nn.metrics.accuracy_score(y_test, classes), history.best, len(model.parameters()))
