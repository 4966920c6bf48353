"""Files and folders are written whole or not at all, and errors name what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograd import Value, step_through
from autograd.files import new_folder, write_text


def test_an_error_names_the_file_that_was_asked_for(tmp_path):
    for write in (write_text, lambda path, _: step_through(Value(1.0) * 2).save_html(path)):
        missing = tmp_path / "missing" / "x.html"
        with pytest.raises(FileNotFoundError) as info:
            write(missing, "text")
        assert info.value.filename == str(missing)


def test_files_of_a_folder_are_replaced_together_or_not_at_all(tmp_path, monkeypatch):
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("a", "b", "mine"):
        (folder / name).write_text("old")
    replace = Path.replace

    def interrupted(path, target):
        if path.name == "b" and path.parent.name == "new":
            raise KeyboardInterrupt
        return replace(path, target)

    def fill():
        with new_folder(folder, overwrite_if="a") as unfinished:
            for name in ("a", "b", "c"):
                (unfinished / name).write_text("new")

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", interrupted)
        fill()
    assert {path.name: path.read_text() for path in folder.iterdir()} == dict.fromkeys(("a", "b", "mine"), "old")
    fill()
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        **dict.fromkeys("abc", "new"),
        "mine": "old",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
