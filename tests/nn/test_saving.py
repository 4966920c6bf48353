"""nn.save and nn.load: the same numbers back, whole files or none, and errors that say which file."""

from __future__ import annotations

import json
import os
import random
import struct
import sys

import pytest

pytest.importorskip("numpy", reason='NumPy is not installed: pip install "stepgrad[nn]"')
pytest.importorskip("safetensors", reason='safetensors is not installed: pip install "stepgrad[nn]"')

import numpy as np

import nn
from autograd import Value


class Odd(nn.Module):
    """Parameters of every rank."""

    def __init__(self):
        self.scale = Value(0.1)
        self.rows = [[Value(1e-300), Value(-2.0)], [Value(float("inf")), Value(1 / 3)]]
        self.parts = {"a": nn.Linear(2, 1)}


def model_with_seed(seed):
    random.seed(seed)
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.MLP(3, [2, 1]))


@pytest.mark.parametrize("make", [lambda: model_with_seed(0), Odd, lambda: nn.Neuron(3)])
def test_what_is_loaded_is_what_was_saved_to_the_last_bit(make, tmp_path):
    model = make()
    nn.save(model, tmp_path / "model.safetensors")
    state = nn.load(str(tmp_path / "model.safetensors"))
    assert state == model.state_dict()
    other = make()
    for parameter in other.parameters():
        parameter.data = 0.0
    other.load_state_dict(state)
    assert [p.data for p in other.parameters()] == [p.data for p in model.parameters()]


@pytest.mark.parametrize(
    "state",
    [
        {"weight": [[1.0, 2.0]], "bias": [3.0]},
        {"weight": np.array([[1.0, 2.0]], dtype=np.float32), "bias": (3,)},
        {"weight": [[Value(1.0), Value(2.0)]], "bias": np.array([Value(3.0)], dtype=object)},
    ],
    ids=["lists", "arrays", "Values"],
)
def test_a_state_dict_can_be_saved_as_well(state, tmp_path):
    nn.save(state, tmp_path / "a.safetensors")
    assert nn.load(tmp_path / "a.safetensors") == {"weight": [[1.0, 2.0]], "bias": [3.0]}


def test_metadata_go_with_the_numbers(tmp_path):
    path = tmp_path / "a.safetensors"
    nn.save({"x": 1.0}, path, metadata={"about": "a number", "größe": "1"})
    assert nn.load_metadata(path) == {"about": "a number", "größe": "1"}
    nn.save({"x": 1.0}, path)
    assert nn.load_metadata(path) == {}


# ---------------------------------------------------------------------- PyTorch and the format


def test_the_file_is_laid_out_as_the_format_says(tmp_path):
    path = tmp_path / "a.safetensors"
    nn.save({"x": [[1.5, -2.0, 3.0]]}, path)
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    assert header["x"] == {"dtype": "F64", "shape": [1, 3], "data_offsets": [0, 24]}
    assert struct.unpack("<3d", data[8 + length :]) == (1.5, -2.0, 3.0)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_files_of_pytorch_load(dtype, tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    from safetensors.torch import save_file

    theirs = torch.nn.Linear(3, 2).to(getattr(torch, dtype))
    save_file(theirs.state_dict(), str(tmp_path / "theirs.safetensors"))
    ours = nn.Linear(3, 2)
    ours.load_state_dict(nn.load(tmp_path / "theirs.safetensors"))
    assert ours.state_dict() == {name: tensor.tolist() for name, tensor in theirs.state_dict().items()}


def test_pytorch_loads_our_files(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    from safetensors.torch import load_file

    ours = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
    nn.save(ours, tmp_path / "ours.safetensors")
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU()).double()
    theirs.load_state_dict(load_file(str(tmp_path / "ours.safetensors")))
    x = [0.5, -1.0, 2.0]
    expected = theirs(torch.tensor(x, dtype=torch.float64)).tolist()
    assert [value.data for value in ours(x)] == pytest.approx(expected, rel=1e-14)


# ---------------------------------------------------------------------- whole or not at all


@pytest.mark.parametrize("function", ["fsync", "replace", "open"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "Ctrl-C"])
def test_a_write_that_fails_leaves_the_old_file_whole_and_no_other(function, error, tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    nn.save({"x": 1.0}, path)

    def fail(*args, **kwargs):
        raise error

    with monkeypatch.context() as patch:
        if function != "fsync":
            patch.setattr(f"pathlib.Path.{function}", fail)
        else:
            patch.setattr(os, function, fail)
        with pytest.raises(type(error)):
            nn.save({"x": 2.0}, path)
    assert nn.load(path) == {"x": 1.0}
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_saved_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "model.safetensors"
    nn.save({"x": 1.0}, path)
    with pytest.raises(ValueError, match="x has rows of different shapes"):
        nn.save({"x": [[1.0], [2.0, 3.0]]}, path)
    assert nn.load(path) == {"x": 1.0}


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_others_may_read_the_file_as_any_other(tmp_path):
    (tmp_path / "plain").write_text("")
    nn.save({"x": 1.0}, tmp_path / "model.safetensors")
    modes = {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.safetensors", tmp_path / "link.safetensors"
    nn.save({"x": 1.0}, real)
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("no symbolic links here")
    nn.save({"x": 2.0}, link)
    assert link.is_symlink()
    assert nn.load(real) == {"x": 2.0}


# ---------------------------------------------------------------------- errors


def truncated(path):
    nn.save(nn.Linear(4, 4), path)
    path.write_bytes(path.read_bytes()[:-5])


def cut_in_the_header(path):
    nn.save(nn.Linear(4, 4), path)
    path.write_bytes(path.read_bytes()[:20])


def of_integers(path):
    from safetensors.numpy import save_file

    save_file({"steps": np.array([1, 2])}, str(path))


def of_brain_floats(path):
    header = json.dumps({"w": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + b"\x80\x3f")


@pytest.mark.parametrize(
    ("prepare", "error", "message"),
    [
        (lambda path: None, FileNotFoundError, r"there is no file .*a\.safetensors to load"),
        (lambda path: path.mkdir(), FileNotFoundError, r"there is no file .*a\.safetensors to load"),
        (truncated, ValueError, r"a\.safetensors is not a whole safetensors file .*cut short"),
        (cut_in_the_header, ValueError, r"a\.safetensors is not a whole safetensors file"),
        (lambda path: path.write_bytes(b""), ValueError, r"a\.safetensors is not a whole safetensors file"),
        (lambda path: path.write_bytes(b"\x80\x04}."), ValueError, r"a\.safetensors is not a whole safetensors file"),
        (lambda path: path.write_text("x" * 100), ValueError, r"a\.safetensors is not a whole safetensors file"),
        (of_integers, ValueError, r"steps in .*a\.safetensors has numbers of type I64, expected one of F64, F32, F16"),
        (of_brain_floats, ValueError, r"w in .*a\.safetensors has numbers of type BF16"),
    ],
)
def test_files_that_cannot_be_loaded(prepare, error, message, tmp_path):
    prepare(tmp_path / "a.safetensors")
    with pytest.raises(error, match=message) as info:
        nn.load(tmp_path / "a.safetensors")
    assert "\n" not in str(info.value)
    assert info.value.__suppress_context__ or info.value.__context__ is None


def test_a_state_that_does_not_fit_names_its_file_and_what_differs(tmp_path):
    nn.save({"weight": [[1.0, 2.0, 3.0]], "gain": 1.0}, tmp_path / "old.safetensors")
    model = nn.Linear(2, 1)
    before = model.state_dict()
    with pytest.raises(
        ValueError,
        match=r"the state in .*old\.safetensors does not fit Linear: it lacks bias; Linear has no gain; "
        r"weight has shape \(1, 3\) there and \(1, 2\) here",
    ):
        model.load_state_dict(nn.load(tmp_path / "old.safetensors"))
    assert model.state_dict() == before


@pytest.mark.parametrize(
    ("model", "options", "error", "message"),
    [
        (nn.ReLU(), {}, ValueError, "ReLU has no parameters, so there is nothing to save"),
        ({}, {}, ValueError, "nothing to save"),
        ([1.0], {}, TypeError, "save takes a module or a state dict, got list"),
        ({"x": 1.0}, {"metadata": {"epochs": 3}}, TypeError, "metadata must be texts by name, got 'epochs': 3"),
    ],
)
def test_what_cannot_be_saved(model, options, error, message, tmp_path):
    with pytest.raises(error, match=message):
        nn.save(model, tmp_path / "a.safetensors", **options)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there(tmp_path):
    message = r"there is no folder .*nowhere to save a\.safetensors in; make it first"
    with pytest.raises(FileNotFoundError, match=message):
        nn.save({"x": 1.0}, tmp_path / "nowhere" / "a.safetensors")


@pytest.mark.parametrize("missing", ["numpy", "safetensors.numpy"])
def test_a_missing_library_is_named_with_the_extra_that_brings_it(missing, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "stepgrad\[nn\]"') as info:
        nn.save({"x": 1.0}, tmp_path / "a.safetensors")
    assert missing in str(info.value)


def test_a_folder_is_no_file_to_save_to(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder, expected a file to write; add a name such as"):
        nn.save(nn.Linear(1, 1), tmp_path)
