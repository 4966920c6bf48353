"""Save and load the numbers of a model as a safetensors file, which PyTorch reads and writes as well.

A file holds numbers and names, no code: opening one runs nothing. A temporary file is written and then renamed, so
that a write that fails leaves an old file as it was.

    >>> import random, tempfile
    >>> from pathlib import Path
    >>> from nn import Linear
    >>> random.seed(0)
    >>> model, other = Linear(2, 1), Linear(2, 1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, Path(folder, "line.safetensors"), metadata={"unit": "cm"})
    ...     _ = other.load_state_dict(load(Path(folder, "line.safetensors")))
    ...     load_metadata(Path(folder, "line.safetensors"))
    {'unit': 'cm'}
    >>> other([1.0, 2.0])[0].data == model([1.0, 2.0])[0].data
    True

Format: https://huggingface.co/docs/safetensors. Needs NumPy and safetensors: ``pip install "stepgrad[nn]"``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograd.files import new_file
from nn.modules.module import Module, State
from nn.nested import each, shape_of
from nn.states import saved_number

# The names of the format, in double precision down to half.
_FLOATS = ("F64", "F32", "F16")


class SavedState(dict[str, Any]):
    """A state dict that knows which file it is from, for the messages of `Module.load_state_dict`.

    Args:
        state: the numbers by name.
        path: the file.
    """

    def __init__(self, state: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
        super().__init__(state)
        self.path = path


def save(
    model: Module | Mapping[str, Any], path: str | os.PathLike[str], *, metadata: Mapping[str, str] | None = None
) -> None:
    """Write the parameters of a model to a safetensors file, in double precision.

    Args:
        model: a module, or a state dict: numbers, nested sequences or arrays of them, by name.
        path: the file, usually with the ending .safetensors. An existing file is replaced.
        metadata: texts by name to go with the numbers, such as a `StandardScaler` as JSON,
            ``{"scaler": json.dumps(scaler.state_dict())}``; `load_metadata` reads them.

    Raises:
        ValueError: if there is nothing to save, a tensor is not of one shape, or has something that is not a number.
        TypeError: if `model` is neither a module nor a state dict, or the metadata are not strings.
        OSError: if the folder does not exist or cannot be written to, or the path is that of a folder.
        ModuleNotFoundError: if NumPy or safetensors is not installed.
    """
    numpy, safetensors = _libraries()
    if not isinstance(model, Module | Mapping):
        raise TypeError(f"save takes a module or a state dict, got {type(model).__name__}")
    state = model.state_dict() if isinstance(model, Module) else model
    if not state:
        raise ValueError(f"{type(model).__name__} has no parameters, so there is nothing to save")
    for name, text in (metadata or {}).items():
        if not (isinstance(name, str) and isinstance(text, str)):
            raise TypeError(f"metadata must be texts by name, got {name!r}: {text!r}; convert it to a text")
    tensors = {}
    for name, numbers in state.items():
        shape = shape_of(numbers)
        if not all(isinstance(length, int) for length in shape):
            raise ValueError(f"{name} has rows of different shapes, {shape}, which a tensor cannot have")
        floats = each(lambda number, name=name: saved_number(number, name), numbers)
        tensors[name] = numpy.array(floats, dtype=numpy.float64)
    _write(path, safetensors.numpy.save(tensors, dict(metadata) if metadata else None))


def load(path: str | os.PathLike[str]) -> State:
    """The state dict in a safetensors file, for `Module.load_state_dict`; `load_metadata` reads its metadata.

    Args:
        path: a file that `save` or ``safetensors.torch.save_file`` wrote, of 64, 32 or 16 bit floating-point numbers.

    Returns:
        Numbers or nested lists of them, by name.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not a whole safetensors file, or has numbers of another type.
        ModuleNotFoundError: if NumPy or safetensors is not installed.
    """
    state: State = {}
    with _opened(path) as file:
        for name in file.keys():  # noqa: SIM118  (an open file is no mapping)
            dtype = file.get_slice(name).get_dtype()
            if dtype not in _FLOATS:
                raise ValueError(
                    f"{name} in {os.fspath(path)} has numbers of type {dtype}, expected one of {', '.join(_FLOATS)}; "
                    "save it as float32 or float64"
                )
            state[name] = file.get_tensor(name).tolist()
    return SavedState(state, path)


def load_metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """The metadata in a safetensors file.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not a whole safetensors file.
        ModuleNotFoundError: if NumPy or safetensors is not installed.
    """
    with _opened(path) as file:
        return dict(file.metadata() or {})


def _libraries() -> tuple[Any, Any]:
    """NumPy and safetensors, which are imported only where they are used."""
    try:
        import numpy
        import safetensors.numpy
    except ImportError as error:
        raise ModuleNotFoundError(
            f'saving and loading need {error.name}, which is not installed: pip install "stepgrad[nn]"'
        ) from None
    return numpy, safetensors


def _opened(path: str | os.PathLike[str]) -> Any:
    _, safetensors = _libraries()
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {os.fspath(path)} to load; check the folder and the name")
    try:
        return safetensors.safe_open(path, framework="numpy")
    except safetensors.SafetensorError as error:
        raise ValueError(
            f"{os.fspath(path)} is not a whole safetensors file ({error}); it was cut short or is of another kind"
        ) from None


def _write(path: str | os.PathLike[str], data: bytes) -> None:
    folder = Path(path).parent
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder} to save {Path(path).name} in; make it first")
    if Path(path).is_dir():
        raise IsADirectoryError(
            f"{os.fspath(path)} is a folder, expected a file to write; add a name such as model.safetensors"
        )
    with new_file(path, binary=True) as file:
        file.write(data)
