"""Reading tables."""

from __future__ import annotations

import math

import pytest

from stepgrad.tables import read_table


def test_a_sample_is_drawn_from_a_table_of_any_length(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("x\n" + "\n".join(map(str, range(2000))))
    drawn = [int(x) for x in read_table(path, sample=200, seed=3).column("x")]
    assert len(drawn) == 200
    assert drawn == sorted(set(drawn))
    assert abs(sum(drawn) / 200 - 1000) < 4 * 2000 / math.sqrt(12 * 200)
    assert [int(x) for x in read_table(path, sample=200, seed=4).column("x")] != drawn


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed_and_quotes_are_read(tmp_path, delimiter):
    path = tmp_path / "data.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f'a{delimiter}b\r\n"x{delimiter}y"{delimiter} 2\r\n\r\n'.encode())
    table = read_table(path)
    assert (table.columns, table.rows, table.lines) == (["a", "b"], [[f"x{delimiter}y", "2"]], [2])
