"""Writing files and folders whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import IO


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a file under another name beside its place, then put it there: nothing half-written is ever seen.

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
    """A file to write to that takes its place when the block ends well, and leaves no trace otherwise.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with new_file(Path(folder, "a.txt")) as file:
    ...         _ = file.write("whole")
    ...         [path.name for path in Path(folder).glob("*.txt")]
    []
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():  # a device or a pipe, which must not be replaced by a file
        with target.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".stepgrad-")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        unfinished.chmod(0o666 & ~_umask())  # mkstemp lets nobody else read the file
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def new_folder(path: str | os.PathLike[str], *, overwrite_if: str | None = None) -> Iterator[Path]:
    """A folder to fill that takes its place when the block ends well, and leaves no trace otherwise.

    Args:
        path: where it will stand. An empty folder there is replaced.
        overwrite_if: a folder with things in it is replaced if there is a file of this name among them.

    Raises:
        FileExistsError: if something else stands there.

    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with new_folder(Path(parent, "run")) as unfinished:
    ...         write_text(unfinished / "a.txt", "whole")
    ...     [path.name for path in Path(parent).rglob("*")]
    ['run', 'a.txt']
    """
    target = Path(os.path.realpath(path))
    taken = target.exists() and not (target.is_dir() and not any(target.iterdir()))
    if taken and not (overwrite_if and (target / overwrite_if).is_file()):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".stepgrad-") as beside:
        unfinished, before = Path(beside, "new"), Path(beside, "before")
        unfinished.mkdir()
        yield unfinished
        if target.exists():
            target.replace(before)
        try:
            unfinished.replace(target)
        except OSError:
            if before.exists():
                before.replace(target)
            raise


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
