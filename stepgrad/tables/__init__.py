"""Train a model on a CSV file and predict with it; ``stepgrad train`` and ``predict`` use this package.

    table = read_table("flowers.csv")
    learned = learn(table, Options(target="species"))
    learned.scores["accuracy"]

Read `learning` first, which trains and tests a model. `reading` reads CSV files; `columns` encodes their fields as
numbers; `model` is a network with its columns, and saves both; `report` makes the page about a run; `runs` writes the
folder of a run; `predicting` adds predictions to the rows of a table. Nothing here prints.
"""

from __future__ import annotations

from stepgrad.tables.learning import Learned, Options, learn
from stepgrad.tables.model import TabularModel
from stepgrad.tables.reading import Table, TableError, read_table

__all__ = ["Learned", "Options", "Table", "TableError", "TabularModel", "learn", "read_table"]
