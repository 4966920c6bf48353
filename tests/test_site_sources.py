"""What the site is put together from: links of the repository made links of the site, traces as HTML."""

from __future__ import annotations

import base64
import re
import runpy
import zlib
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograd import Value, step_through

WEBSITE = Path(__file__).resolve().parent.parent / "docs" / "website"
repository = runpy.run_path(str(WEBSITE / "repository.py"))
playground = runpy.run_path(str(WEBSITE / "playground.py"))
steppers = runpy.run_path(str(WEBSITE / "steppers.py"))


@pytest.mark.parametrize(
    ("path", "link", "expected"),
    [
        ("docs/design.md", "[a](operations.md)", "[a](/operations.md)"),
        ("docs/design.md", "[a](operations.md#tanh)", "[a](/operations.md#tanh)"),
        ("docs/howto/add_an_operation.md", "[a](../testing.md)", "[a](/testing.md)"),
        ("docs/design.md", "[`a`](../benchmarks/README.md)", "[`a`](/benchmarks.md)"),
        ("docs/design.md", "[a](../notebooks)", "[a](/lessons/index.md)"),
        ("notebooks/README.md", "[a](00_quickstart.ipynb)", "[a](/lessons/00_quickstart.ipynb)"),
        ("docs/design.md", "[a](../nn/optim/adam.py)", "[a](/source/nn/optim/adam.py.md)"),
        ("docs/design.md", "[a](../nn/optim)", "[a](/source/nn/optim.md)"),
        ("docs/design.md", "[a](https://example.org/b.md)", "[a](https://example.org/b.md)"),
        ("docs/design.md", "![a](figures.svg)", "![a](figures.svg)"),
        ("docs/design.md", "[a](#below)", "[a](#below)"),
    ],
    ids=lambda thing: thing if thing.startswith(("[", "!")) else "",
)
def test_a_link_of_the_repository_becomes_one_of_the_site(path, link, expected):
    assert repository["Repository"]().rewritten(link, path) == expected


def test_a_link_that_leads_nowhere_is_named():
    with pytest.raises(SystemExit, match=r"docs/design.md links to missing.md"):
        repository["Repository"]().rewritten("[a](missing.md)", "docs/design.md")


def test_a_folder_has_a_page_that_lists_its_modules_and_each_has_its_own():
    one = repository["Repository"]()
    one.rewritten("[a](../nn/optim)", "docs/design.md")
    pages = one.sources()
    assert "- [`adam.py`](/source/nn/optim/adam.py.md): " in pages["source/nn/optim.md"]
    assert "class Adam" in pages["source/nn/optim/adam.py.md"]


def test_a_label_of_a_trace_is_text_on_the_site():
    hostile = '"></template><script>alert(1)</script>'
    box = steppers["Steppers"]().box(step_through(Value(2.0, hostile) * Value(3.0, hostile)))
    assert "<script>alert" not in box and box.count("<template>") == box.count("</template>") == 1


def test_what_the_frames_share_has_the_operations_of_all_traces():
    some = steppers["Steppers"]()
    x = Value(0.5, "x")
    boxes = [some.box(step_through(x.tanh())), some.box(step_through(x.exp()))]
    script = some.script()
    assert "Math.tanh" in script and "Math.exp" in script
    assert not [box for box in boxes if "Math.tanh" in box]  # it is loaded once, not with each
    assert not re.search(r"https?://(?!www\.w3\.org/)", script)


def programs_in(cells):
    """The programs that cells lead to in the playground."""
    for cell in cells:
        if found := re.search(r"#v1=([\w-]+)", cell.source):
            packed = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
            yield zlib.decompress(packed, wbits=-15).decode()


def test_a_cell_leads_to_the_program_as_far_as_it():
    shown = [new_output("stream", text="1")]
    cells = [
        new_code_cell("x = 1"),
        new_markdown_cell("Words."),
        new_code_cell("print(x)", outputs=shown),
        new_code_cell("# ∂\nx", outputs=shown),
        new_code_cell("import matplotlib.pyplot as plt", outputs=shown),
        new_code_cell("print(x + 1)", outputs=shown),
    ]
    linked = playground["with_links"](cells, new_markdown_cell)
    assert list(programs_in(linked)) == ["x = 1\nprint(x)", "x = 1\nprint(x)\n# ∂\nx"]
    assert [cell for cell in linked if cell in cells] == cells
    in_chinese = playground["with_links"](cells, new_markdown_cell, "zh")
    assert list(programs_in(in_chinese)) == list(programs_in(linked))
    texts = [cell.source for cell in in_chinese if cell not in cells]
    assert all('href="../../playground/index.html#' in text and "在练习场中打开" in text for text in texts)
