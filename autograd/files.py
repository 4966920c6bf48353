"""Write files and folders whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a temporary file beside `path`, then rename it: a reader never sees half a file.

    Raises:
        OSError: if the folder does not exist or cannot be written to.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_text(Path(folder, "a.txt"), "whole")
    ...     [path.name for path in Path(folder).iterdir()]
    ['a.txt']
    """
    with new_file(path) as file:
        file.write(text)


@contextmanager
def new_file(path: str | os.PathLike[str]) -> Iterator[IO[str]]:
    """A file to write to. It appears at `path` if the block ends without an error, else not at all.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with new_file(Path(folder, "a.txt")) as file:
    ...         _ = file.write("whole")
    ...         [path.name for path in Path(folder).glob("*.txt")]
    []
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():  # a device or a pipe, which must not be replaced by a file
        with _naming(path):
            device = target.open("w", encoding="utf-8", newline="")
        with device:
            yield device
        return
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(path))
    with _naming(path):
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".stepgrad-")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        with _naming(path):
            unfinished.chmod(0o666 & ~_umask())  # mkstemp lets nobody else read the file
            unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Make an OSError name the path that was passed, not the temporary file beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None


@contextmanager
def new_folder(path: str | os.PathLike[str], *, overwrite_if: str | None = None) -> Iterator[Path]:
    """A folder to fill. It appears at `path` if the block ends without an error, else not at all.

    Args:
        path: where the folder will be. In a folder that exists, only files with the names of new ones are replaced.
        overwrite_if: a folder that is not empty is written to only if it has a file of this name.

    Raises:
        FileExistsError: if something else is there.
        IsADirectoryError: if a folder there has the name of a file to write.

    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with new_folder(Path(parent, "run")) as unfinished:
    ...         write_text(unfinished / "a.txt", "whole")
    ...     [path.name for path in Path(parent).rglob("*")]
    ['run', 'a.txt']
    """
    target = Path(os.path.realpath(path))
    taken = target.exists() and not (target.is_dir() and not any(target.iterdir()))
    if taken and not (overwrite_if and (target / overwrite_if).is_file()):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(path))
    with _naming(path):
        target.parent.mkdir(parents=True, exist_ok=True)
        # On the filesystem of the target, so that moving things there is a rename.
        beside = tempfile.mkdtemp(dir=target if target.is_dir() else target.parent, prefix=".stepgrad-")
    try:
        unfinished = Path(beside, "new")
        unfinished.mkdir()
        yield unfinished
        if target.is_dir():
            _put_into(target, unfinished, Path(beside, "before"))
        else:
            unfinished.replace(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _put_into(target: Path, unfinished: Path, before: Path) -> None:
    """Move new files into a folder: all of them, or the old ones are put back. Other files there are not touched."""
    names = sorted(path.name for path in unfinished.iterdir())
    for name in names:
        if (target / name).is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target / name))
    before.mkdir()
    try:
        for name in names:
            if os.path.lexists(target / name):
                (target / name).replace(before / name)
            (unfinished / name).replace(target / name)
    except BaseException:  # Ctrl-C as well: files of two runs must not be mixed
        for name in names:
            if not (unfinished / name).exists():
                (target / name).unlink(missing_ok=True)
            if os.path.lexists(before / name):
                (before / name).replace(target / name)
        raise


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
