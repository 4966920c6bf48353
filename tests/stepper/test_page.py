"""The page of a trace as text: complete, harmless, the same at every run. The browser's tests are in tests/browser."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from importlib.resources import files

import pytest
from elements import Elements

from autograd import Value, step_through
from autograd.core.engine import apply
from autograd.core.ops import TABLE
from autograd.stepper.page import DRAWN, embedded, page_of
from autograd.stepper.script import SCRIPTS, style
from autograd.stepper.static import static_output
from autograd.stepper.svg import svg_of_trace
from autograd.symbols import format_number, javascript_of
from autograd.trace.trace import Trace


def neuron():
    x1, x2, w1, w2 = Value(2.0, "x1"), Value(0.0, "x2"), Value(-3.0, "w1"), Value(1.0, "w2")
    return (x1 * w1 + x2 * w2 + Value(6.8813735870195432, "b")).tanh()


def page(result):
    return page_of(step_through(result))


def test_a_notebook_output_is_small_beside_its_trace():
    trace = step_through(neuron())
    frame, data = embedded(trace).encode(), json.dumps(trace.to_json()).encode()
    assert len(frame) - len(data) < 250_000
    assert len(gzip.compress(frame)) - len(gzip.compress(data)) < 80_000


def test_the_page_is_the_same_at_every_run():
    assert page(neuron()) == page(neuron())
    assert page(neuron()) != page(neuron() + 1.0)


def test_nothing_comes_from_elsewhere():
    elements = Elements(page(neuron())).found
    for tag, attributes in elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "a", "use", "image")
        assert not {"src", "href", "xlink:href", "action", "data", "formaction"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
    policy = next(a["content"] for tag, a in elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "url(" not in page(neuron())
    assert "@import" not in page(neuron())


def test_every_id_is_unique_and_belongs_to_this_trace():
    ids = [attributes["id"] for _, attributes in Elements(page(neuron())).found if "id" in attributes]
    assert len(ids) == len(set(ids))
    section = next(name for name in ids if re.fullmatch(r"stepgrad-[0-9a-f]{10}", name))
    assert all(name.startswith(section) for name in ids)
    assert f"{section}-node-9" in ids


def test_the_trace_can_be_read_back_from_the_page():
    trace = step_through((Value(0.0, "x</script>&\u2028") / 0.0) * -0.0)
    text = page_of(trace)
    inside = re.search(r'<script type="application/json" class="trace">(.*?)</script>', text, re.DOTALL)[1]
    assert inside.isascii()
    assert json.loads(inside) == trace.to_json()


def test_the_numbers_of_the_engine_are_in_the_page_without_its_script():
    trace = step_through(neuron())
    text = re.sub("<script.*?</script>", "", page(neuron()), flags=re.DOTALL)
    for node in trace.nodes:
        data, grad = (format_number(x).replace("-", "−") for x in (node.data, node.grad))
        assert re.search(rf'<tr data-node="{node.position}">.*?>{data}</td><td class="grad">{grad}</td>', text)
    assert text.count("<li data-step") == len(trace.steps)


def test_the_picture_has_the_minus_signs_of_the_page_and_leaves_names_alone():
    svg = svg_of_trace(step_through((Value(-2.0, "a-b") * Value(3.0, "c")) * -1e-9))
    assert not re.search(r'<text class="(data|grad|number)"[^>]*>[^<]*-', svg)
    for text in (">−2<", ">−1e−09<", ">the constant −1e−09<", ">a-b<"):
        assert text in svg


def test_hostile_text_is_escaped_wherever_it_stands():
    label = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
    data = step_through(Value(1.0, label[:38]).exp()).to_json()
    data["source"] = {"name": label, "first": 1, "lines": [label, "\tx\0"]}
    data["modules"] = [label]
    data["operations"][0]["symbol"] = label
    data["formulas"][0]["text"] = label
    elements = Elements(page_of(Trace.from_json(data)))
    assert not [tag for tag, _ in elements.found if tag == "img"]
    assert sum(tag == "script" for tag, _ in elements.found) == 4
    assert label in elements.texts
    assert "    x�" in elements.texts


def test_the_frame_holds_the_page_and_may_run_scripts_only():
    trace = step_through(neuron())
    frame = embedded(trace, height=700)
    tag, attributes = Elements(frame).found[0]
    assert tag == "iframe"
    assert attributes["sandbox"] == "allow-scripts"
    assert "height:700px" in attributes["style"]
    assert html.unescape(re.search("srcdoc='([^']*)'", frame)[1]) == attributes["srcdoc"]
    own, other = (
        re.findall("<script.*?</script>|<style>.*?</style>", re.sub("stepgrad-[0-9a-f]{10}", "", text), re.DOTALL)
        for text in (attributes["srcdoc"], page(neuron()))
    )
    assert len(own) == 6
    assert own == other


def test_where_frames_are_stripped_the_static_form_is_left():
    trace = step_through(neuron() * Value(2.0, "</iframe><b>"))
    left = re.sub("<iframe.*?>(.*)</iframe>.*", r"\1", embedded(trace), flags=re.DOTALL)
    assert left == static_output(trace)


def test_no_text_of_a_file_becomes_code():
    json = step_through(Value(1.0, "x").exp()).to_json()
    json["nodes"]["label"] = ["EVIL", "EVIL"]
    json["operations"][0] |= {"op": "EVIL:1", "symbol": "EVIL"}
    json["formulas"][0] |= {"text": "EVIL", "latex": "EVIL", "mathml": "EVIL"}
    text = page_of(Trace.from_json(json))
    assert "EVIL" not in code_of(text)
    assert "const programs = {  };" in code_of(text)


def code_of(text):
    """What a browser runs of a page."""
    return "".join(re.findall(r"<script>(.*?)</script>", text, re.DOTALL))


def test_only_scripts_with_their_hashes_in_the_policy_are_in_the_page():
    for text in (page(neuron()), page(neuron() * Value(2.0, "</script><script>alert(1)</script>"))):
        elements = Elements(text)
        policy = next(a["content"] for tag, a in elements.found if a.get("http-equiv") == "Content-Security-Policy")
        directives = dict(part.split(maxsplit=1) for part in policy.split("; "))
        assert directives == {
            "default-src": "'none'",
            "script-src": directives["script-src"],
            "style-src": "'unsafe-inline'",
            "base-uri": "'none'",
            "form-action": "'none'",
        }
        scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        assert all(script.isascii() and "\n" not in script for script in scripts)
        digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
        assert directives["script-src"] == " ".join(f"'sha256-{digest}'" for digest in digests)
        kinds = [attributes for tag, attributes in elements.found if tag == "script"]
        data = [{"type": "application/json", "class": kind} for kind in ("trace", "words")]
        assert kinds == [{}, *data, {}]


def test_every_operation_of_the_table_is_code_in_the_page():
    for op in TABLE.values():
        lengths = [3] * op.vectors + [1] * (op.arity - op.vectors)
        xs = op.grouped([Value(0.4 + 0.1 * i, f"x{i}") for i in range(sum(lengths))])
        text = code_of(page(apply(op, *xs)))
        assert javascript_of(op, lengths)["forward"] in text


def test_a_trace_too_long_for_a_page_says_so(tmp_path, monkeypatch):
    trace = step_through(neuron() * 2.0)
    monkeypatch.setattr("autograd.trace.trace.MAX_SHOWN", 10)
    for write in (trace.to_html, lambda: trace.save_html(tmp_path / "page.html")):
        with pytest.raises(
            ValueError, match="the Trace of v6: 11 nodes, 10 backward steps is too large for a browser to step through"
        ):
            write()
    assert not [*tmp_path.iterdir()]
    assert "too many to show" in trace._repr_mimebundle_()["text/plain"]
    monkeypatch.setattr("autograd.trace.trace.MAX_SHOWN", 11)
    assert "</html>" in trace.to_html()


def test_a_large_graph_adds_few_bytes_for_each_edge():
    """What follows from the numbers, and what nodes of one kind share, is not repeated for each of them."""

    def written(length):
        h = w = Value(0.5, "w")
        for i in range(length):
            h = (h * w + Value(0.1, f"layers.0.x.{i}")).tanh()
        return step_through(h)

    small, large = written(1000), written(1500)
    added = len(page_of(large)) - len(page_of(small))
    assert added < 100 * (len(large) - len(small))


def test_of_a_large_graph_the_first_nodes_and_steps_are_in_the_page():
    x = y = Value(1.0, "x")
    for _ in range(150):
        y = y * x + x
    elements = Elements(page(y))
    assert sum("data-node" in attributes for _, attributes in elements.found) == 200
    assert sum("data-step" in attributes for _, attributes in elements.found) == 200
    assert "… and 101 more nodes, which the script of this page adds" in elements.texts
    assert "… and 400 more steps, which the script of this page adds" in elements.texts
    assert not [attributes for _, attributes in Elements(page(neuron())).found if attributes.get("class") == "rest"]


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("", "302 Values, too many to draw; the tables have all."),
        ("layer", "302 Values: groups are drawn as one box each."),
    ],
    ids=["too large", "grouped"],
)
def test_where_scripts_do_not_run_the_page_of_a_large_graph_says_what_its_picture_leaves_out(group, said):
    x = y = Value(1.0, "x")
    for _ in range(300):
        y = y * x
    trace = step_through(-y)
    page = page_of(Trace([node._replace(group=group) for node in trace.nodes], trace.steps))
    assert said in page
    assert not re.search(r'id="[^"]*node-\d', page)
    assert page.count("data-node=") == page.count("data-step=") == 200
    assert "… and 102 more nodes" in page and "… and 401 more steps" in page


def test_a_page_has_a_picture_of_as_many_nodes_as_its_script_takes_over():
    most = re.search(r"const MOST_ITEMS = (\d+);", files("autograd.stepper").joinpath("assets", "scene.js").read_text())
    assert int(most[1]) == DRAWN
    x = y = Value(1.0, "x")
    for _ in range(DRAWN - 1):
        y = y * x
    assert len(re.findall(r'id="[^"]*-node-\d', page(y))) == DRAWN
    assert not re.findall(r'id="[^"]*-node-\d', page(y * x))


def test_no_name_is_given_twice_in_the_scripts():
    """They are joined to one function, in which the second would replace the first, or be an error."""
    text = "".join(files("autograd.stepper").joinpath("assets", name).read_text(encoding="utf-8") for name in SCRIPTS)
    names = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", text, flags=re.MULTILINE)
    assert len(names) > 100
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_has_no_comment_that_ends_with_its_line(name):
    """Some hosts put a whole page on one line; so does the page itself, whose hash must then be the same."""
    text = files("autograd.stepper").joinpath("assets", name).read_text(encoding="utf-8")
    without = re.sub(r"/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", "", text, flags=re.DOTALL)
    assert "//" not in without
    assert "innerHTML" not in text
    assert "eval" not in without


def test_a_style_keeps_the_blanks_that_mean_something():
    text = files("autograd.stepper").joinpath("assets", "stepper.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    assert re.sub(r"\s", "", style()) == re.sub(r"\s", "", text)
    for meaningful in (r"calc\([^;]*\)", r"[\w\])*] :[a-z-]+", r"\) and \(", r'"[^"\n]*"'):
        assert re.findall(meaningful, text.replace(", ", ",")) == re.findall(meaningful, style())
