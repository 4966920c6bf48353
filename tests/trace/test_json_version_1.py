"""Traces that earlier releases saved are read: tests/trace/trace_version_1.json was written by one of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograd.stepper.page import page_of
from autograd.trace.as_json import number
from autograd.trace.trace import Trace

OLDER = Path(__file__).with_name("trace_version_1.json").read_text(encoding="utf-8")


def older():
    return json.loads(OLDER)


def test_every_field_of_an_older_file_is_in_the_trace():
    trace, written = Trace.from_json(OLDER), older()
    for node, was in zip(trace.nodes, written["nodes"], strict=True):
        now = node._asdict()
        assert now.pop("position") == written["nodes"].index(was)
        for name in ("data", "grad"):
            now[name] = number(now[name])
        assert now.pop("is_parameter") is False  # older files do not know them
        now["groups"] = [*node.groups]
        now["operands"] = [{"node": x} if isinstance(x, int) else {"constant": number(x)} for x in node.operands]
        assert now == was
    for step, was in zip(trace.steps, written["steps"], strict=True):
        now = step._asdict()
        assert now.pop("number") == 1 + written["steps"].index(was)
        for name in ("upstream", "local", "product", "before", "after"):
            now[name] = number(now[name])
        assert now == {**was, "node": trace.nodes[was["node"]], "operand": trace.nodes[was["operand"]]}
    formulas = {
        str(position): {
            "forward": formulas.forward._asdict(),
            "partials": [partial and partial._asdict() for partial in formulas.partials],
        }
        for position, formulas in trace.formulas.items()
    }
    assert formulas == written["formulas"]
    assert trace.source._asdict() == {**written["source"], "lines": tuple(written["source"]["lines"])}
    assert [*trace.forward] == written["forward"]
    assert {"$w-1", "h"} <= {node.name for node in trace.nodes}


def test_an_older_file_is_written_in_the_new_format_and_read_again():
    trace = Trace.from_json(older())
    document = trace.to_json()
    assert document["version"] == 2
    again = Trace.from_json(json.dumps(document))
    assert again.to_json() == document
    for one, other in ((again.nodes, trace.nodes), (again.steps, trace.steps)):
        assert str([tuple(part) for part in one]) == str([tuple(part) for part in other])
    assert again.formulas == trace.formulas
    assert "</html>" in page_of(trace)


def test_the_programs_of_an_older_file_are_not_read():
    with_programs = {**older(), "programs": {"mul:1,1": {"forward": "alert(1)"}}}
    assert Trace.from_json(with_programs).programs == Trace.from_json(older()).programs
    assert Trace.from_json(with_programs).to_json() == Trace.from_json(older()).to_json()


def changed(change):
    written = older()
    change(written)
    return written


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (changed(lambda t: t.pop("steps")), "this is not a trace as .* gives it: steps is missing"),
        (changed(lambda t: t["nodes"].pop()), "result must be 6, the position of the last node, got 7"),
        (changed(lambda t: t["nodes"][3].update(data="x")), r"nodes\[3\].data must be a number, .*, got 'x'"),
        (changed(lambda t: t["nodes"][3].update(name=5)), r"nodes\[3\].name must be a text, got 5"),
        (changed(lambda t: t["nodes"][3].update(consumers="2")), r"nodes\[3\].consumers must be a whole number .*'2'"),
        (changed(lambda t: t["nodes"][3].update(consumers=2)), r"nodes\[3\].consumers must be 1, how often it is an"),
        (changed(lambda t: t["nodes"][3].update(grad=10**400)), r"nodes\[3\].grad must be a number that fits a float"),
        (changed(lambda t: t["nodes"][2]["operands"][0].update(node=7)), "an earlier node, below 2, got 7"),
        (changed(lambda t: t["nodes"][2]["operands"][0].update(node=-1)), "a whole number of at least 0, got -1"),
        (changed(lambda t: t["nodes"][2].update(op="")), r"nodes\[2\].op must be the operation on its operands"),
        (changed(lambda t: t["nodes"][2].update(groups=[2])), r"groups must be \[1, 1\], the .* of mul, got \[2\]"),
        (changed(lambda t: t["nodes"][2].update(line=1)), r"nodes\[2\].line must be the number of a line"),
        (changed(lambda t: t["steps"][0].update(local="two")), r"steps\[0\].local must be a number"),
        (changed(lambda t: t["steps"][0].update(node=8)), r"steps\[0\].node must be the position of a node, below 8"),
        (changed(lambda t: t["steps"][0].update(slot=2)), r"steps\[0\].slot must be that of an operand node"),
        (changed(lambda t: t["steps"].insert(0, t["steps"][0])), r"steps\[1\].slot must be .* that had no step yet"),
        (changed(lambda t: t["steps"].reverse()), r"steps\[0\].node must be a node whose own gradient is complete"),
        (changed(lambda t: t["steps"].pop()), "the length of steps must be 12"),
        (changed(lambda t: t["forward"].reverse()), r"forward\[0\] must be 2"),
        (changed(lambda t: t["seed"].update(gradient=2)), r"seed.gradient must be 1.0"),
        (changed(lambda t: t["formulas"].pop("2")), r"formulas.2 is missing"),
        (changed(lambda t: t["formulas"]["2"]["partials"].pop()), "the length of formulas.2.partials must be 2"),
        (changed(lambda t: t["formulas"].update({"0": t["formulas"]["2"]})), "positions of results as names, got '0'"),
        (changed(lambda t: t.update(extra=1)), "it must have no fields but .*, got one called 'extra'"),
    ],
    ids=range(24),
)
def test_what_is_no_older_trace_is_said_in_one_sentence(written, message):
    with pytest.raises(ValueError, match=message) as error:
        Trace.from_json(written)
    assert len(str(error.value).splitlines()) == 1
