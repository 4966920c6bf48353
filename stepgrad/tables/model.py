"""A network that takes the rows of a table: what it learned about columns, its layers, its target.

Written as two files: ``model.json`` says what the columns and the layers are, ``model.safetensors`` holds the weights.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nn
from autograd.files import write_text
from nn.functional import softmax
from nn.modules.activations import trainable_activations
from nn.saving import load, save
from stepgrad.tables.columns import (
    CategoryColumn,
    Column,
    NumberColumn,
    from_json,
    is_missing,
    missing_error,
    number_at,
    place_of,
)
from stepgrad.tables.reading import Table, TableError

FORMAT = 1
# A parameter takes 2 kB with its gradient, its place in the graph and Adam's moments, and each row some microseconds
# for it. With this many that is 200 MB, and minutes for an epoch of a few hundred rows.
MOST_PARAMETERS = 100_000
ACTIVATIONS = trainable_activations()


def network(inputs: int, hidden: Sequence[int], outputs: int, activation: str) -> nn.Sequential:
    """Linear layers with an activation between them.

    Raises:
        TableError: if it would have more than 100,000 parameters.

    >>> network(4, [8], 3, "tanh")
    Sequential(
      (0): Linear(in_features=4, out_features=8, bias=True)
      (1): Tanh()
      (2): Linear(in_features=8, out_features=3, bias=True)
    )
    """
    make = ACTIVATIONS[activation]
    layers: list[nn.Module] = []
    sizes = [inputs, *hidden]
    count = sum((size + 1) * next_size for size, next_size in zip(sizes, [*hidden, outputs], strict=True))
    if count > MOST_PARAMETERS:
        raise TableError(
            f"a network {'-'.join(map(str, [*sizes, outputs]))} has {count:,} parameters, too many for an engine that "
            f"computes one number at a time; up to {MOST_PARAMETERS:,} are possible: pass smaller layers as --hidden, "
            "or leave out columns with --ignore"
        )
    for size, next_size in zip(sizes, hidden, strict=False):
        layers += [nn.Linear(size, next_size), make()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], outputs))


@dataclass
class TabularModel:
    """From fields of a row to a prediction.

    Attributes:
        features: the columns it reads.
        target: the column it predicts: a `CategoryColumn` for classification, a `NumberColumn` for regression.
        hidden: the sizes of the hidden layers.
        activation: between layers.
        module: the network.
        facts: what else is known about it, such as the seed and the scores.
    """

    features: list[Column]
    target: Column
    hidden: list[int]
    activation: str
    module: nn.Sequential
    facts: dict[str, Any]

    @property
    def task(self) -> str:
        """ "classification" or "regression"."""
        return "classification" if isinstance(self.target, CategoryColumn) else "regression"

    @property
    def classes(self) -> list[str]:
        """The classes; empty for regression."""
        return self.target.categories if isinstance(self.target, CategoryColumn) else []

    def inputs(self, table: Table, *, training: bool = False) -> list[list[float]]:
        """The rows of a table as the network takes them. Missing values are filled in if the columns say with what.

        Args:
            table: the rows.
            training: whether an error may advise to train in another way.

        Raises:
            TableError: if a column is missing, a value is missing that nothing is known to fill in for, or a field of a
                column of numbers holds none, or one that is too large.
        """
        places = [table.index(column.name) for column in self.features]
        return [
            [
                number
                for column, place in zip(self.features, places, strict=True)
                for number in _encoded(column, table, index, row[place], training)
            ]
            for index, row in enumerate(table.rows)
        ]

    def predictions(self, table: Table) -> list[Any]:
        """For each row of a table what `predicted` says.

        Raises:
            TableError: as `inputs` does, or if a prediction is infinite or nan.
        """
        inputs = self.inputs(table)
        outputs = self.predicted(inputs)
        for index, output in enumerate(outputs):
            if not all(map(math.isfinite, output if isinstance(output, list) else [output])):
                raise self.overflow(table, index, inputs[index])
        return outputs

    def overflow(self, table: Table, index: int, inputs: Sequence[float]) -> TableError:
        """What to say of a row whose prediction is too large: which of its fields is farthest from the others."""
        owners = [column for column in self.features for _ in range(column.width)]
        _, column = max(zip(map(abs, inputs), owners, strict=True), key=lambda pair: pair[0])
        field = table.rows[index][table.index(column.name)]
        return TableError(
            f"{place_of(table, index, column.name)} is {field!r}, which is so far from the rows learned from that the "
            "prediction is too large to compute with; mend it, or leave the row out"
        )

    def missing(self, table: Table) -> int:
        """How many values are missing in the columns that the model reads."""
        return sum(is_missing(field) for column in self.features for field in table.column(column.name))

    def predicted(self, inputs: Sequence[Sequence[float]]) -> list[Any]:
        """For each row the number, or for classification the probability of every class."""
        if not inputs:
            return []
        outputs = nn.predict(self.module, inputs)
        if isinstance(self.target, NumberColumn):
            return [self.target.decoded(row[0]) for row in outputs]
        return [softmax(row) for row in outputs]

    def unknown(self, table: Table) -> list[str]:
        """A sentence for each column of texts with texts that were not there in training."""
        notices = []
        for column in self.features:
            if isinstance(column, CategoryColumn):
                new = dict(zip(table.column(column.name), table.lines, strict=True))
                for text in set(new) - set(column.categories):
                    if is_missing(text):
                        continue  # filled in, or refused
                    notices.append(f"line {new[text]}, column {column.name!r}: {text!r} was not there in training")
        return sorted(notices)

    # ------------------------------------------------------------------ files

    def save(self, folder: Path) -> None:
        """Write ``model.json`` and ``model.safetensors`` into a folder."""
        description = {
            "format": FORMAT,
            "task": self.task,
            "target": self.target.as_json(),
            "features": [column.as_json() for column in self.features],
            "network": {"hidden": self.hidden, "activation": self.activation},
            **self.facts,
        }
        save(self.module, folder / "model.safetensors")
        write_text(folder / "model.json", json.dumps(description, indent=2, ensure_ascii=False, allow_nan=False) + "\n")

    @classmethod
    def load(cls, folder: Path) -> TabularModel:
        """Read them.

        Raises:
            TableError: if the folder is not one of a trained model, or the two files do not fit each other.
        """
        path = folder / "model.json"
        try:
            described = json.loads(path.read_text(encoding="utf-8"))
        except OSError:
            raise TableError(
                f"{folder} holds no trained model: there is no model.json in it; pass a run folder"
            ) from None
        except ValueError as error:
            raise TableError(f"{path} is damaged: {error}; train again") from None
        if not isinstance(described, dict) or described.get("format") != FORMAT:
            raise TableError(f"{path} is not of format {FORMAT}, which this version reads; train again")
        try:
            features = [from_json(column) for column in described["features"]]
            target = from_json(described["target"])
            hidden = [int(size) for size in described["network"]["hidden"]]
            activation = str(described["network"]["activation"])
            outputs = len(target.categories) if isinstance(target, CategoryColumn) else 1
            module = network(sum(column.width for column in features), hidden, outputs, activation)
            facts = {k: v for k, v in described.items() if k not in ("format", "task", "target", "features", "network")}
        except (KeyError, TypeError, ValueError) as error:
            raise TableError(f"{path} is damaged ({type(error).__name__}: {error}); train again") from None
        try:
            module.load_state_dict(load(folder / "model.safetensors"))
        except (OSError, ValueError) as error:
            raise TableError(f"the weights in {folder} cannot be used: {error}; train again") from None
        return cls(features, target, hidden, activation, module, facts)


def _encoded(column: Column, table: Table, row: int, text: str, training: bool) -> list[float]:
    if isinstance(column, CategoryColumn):
        if is_missing(text):
            if column.filling is None:
                raise missing_error(table, row, column.name, training=training)
            text = column.filling
        return column.encoded(text)
    number = column.filling if is_missing(text) else None
    encoded = column.encoded(number_at(table, row, column.name, training=training) if number is None else number)
    if not math.isfinite(encoded[0]):
        raise TableError(
            f"{place_of(table, row, column.name)} is {text!r}, which is too large to be scaled: the rows learned from "
            f"have mean {column.mean:.4g} and deviation {column.scale:.4g}; mend it, or leave the row out"
        )
    return encoded
