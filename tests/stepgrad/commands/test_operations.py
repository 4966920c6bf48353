"""``stepgrad operations``."""

from __future__ import annotations

from terminal import typed


def test_operations_prints_rows_of_the_table_and_names_one_that_is_missing(capsys):
    code, out, _ = typed(capsys, "operations", "mul", "tanh")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[2:]] == ["mul", "tanh"]
    code, out, err = typed(capsys, "operations", "tahn")
    assert (code, out) == (2, "")
    assert err.startswith("stepgrad: no operation 'tahn'") and err.count("\n") == 1
