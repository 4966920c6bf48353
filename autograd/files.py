"""Write files and folders whole or not at all, whatever error or Ctrl-C comes in between.

A link stays a link: what it points to is written. A device or a pipe is written to as it is. A file keeps the
permissions that it had, and one that may not be written to is not replaced.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a temporary file beside `path`, then rename it: a reader never sees half a file.

    Raises:
        OSError: if the folder does not exist or cannot be written to.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_text(Path(folder, "a.txt"), "whole")
    ...     [path.name for path in Path(folder).iterdir()]
    ['a.txt']
    """
    with new_file(path) as file:
        file.write(text)


@contextmanager
def new_file(path: str | os.PathLike[str], *, binary: bool = False) -> Iterator[IO[Any]]:
    """A file to write to. It appears at `path` if the block ends without an error, else not at all.

    Args:
        path: where the file will be. Of a file with several names (hard links) this one gets the new contents.
        binary: whether the block writes bytes rather than text, which is encoded in UTF-8.

    Raises:
        OSError: if the folder does not exist, or what is there cannot be written to.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with new_file(Path(folder, "a.txt")) as file:
    ...         _ = file.write("whole")
    ...         [path.name for path in Path(folder).glob("*.txt")]
    []
    """
    kind = "b" if binary else ""
    options: Any = {} if binary else {"encoding": "utf-8", "newline": ""}
    there = _status(path)
    stream = _standard_stream(there)
    if stream is not None or (there and not stat.S_ISREG(there.st_mode)):
        if sys.stdout and stream == 1:
            sys.stdout.flush()
        with _naming(path):
            device: IO[Any] = os.fdopen(
                os.open(path, os.O_WRONLY) if stream is None else os.dup(stream), f"w{kind}", **options
            )
        with device:
            yield device
        return
    target = Path(os.path.realpath(path))
    if there and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(path))
    unfinished = _name_in(target.parent)

    def remove() -> None:
        with suppress(OSError):  # it was not made, or has its name already
            unfinished.unlink()

    with _after_error(remove):
        with _naming(path):
            file = unfinished.open(f"x{kind}", **options)
            if there:
                unfinished.chmod(stat.S_IMODE(there.st_mode))
        with file:
            yield file
            file.flush()
            # On the disk before the old file is replaced: a power failure must not cost both.
            os.fsync(file.fileno())
        with _naming(path):
            unfinished.replace(target)


@contextmanager
def new_folder(path: str | os.PathLike[str], *, replacing: Collection[str] = ()) -> Iterator[Path]:
    """A folder to fill. It appears at `path` if the block ends without an error, else not at all.

    Args:
        path: where the folder will be. Folders above it are made as well.
        replacing: the names of files that may be replaced if there is a folder already; others in it stay. Without
            names only an empty folder is written to.

    Raises:
        FileExistsError: if something else is there.
        IsADirectoryError: if a folder there has the name of a file to replace.
        PermissionError: if one of the files to replace is a link or a device, or may not be written to.
        OSError: if the folder cannot be written to.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     with new_folder(Path(parent, "run")) as unfinished:
    ...         write_text(unfinished / "a.txt", "whole")
    ...     [path.name for path in Path(parent).rglob("*")]
    ['run', 'a.txt']
    """
    target = Path(os.path.realpath(path))
    there = _status(path)
    if there and not (target.is_dir() and (replacing or not any(target.iterdir()))):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(path))
    for name in replacing:
        _check_replaceable(target / name)
    beside = _name_in(target if there else target.parent)  # on that filesystem, so that moving things is a rename
    unfinished, before = beside / "new", beside / "before"
    missing = [folder for folder in target.parents if not folder.exists()]
    names: list[str] = []

    def undo() -> None:
        if before.exists():
            _put_back(target, unfinished, before, names)
        _remove_tree(beside)
        for folder in missing:
            with suppress(OSError):  # it was not made, or has the folder in it
                folder.rmdir()

    with _after_error(undo):
        with _naming(path):
            target.parent.mkdir(parents=True, exist_ok=True)
            beside.mkdir(mode=0o700)
            unfinished.mkdir()
        yield unfinished
        with _naming(path):
            if there:
                names += sorted(file.name for file in unfinished.iterdir())
                _put_into(target, unfinished, before, names, replacing)
            else:
                unfinished.replace(target)
        _remove_tree(beside)


def _check_replaceable(file: Path) -> None:
    """Raise an error for what is there under the name of a file to replace, and is no file or no ordinary one."""
    if not os.path.lexists(file):
        return
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, f"{file.name} in it is a folder", str(file.parent))
    if file.is_symlink() or not file.is_file():
        kind = "link" if file.is_symlink() else "device"
        raise PermissionError(errno.EPERM, f"{file.name} in it is a {kind}, which is not replaced", str(file.parent))
    if not os.access(file, os.W_OK):
        raise PermissionError(errno.EACCES, f"{file.name} in it may not be written to", str(file.parent))


def _put_into(target: Path, unfinished: Path, before: Path, names: list[str], replacing: Collection[str]) -> None:
    """Move new files into a folder, and what they replace out of it to `before`, which is renamed when all is done."""
    for name in names:
        _check_replaceable(target / name)
        if name not in replacing and (target / name).exists():
            raise FileExistsError(errno.EEXIST, f"{name} is in it", str(target))
    before.mkdir()
    for name in names:
        if (target / name).exists():
            (target / name).replace(before / name)
        (unfinished / name).replace(target / name)
    before.rename(before.with_name("replaced"))  # the moment from which the new files stay


def _put_back(target: Path, unfinished: Path, before: Path, names: list[str]) -> None:
    """Undo `_put_into`, however far it has come, so that the files of two runs are not mixed."""
    for name in names:
        if not (unfinished / name).exists() and (target / name).exists():
            (target / name).replace(unfinished / name)
        if (before / name).exists():
            (before / name).replace(target / name)
    before.rmdir()  # a sign that it is done, for a second call


def _status(path: str | os.PathLike[str]) -> os.stat_result | None:
    """What is at a path, through links; None if nothing is. A link that leads to itself is an error."""
    with _naming(path), suppress(FileNotFoundError):
        return Path(path).stat()
    return None


def _standard_stream(there: os.stat_result | None) -> int | None:
    """The number of standard output or error if this is where it goes, as ``/dev/stdout`` is; None if not.

    What is printed besides must not be lost, so such a file is not replaced, even if it is a regular one.
    """
    for number in (1, 2):
        with suppress(OSError):  # a stream may be closed
            if there and os.path.samestat(there, os.fstat(number)):
                return number
    return None


@contextmanager
def _naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Make an OSError name the path that was passed, not the temporary file beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None


@contextmanager
def _after_error(undo: Callable[[], None]) -> Iterator[None]:
    """Call `undo` if the block ends with an error or by Ctrl-C; once more, as Ctrl-C may have come in the first call.

    Temporary files are made in such a block, under names that are known before, so that none can be left behind.
    """
    try:
        try:
            yield
        except BaseException:  # rather than `finally`, in which Ctrl-C could come before its first call
            undo()
            raise
    except BaseException:
        undo()
        raise


def _remove_tree(folder: Path) -> None:
    """Remove a folder as far as possible. An interrupt of `shutil.rmtree` may end in an error of its own."""
    with suppress(OSError):
        for inner, folders, files in os.walk(folder, topdown=False):
            for name in files:
                Path(inner, name).unlink()
            for name in folders:
                Path(inner, name).rmdir()
        folder.rmdir()


def _name_in(folder: Path) -> Path:
    return folder / f".stepgrad-{os.urandom(8).hex()}"
