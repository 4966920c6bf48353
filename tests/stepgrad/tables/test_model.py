"""The two files of a model, and every way in which they can be damaged."""

from __future__ import annotations

import copy
import json
import random
import re
import shutil

import pytest
from terminal import refused, typed

from autograd.schema import parse

pytest.importorskip("safetensors", reason="models are saved as safetensors")


@pytest.fixture
def damaged(run, tmp_path):
    """Copies a run and writes other bytes into one of its files; gives the folder."""
    folder = shutil.copytree(run, tmp_path / "copy")

    def damage(file, change):
        (folder / file).write_bytes(change((run / file).read_bytes()))
        return folder

    return damage


@pytest.fixture(scope="session")
def new(tmp_path_factory):
    """Two flowers."""
    path = tmp_path_factory.mktemp("new") / "new.csv"
    path.write_text("sepal length,sepal width,petal length,petal width\n5.1,3.5,1.4,0.2\n6.3,3.3,6,2.5\n")
    return path


@pytest.mark.parametrize(
    ("file", "damage", "message"),
    [
        ("model.json", lambda data: data[: len(data) // 2], "this is not JSON that can be read"),
        ("model.json", lambda data: b"", "this is not JSON that can be read"),
        ("model.json", lambda data: b"\xff" + data, "it is not UTF-8 text"),
        ("model.json", lambda data: b"[" * 100_000, "this is not JSON that can be read: it is nested too deeply"),
        ("model.json", lambda data: b'{"format": ' + b"9" * 10_000 + b"}", "an integer in it is too long"),
        ("model.json", lambda data: b"{}", "format is missing"),
        ("model.json", lambda data: b"[]", "it must be an object with named fields, got a list of 0 elements"),
        ("model.json", lambda data: data.replace(b'"format": 2', b'"format": 3'), "it is of format 3, but"),
        ("model.json", lambda data: re.sub(rb'"hidden": \[\s*16,', b'"hidden": [8,', data), r"0.weight has shape"),
        ("model.json", lambda data: data.replace(b'"setosa"', b'"virginica"', 1), "got 'virginica' twice"),
        ("model.json", lambda data: data.replace(b'"setosa"', b'"sethosa"', 1), "with which model.json was written"),
        ("model.safetensors", lambda data: data[: len(data) // 2], "is not a whole safetensors file"),
        ("model.safetensors", lambda data: b"", "is not a whole safetensors file"),
        ("model.safetensors", lambda data: data[:-1] + bytes([data[-1] ^ 1]), "with which model.json was written"),
        ("model.safetensors", lambda data: data[:-8] + b"\0\0\0\0\0\0\xf0\x7f", "with which model.json was written"),
    ],
)
def test_a_damaged_model_is_one_clear_sentence(damaged, iris, tmp_path, capsys, file, damage, message):
    err = refused(capsys, "predict", damaged(file, damage), iris, "--out", tmp_path / "out.csv")
    assert message in err and "train again" in err
    assert not (tmp_path / "out.csv").exists()


def places(data, path=()):
    """The paths to all parts of some JSON."""
    yield path
    if isinstance(data, dict | list):
        for key, part in data.items() if isinstance(data, dict) else enumerate(data):
            yield from places(part, (*path, key))


OTHERS = [
    None,
    True,
    -1,
    0,
    1,
    10**9,
    10**400,
    0.5,
    -0.0,
    1e300,
    "",
    "x",
    [],
    [None],
    [10**9],
    ["x", "x"],
    {},
    {"a": 1},
]
KINDS = [
    *(lambda _, other=other: other for other in OTHERS),
    lambda part: [part],
    lambda part: {**part, "unknown": 1} if isinstance(part, dict) else str(part),
    lambda part: [*part, part[-1]] if isinstance(part, list) else part,
    lambda part: part[:-1] if isinstance(part, list) else part,
    lambda part: part[::-1] if isinstance(part, list | str) else part,
    lambda part: part + 1 if isinstance(part, int | float) else part,
    ...,  # taken out
]


def changed(data, path, kind):
    """A copy in which one part is another."""
    whole = copy.deepcopy({"": data})
    owner, key = whole, ""
    for step in path:
        owner, key = owner[key], step
    if kind is ...:
        del owner[key]
    else:
        owner[key] = kind(owner[key])
    return whole.get("")


@pytest.fixture(scope="session", params=["classification", "regression"])
def small(request, tmp_path_factory):
    """The folder of a run with columns of both kinds that have a filling, and a table to predict for."""
    folder = tmp_path_factory.mktemp("small")
    rows = [f"{'red' if k % 2 else 'blue'},{k}" for k in range(20)]
    target = (lambda k: "yn"[k % 2]) if request.param == "classification" else (lambda k: f"{k}.5")
    text = "\n".join(["color,size,kind", *(f"{row},{target(k)}" for k, row in enumerate(rows))])
    (folder / "data.csv").write_text(text)
    (folder / "new.csv").write_text("color,size\nred,3\n,?\n")
    return folder


def test_a_model_in_which_anything_is_changed_is_refused_in_one_sentence_or_predicts_as_before(small, capsys):
    run, new = small / "run", small / "new.csv"
    arguments = ["--target", "kind", "--missing", "mean", "--hidden", "2", "--epochs", "1", "--quiet", "--out", run]
    assert typed(capsys, "train", small / "data.csv", *arguments)[0] == 0
    path = run / "model.json"
    saved = path.read_text()
    data = json.loads(saved)
    expected = typed(capsys, "predict", run, new)
    assert expected[0] == 0
    # Half of all for classification, the other half for regression.
    tried = [(place, kind) for place in places(data) for kind in KINDS][data["task"] == "regression" :: 2]
    assert len(tried) > 300
    kept = 0
    for place, kind in tried:
        path.write_text(json.dumps(changed(data, place, kind)) if place or kind is not ... else "")
        code, out, err = typed(capsys, "predict", run, new)
        if code == 0:
            assert (code, out, err) == expected, (place, kind)
            kept += 1
        else:
            assert (code, out) == (2, ""), (place, kind)
            assert re.fullmatch(r"stepgrad: [^\n]*; (train again|pass a run folder)\n", err), (place, kind, err)
    assert kept < len(tried) / 5
    path.write_text(saved)
    generator = random.Random(0)
    for _ in range(60):  # any byte
        place = generator.randrange(len(saved))
        path.write_text(saved[:place] + generator.choice('{}[],:"0x -') + saved[place + 1 :])
        code, out, err = typed(capsys, "predict", run, new)
        same = (code, out, err) == expected
        assert same or (code == 2 and out == "" and err.count("\n") == 1), (place, err)


def test_the_field_that_is_wrong_is_named(damaged, iris, capsys):
    for place, other, message in [
        (("target",), None, "target must be an object with named fields, got None"),
        (("features",), "x", "features must be a list, got 'x'"),
        (("features", 1, "mean"), "1", "features[1].mean must be a finite number, got '1'"),
        (("features", 2, "scale"), 0, "features[2].scale must be above 0, got 0.0"),
        (("features", 0, "kind"), "date", "features[0].kind must be 'number' or 'category', got 'date'"),
        (("target", "categories"), ["a", 3], "target.categories[1] must be a text, got 3"),
        (("network", "hidden"), [10**9], "network.hidden[0] must be a whole number from 1 to 100000, got 1000000000"),
        (("network", "activation"), "sin", "network.activation must be "),
        (("task",), "regression", "task must be 'classification' for this target, got 'regression'"),
        (("extra",), 1, "it must have no fields but format, "),
    ]:
        damage = lambda text, place=place, other=other: json.dumps(  # noqa: E731
            changed(parse(text), place, lambda _: other) if place != ("extra",) else {**parse(text), "extra": other}
        ).encode()
        assert message in refused(capsys, "predict", damaged("model.json", damage), iris)
