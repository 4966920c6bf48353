"""Options that are whole numbers: those of NumPy are welcome, bools, floats and texts are refused in one sentence.

Every public callable is looked through, and each option that is annotated as an integer needs a row in `EXAMPLES`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
import re
import sys
from types import ModuleType

import pytest
from integer_examples import EXAMPLES, NO_OPTIONS

import autograd
import autograd.testing
import nn
from autograd import Value
from nn.init.checks import Generator

numpy = pytest.importorskip("numpy", reason='NumPy is not installed: pip install "stepgrad[nn]"')

# ---------------------------------------------------------------------- no option is without one


def public_callables():
    """The public functions and classes, each once, under the first name they are found by."""
    modules = [importlib.import_module(module.name) for module in pkgutil.walk_packages(nn.__path__, "nn.")]
    rooms = [thing for thing in (getattr(nn, name) for name in nn.__all__) if isinstance(thing, ModuleType)]
    rooms += [module for module in modules if hasattr(module, "__all__") and module not in rooms]
    found = {}
    for room in [autograd, autograd.testing, nn, *rooms]:
        # Reductions and rows of the table are functions of autograd without standing in its __all__.
        listed = dir(autograd) if room is autograd else getattr(room, "__all__", vars(room))
        for name in listed:
            thing = getattr(room, name)
            home = str(getattr(thing, "__module__", ""))
            ours = home.split(".")[0] in ("autograd", "nn") and (hasattr(room, "__all__") or home == room.__name__)
            if callable(thing) and ours and not name.startswith("_") and thing not in found.values():
                found[f"{room.__name__}.{name}"] = thing
    return found


def integer_options(callables):
    """The parameters whose annotation mentions int, as ``"nn.Linear(in_features)"``, with the annotation."""
    found = {}
    for name, thing in callables.items():
        try:
            parameters = inspect.signature(thing).parameters.values()
        except ValueError:  # of an exception
            continue
        for parameter in parameters:
            namespace = vars(sys.modules[thing.__module__])
            text = str(parameter.annotation)
            # A name may stand for more, as Generator does for random.Random | int | None.
            text += "".join(f" {namespace[word]}" for word in re.findall(r"\w+", text) if word in namespace)
            if re.search(r"\bint\b", text):
                found[f"{name}({parameter.name})"] = text
    return found


def without_example(callables):
    """A sentence for each option that has no example, with the line that is missing."""
    sentences = []
    for key in integer_options(callables):
        if key not in EXAMPLES and key not in NO_OPTIONS:
            name, parameter = key.rstrip(")").split("(")
            sentences.append(
                f"{key} takes an integer; check it with autograd.core.number.whole_number, and add to EXAMPLES the "
                f'line "{key}": (2, lambda n: {name}({parameter}=n)), with what else it needs'
            )
    return sentences


OPTIONS = integer_options(public_callables())


def test_every_integer_option_has_an_example():
    missing = without_example(public_callables())
    assert not missing, "\n".join(missing)
    stale = (EXAMPLES.keys() | NO_OPTIONS.keys()) - OPTIONS.keys()
    assert not stale, f"no such options; take these lines out: {sorted(stale)}"


def test_a_new_option_is_found():
    def plain(x: float, count: int): ...

    class Made:
        def __init__(self, seed: Generator = None, sizes: tuple[int, ...] = ()): ...

    class Float:
        def __init__(self, x: float, name: str): ...

    found = without_example({"nn.plain": plain, "nn.Made": Made, "nn.Float": Float})
    assert len(found) == 3
    assert 'add to EXAMPLES the line "nn.plain(count)": (2, lambda n: nn.plain(count=n))' in found[0]
    assert found[1].startswith("nn.Made(seed) takes an integer")
    assert found[2].startswith("nn.Made(sizes) takes an integer")


# ---------------------------------------------------------------------- what they take


def described(thing, seen=None):
    """All that a thing holds, to be compared; nothing in it may be of NumPy."""
    assert not isinstance(thing, numpy.generic | numpy.ndarray), f"a {type(thing).__name__} is left: {thing!r}"
    if thing is None or isinstance(thing, bool | int | float | str):
        return repr(thing)
    if isinstance(thing, Value):
        return "Value", repr(thing.data), repr(thing.grad)
    if isinstance(thing, random.Random):
        return thing.getstate()
    if isinstance(thing, ModuleType) or (callable(thing) and hasattr(thing, "__qualname__")):
        return thing.__name__
    seen = {} if seen is None else seen
    if id(thing) in seen:
        return "again"
    seen[id(thing)] = thing  # held, so that nothing new gets its id
    if isinstance(thing, dict):
        return [(described(key, seen), described(part, seen)) for key, part in thing.items()]
    if isinstance(thing, list | tuple | set | frozenset):
        return type(thing).__name__, [described(part, seen) for part in thing]
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    held = {**getattr(thing, "__dict__", {}), **{name: getattr(thing, name) for name in slots if hasattr(thing, name)}}
    return type(thing).__name__, described(held, seen)


def test_what_is_of_numpy_is_seen():
    loader = nn.data.DataLoader([1, 2, 3])
    described(loader)
    loader.batch_size = numpy.int64(1)
    with pytest.raises(AssertionError, match="a int64 is left"):
        described([loader])


@pytest.mark.parametrize("option", EXAMPLES)
def test_whole_numbers_of_numpy_change_nothing(option):
    number, call = EXAMPLES[option]
    results = []
    for same in (number, numpy.int64(number), numpy.int8(number)):
        random.seed(0)
        results.append(described(call(same)))
    assert results[0] == results[1] == results[2]


def name_in_errors(option):
    """What an error calls the option: its own name, but for one in a list and for seeds."""
    name = option.rstrip(")").split("(")[1]
    others = {"nouts": "nout", "milestones": "each milestone", "seed": "(a )?seed"}
    others |= dict.fromkeys(("random_state", "generator"), "a seed")
    return others.get(name, name)


def wrong_numbers():
    """Each option with each thing that it should refuse: None and texts only where they mean nothing."""
    for option in EXAMPLES:
        annotation = OPTIONS.get(option, "")
        yield from ((option, wrong) for wrong in (True, 2.5, numpy.float64(2.0), numpy.True_))
        yield from ((option, "2") for _ in range(not re.search(r"\bstr\b", annotation)))
        yield from ((option, None) for _ in range("None" not in annotation))


@pytest.mark.parametrize(("option", "wrong"), list(wrong_numbers()), ids=repr)
def test_what_is_no_whole_number_is_refused(option, wrong):
    sentence = rf"^{name_in_errors(option)}\b.* must be a whole number.*, got {re.escape(repr(wrong))}"
    with pytest.raises((TypeError, ValueError), match=sentence):
        EXAMPLES[option][1](wrong)
