"""How a line of the user's program is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograd.program.frames import Line


@pytest.mark.parametrize(
    ("file", "named"),
    [
        (str(Path("tmp", "ipykernel_12", "345.py")), "a cell, line 2, in f"),
        ("<stdin>", 'File "<stdin>", line 2, in f'),
        ("ipykernel_notes.py", 'File "ipykernel_notes.py", line 2, in f'),
    ],
    ids=["notebook", "prompt", "file"],
)
def test_a_line_of_a_notebook_is_said_to_be_in_a_cell(file, named):
    names = {}
    exec(compile("def f():\n    return 1\n", file, "exec"), names)
    assert str(Line(names["f"].__code__, 2)) == named
