"""`TabularModel` predicts from the rows of a table: a network with what was learned about its columns.

It is saved as two files: ``model.json`` has the columns and the sizes of the layers, ``model.safetensors`` the weights.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import nn
from autograd.files import write_text
from autograd.schema import Choice, Dictionary, Integer, List, Number, Object, parse, shown
from nn.functional import softmax
from nn.modules.activations import trainable_activations
from nn.saving import load, load_metadata, save
from stepgrad.tables.columns import (
    CategoryColumn,
    Column,
    ColumnSchema,
    NumberColumn,
    check_all_differ,
    is_missing,
    missing_error,
    number_at,
    place_of,
)
from stepgrad.tables.reading import Table, TableError

FORMAT = 2
# A parameter takes 2 kB with its gradient, its place in the graph and Adam's moments, and some microseconds for each
# row. 100,000 of them take 200 MB, and minutes for an epoch of a few hundred rows.
MOST_PARAMETERS = 100_000
ACTIVATIONS = trainable_activations()

_WHOLE = Integer(least=0)
SCHEMA = Object(
    {
        "format": Choice(FORMAT),
        "task": Choice("classification", "regression"),
        "target": ColumnSchema(),
        "features": List(ColumnSchema(), least=1, most=MOST_PARAMETERS),
        "network": Object(
            {"hidden": List(Integer(1, MOST_PARAMETERS), most=MOST_PARAMETERS), "activation": Choice(*ACTIVATIONS)}
        ),
        "seed": Integer(),
        "rows": Object({"training": _WHOLE, "validation": _WHOLE, "test": _WHOLE}),
        "epochs": _WHOLE,
        "weights_of_epoch": _WHOLE,
        "test_scores": Dictionary(Number(finite=True)),
    }
)
"""What ``model.json`` holds."""

FACTS = ("seed", "rows", "epochs", "weights_of_epoch", "test_scores")


def check_size(sizes: Sequence[int], known: str = "") -> None:
    """Raise an error if a network with layers of these sizes, from the inputs to the outputs, has too many parameters.

    Args:
        sizes: the sizes.
        known: how well they are known, for the message, such as ``"at least "``.

    Raises:
        TableError: if there are more than 100,000.
    """
    count = sum((size + 1) * next_size for size, next_size in pairwise(sizes))
    if count > MOST_PARAMETERS:
        shape = "-".join(map(str, sizes)) if len(sizes) <= 10 else f"of {len(sizes) - 1} layers"
        raise TableError(
            f"a network {shape} has {known}{count:,} parameters, too many for an engine that computes one number at a "
            f"time; up to {MOST_PARAMETERS:,} are possible: pass smaller layers as --hidden, or leave out columns with "
            "--ignore"
        )


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
    sizes = [inputs, *hidden]
    check_size([*sizes, outputs])
    layers: list[nn.Module] = []
    for size, next_size in zip(sizes, hidden, strict=False):
        layers += [nn.Linear(size, next_size), make()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], outputs))


@dataclass
class TabularModel:
    """A network with the columns it reads and the column it predicts.

    Attributes:
        features: the columns it reads.
        target: the column it predicts: a `CategoryColumn` for classification, a `NumberColumn` for regression.
        hidden: the sizes of the hidden layers.
        activation: the name of the activation between layers.
        module: the network.
        facts: facts about the training run, such as the seed and the scores.
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
        """The rows of a table as inputs of the network. Missing values are replaced in columns that have a filling.

        Args:
            table: the rows.
            training: whether the advice in an error is for `train`, which has other options than `predict`.

        Raises:
            TableError: if a column is missing, a value is missing in a column without a filling, or a field of a
                column of numbers is not a number or too large.
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
        """The predictions for the rows of a table: numbers, or for classification lists of probabilities.

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
        """The error for a row whose prediction is too large; it names the field that is farthest from its mean."""
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
        """The predictions for rows of inputs: numbers in the unit of the target, or probabilities of all classes."""
        if not inputs:
            return []
        outputs = nn.predict(self.module, inputs)
        if isinstance(self.target, NumberColumn):
            return [self.target.decoded(row[0]) for row in outputs]
        return [softmax(row) for row in outputs]

    def unknown(self, table: Table) -> list[str]:
        """A sentence for each text that did not occur in training, with its line and column."""
        notices = []
        for column in self.features:
            if isinstance(column, CategoryColumn):
                new = dict(zip(table.column(column.name), table.lines, strict=True))
                for text in set(new) - set(column.categories):
                    if is_missing(text):
                        continue  # `inputs` replaces it or raises an error
                    notices.append(f"line {new[text]}, column {column.name!r}: {text!r} was not there in training")
        return sorted(notices)

    # ------------------------------------------------------------------ files

    def save(self, folder: Path) -> None:
        """Write ``model.json`` and ``model.safetensors`` into a folder; the latter knows if either is changed."""
        description = {
            "format": FORMAT,
            "task": self.task,
            "target": self.target.as_json(),
            "features": [column.as_json() for column in self.features],
            "network": {"hidden": self.hidden, "activation": self.activation},
            **self.facts,
        }
        digest = _digest(description, self.module)
        save(self.module, folder / "model.safetensors", metadata={"digest": digest})
        write_text(folder / "model.json", json.dumps(description, indent=2, ensure_ascii=False, allow_nan=False) + "\n")

    @classmethod
    def load(cls, folder: Path) -> TabularModel:
        """The model that `save` wrote into a folder.

        Raises:
            TableError: if the folder is not one of a trained model, or something in the two files is not as it was
                saved.
        """
        path = folder / "model.json"
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise TableError(
                f"{folder} holds no trained model: there is no model.json in it; pass a run folder"
            ) from None
        except OSError as error:
            raise TableError(
                f"cannot read {path}: {(error.strerror or str(error)).lower()}; pass a run folder"
            ) from None
        except UnicodeDecodeError as error:
            raise TableError(f"{path} is damaged: it is not UTF-8 text ({error.reason}); train again") from None
        try:
            described = parse(text)
            model = cls._described(described)
        except ValueError as error:
            raise TableError(f"{path} is damaged: {error}; train again") from None
        weights = folder / "model.safetensors"
        try:
            model.module.load_state_dict(load(weights))
            if load_metadata(weights).get("digest") != _digest(described, model.module):
                raise ValueError("they are not those with which model.json was written")
        except (OSError, ValueError) as error:
            raise TableError(f"the weights in {folder} cannot be used: {error}; train again") from None
        return model

    @classmethod
    def _described(cls, described: Any) -> TabularModel:
        """The model that ``model.json`` describes, before its weights are loaded."""
        if isinstance(described, dict) and isinstance(version := described.get("format"), int) and version != FORMAT:
            raise ValueError(f"it is of format {shown(version)}, but this version of Stepgrad reads format {FORMAT}")
        read = SCHEMA.read(described)
        target, features = read["target"], read["features"]
        check_all_differ([target.name, *(column.name for column in features)], "the names of target and features")
        task = "classification" if isinstance(target, CategoryColumn) else "regression"
        if read["task"] != task:
            raise ValueError(f"task must be {task!r} for this target, got {read['task']!r}")
        hidden, activation = read["network"]["hidden"], read["network"]["activation"]
        module = network(sum(column.width for column in features), hidden, target.width, activation)
        facts = {name: read[name] for name in FACTS}
        return cls(features, target, hidden, activation, module, facts)


def _digest(description: Any, module: nn.Module) -> str:
    """A fingerprint of a description and of the weights."""
    numbers = [parameter.data for parameter in module.parameters()]
    text = json.dumps(description, sort_keys=True)
    return hashlib.sha256(text.encode() + struct.pack(f"<{len(numbers)}d", *numbers)).hexdigest()


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
