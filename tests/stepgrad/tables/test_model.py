"""The two files of a model."""

from __future__ import annotations

import pytest
from terminal import refused

pytest.importorskip("safetensors", reason="models are saved as safetensors")


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("model.json", lambda data: data[: len(data) // 2]),
        ("model.json", lambda data: b"{}"),
        ("model.json", lambda data: data.replace(b'"hidden": [\n      16,', b'"hidden": [\n      8,')),
        ("model.safetensors", lambda data: data[: len(data) // 2]),
        ("model.safetensors", lambda data: b""),
    ],
)
def test_a_damaged_model_is_one_clear_sentence(run, iris, tmp_path, capsys, file, damage):
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in run.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    (copy / file).write_bytes(damage((copy / file).read_bytes()))
    assert "train again" in refused(capsys, "predict", copy, iris, "--out", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
