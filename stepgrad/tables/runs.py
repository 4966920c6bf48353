"""Writes the folder of a run, all of it or nothing.

    with new_run(folder, table_path) as unfinished:
        learned = learn(read_table(table_path), options)
        write_run(unfinished, learned, source="flowers.csv", command="stepgrad predict run NEW.csv")

Files that are read, such as the table, are never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograd.files import new_folder, write_text
from autograd.schema import parse
from stepgrad.tables.learning import Learned
from stepgrad.tables.reading import TableError
from stepgrad.tables.report import report

WRITTEN = ("model.safetensors", "model.json", "history.csv", "report.html")


def is_run(folder: Path) -> bool:
    """Whether a folder has the model.json of `write_run`; other programs write files of that name as well."""
    try:
        described = parse((folder / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(described, dict) and {"format", "task", "target", "features", "network"} <= described.keys()


@contextmanager
def new_run(folder: Path, table: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A temporary folder to write to. Its files appear in `folder` at the end of the block; after an error none does.

    Args:
        folder: the final path.
        table: the file that is learned from.
        overwrite: whether the four files of an earlier run are replaced; other files in its folder stay.

    Raises:
        TableError: if the table itself would be replaced.
        OSError: if the folder is taken, or cannot be written.
    """
    earlier = overwrite and is_run(folder)
    if earlier:
        _check_not_read(table, folder)
    with new_folder(folder, replacing=WRITTEN if earlier else ()) as unfinished:
        yield unfinished


def write_run(folder: Path, learned: Learned, *, source: str, command: str) -> None:
    """Write the model, its history and the report.

    Args:
        folder: the folder to write to, which exists.
        learned: the result of `learn`.
        source: the name of the table, for the report.
        command: how to predict with the model, for the report.
    """
    learned.model.save(folder)
    learned.history.to_csv(folder / "history.csv")
    write_text(folder / "report.html", report(learned, source=source, command=command))


def check_not_replaced(out: Path, folder: Path, table: Path) -> None:
    """Raise an error if predictions would overwrite the table or a file of the model.

    Raises:
        TableError: if `out` is one of these files; the message names it.
    """
    for read in (table, *(folder / name for name in WRITTEN)):
        if _same(read, out):
            raise TableError(f"--out {out} would replace {read}, which is read; choose another --out")


def _check_not_read(table: Path, folder: Path) -> None:
    """Raise an error if a file of the run would replace the table."""
    for name in WRITTEN:
        if _same(table, folder / name):
            raise TableError(f"{table} would be replaced by the {name} of the new run; choose another --out")


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are the same regular file; a terminal or a pipe is none."""
    return one.is_file() and other.is_file() and one.samefile(other)
