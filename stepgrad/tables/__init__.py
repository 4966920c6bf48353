"""From a CSV file to a trained model and back to predictions: what ``stepgrad train`` and ``predict`` stand on.

    table = read_table("flowers.csv")
    learned = learn(table, Options(target="species"))
    learned.scores["accuracy"]

`table` reads files; `columns` says how their fields become numbers; `model` is the network with its columns and its
two files; `learning` trains and tests it; `report` is the page about that; `runs` is the folder of all of it;
`predicting` adds predictions to the rows of a table. Nothing here prints.
"""

from __future__ import annotations

from stepgrad.tables.learning import Learned, Options, learn
from stepgrad.tables.model import TabularModel
from stepgrad.tables.reading import Table, TableError, read_table

__all__ = ["Learned", "Options", "Table", "TableError", "TabularModel", "learn", "read_table"]
