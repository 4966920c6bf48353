"""Files and folders are written whole or not at all, and errors name what was asked for."""

from __future__ import annotations

import errno
import itertools
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from interrupts import each_interrupt

import nn
from autograd import Value, draw, step_through
from autograd.files import new_file, new_folder, write_text


def contents(folder):
    """Every file below a folder with its text; a folder with None."""
    return {str(path.relative_to(folder)): path.read_text() if path.is_file() else None for path in folder.rglob("*")}


def test_an_error_names_the_file_that_was_asked_for(tmp_path):
    for write in (write_text, lambda path, _: step_through(Value(1.0) * 2).save_html(path)):
        missing = tmp_path / "missing" / "x.html"
        with pytest.raises(FileNotFoundError) as info:
            write(missing, "text")
        assert info.value.filename == str(missing)


def history_to_csv(path):
    history = nn.training.History()
    history.append({"epoch": 1, "loss": 0.5})
    history.to_csv(path)


def save_a_model(path):
    pytest.importorskip("safetensors", reason='safetensors is not installed: pip install "stepgrad[nn]"')
    nn.save({"x": 1.0}, path)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_text(path, "new"),
        lambda path: step_through(Value(1.0) * 2).save_html(path),
        lambda path: draw(Value(1.0)).save_svg(path),
        lambda path: draw(Value(1.0)).save(path),
        lambda path: draw(Value(1.0)).render(path.with_suffix(""), outfile=path),
        history_to_csv,
        save_a_model,
    ],
    ids=["write_text", "save_html", "save_svg", "save", "render", "to_csv", "nn.save"],
)
def test_every_function_that_writes_a_file_leaves_the_old_one_whole(write, tmp_path, monkeypatch):
    path = tmp_path / "file.svg"
    path.write_text("old")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr(Path, "replace", full)
        write(path)
    assert contents(tmp_path) == {"file.svg": "old"}
    link = tmp_path / "link.svg"
    link.symlink_to("file.svg")
    write(link)
    assert link.is_symlink()
    assert path.read_bytes() != b"old"


# ---------------------------------------------------------------------- what is there already


def test_a_link_stays_a_link_and_what_it_points_to_is_written(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "real").write_text("old")
    links = {"a": "real", "b": "a", "c": "deep/new", "d": "deep"}
    for name, pointed in links.items():
        (tmp_path / name).symlink_to(pointed)
    for name, place in (("a", "real"), ("b", "real"), ("c", "deep/new"), ("d/x", "deep/x")):
        write_text(tmp_path / name, name)
        assert (tmp_path / place).read_text() == name
    with new_folder(tmp_path / "d", replacing=["x"]) as unfinished:
        (unfinished / "x").write_text("in the folder")
    assert (tmp_path / "deep" / "x").read_text() == "in the folder"
    assert {name: str((tmp_path / name).readlink()) for name in links} == links
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="loop") as info:
        write_text(tmp_path / "loop", "")
    assert info.value.errno == errno.ELOOP
    assert (tmp_path / "loop").is_symlink()


def test_a_pipe_and_a_device_are_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    texts = []
    reader = threading.Thread(target=lambda: texts.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    write_text(pipe, "to the reader")
    reader.join(10)
    assert texts == ["to the reader"]
    assert pipe.is_fifo()
    write_text(os.devnull, "lost")
    with new_file(os.devnull, binary=True) as file:
        file.write(b"lost")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


PRINTING = """
import sys
from autograd.files import write_text
print("before")
write_text(sys.argv[1], "written\\n")
print("after")
"""


@pytest.mark.native
@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_what_goes_to_standard_output_is_in_order_and_nothing_is_lost(kind, tmp_path):
    if not Path("/dev/stdout").exists():
        pytest.skip("there is no /dev/stdout on this system")
    with (tmp_path / "out").open("w+") as file:
        command = [sys.executable, "-c", PRINTING, "/dev/stdout"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        stdout = file if kind == "file" else subprocess.PIPE
        result = subprocess.run(command, stdout=stdout, check=True, text=True, env=environment)
        assert (result.stdout or (tmp_path / "out").read_text()) == "before\nwritten\nafter\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_a_file_keeps_its_permissions_and_a_new_one_has_the_usual_ones(tmp_path):
    (tmp_path / "plain").touch()
    write_text(tmp_path / "new", "")
    (tmp_path / "private").touch(mode=0o600)
    write_text(tmp_path / "private", "secret")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"plain": modes["plain"], "new": modes["plain"], "private": 0o600}


def test_what_may_not_be_written_to_is_not_replaced(tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name).write_text("old")
    # By the answer of the system, as root may write to every file.
    monkeypatch.setattr(os, "access", lambda path, mode: not (mode == os.W_OK and Path(path).name == "a"))
    with pytest.raises(PermissionError) as info:
        write_text(tmp_path / "a", "new")
    assert info.value.filename == str(tmp_path / "a")
    with pytest.raises(PermissionError, match="a in it may not be written to"), new_folder(tmp_path, replacing="ab"):
        pytest.fail("this is known before the work")
    assert contents(tmp_path) == {"a": "old", "b": "old"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda file: file.mkdir(), "a in it is a folder"),
        (lambda file: file.symlink_to("elsewhere"), "a in it is a link, which is not replaced"),
        (os.mkfifo, "a in it is a device, which is not replaced"),
    ],
)
def test_only_ordinary_files_of_a_folder_are_replaced(make, message, tmp_path):
    make(tmp_path / "a")
    with pytest.raises(OSError, match=message), new_folder(tmp_path, replacing=["a"]):
        pytest.fail("this is known before the work")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_is_taken_is_left_as_it_is(tmp_path):
    (tmp_path / "file").write_text("mine")
    for taken in (tmp_path, tmp_path / "file"):
        with pytest.raises(FileExistsError) as info, new_folder(taken):
            pytest.fail("this is known before the work")
        assert info.value.filename == str(taken)
    with pytest.raises(FileExistsError, match="file is in it"), new_folder(tmp_path, replacing=["a"]) as unfinished:
        (unfinished / "file").write_text("yours")
    assert contents(tmp_path) == {"file": "mine"}


# ---------------------------------------------------------------------- errors and Ctrl-C at every moment


def writing_a_file(folder):
    with new_file(folder / "a") as file:
        file.write("n")
        file.write("ew")


def writing_a_new_folder(folder):
    with new_folder(folder / "x" / "y") as unfinished:
        for name in "ab":
            (unfinished / name).write_text("new")


def writing_into_a_folder(folder):
    with new_folder(folder, replacing="abc") as unfinished:
        for name in "bc":
            (unfinished / name).write_text("new")


OLD = {"a": "old", "b": "old", "mine": "old"}
WRITERS = {
    writing_a_file: OLD | {"a": "new"},
    writing_a_new_folder: OLD | {"x": None, "x/y": None, "x/y/a": "new", "x/y/b": "new"},
    writing_into_a_folder: OLD | {"b": "new", "c": "new"},
}


@pytest.fixture
def anew(tmp_path):
    """Make a folder with the old files."""
    numbers = itertools.count()

    def make():
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        for name, text in OLD.items():
            (folder / name).write_text(text)
        return folder

    return make


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("write", WRITERS)
def test_an_interrupt_leaves_the_old_or_the_new_and_no_litter(write, anew):
    def make():
        folder = anew()
        return lambda: write(folder), folder

    seen, moments = set(), itertools.chain(each_interrupt(make, 3), each_interrupt(make, 97, every_frame=True))
    for whole, folder in moments:
        found = contents(folder)
        assert found in (OLD, WRITERS[write])
        assert found == WRITERS[write] or not whole
        seen.add(len(found) + ("new" in found.values()))
    assert len(seen) == 2


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("write", WRITERS)
def test_an_interrupt_after_an_error_leaves_the_old_and_no_litter(write, anew, monkeypatch):
    """The disk is full when one file is in its place; Ctrl-C comes while the old state is restored."""
    replace = Path.replace

    def full(path, target):
        if (path.name == "c" and path.parent.name == "new") or write is not writing_into_a_folder:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return replace(path, target)

    def make():
        folder = anew()

        def function():
            with pytest.raises(OSError, match="No space left"):
                write(folder)

        return function, folder

    monkeypatch.setattr(Path, "replace", full)
    for _, folder in each_interrupt(make, 97, every_frame=True):
        assert contents(folder) == OLD
