"""The page, loaded anew: with a link, with the program of before, in Firefox, as a file that should be served."""

from __future__ import annotations

import pytest
from conftest import Playground, link_of


@pytest.fixture
def opens(offline):
    made = []

    def open_page(address, **options):
        made.append(Playground(offline, address, **options))
        return made[-1]

    yield open_page
    for one in made:
        one.context.close()


def test_a_linked_program_waits_for_the_learner(opens, server):
    page = opens(server.address + link_of("print('linked')"))
    page.until("!document.querySelector('.notice').hidden")
    assert page.program == "print('linked')" and "It has not run" in page.notice
    page.until("document.body.dataset.state === 'ready'")
    page.page.wait_for_timeout(300)
    assert page.blocks[0][0] == "note" and page.troubles == []


def test_the_program_is_there_after_a_reload(opens, server):
    page = opens(server.address)
    page.page.focus(".cm-content")
    page.page.keyboard.press("Control+A")
    page.page.keyboard.type("print('kept')")
    page.page.reload()
    page.until("document.querySelector('.cm-content')?.textContent === \"print('kept')\"")


def test_the_language_and_the_colors_are_those_of_the_browser(opens, server):
    page = opens(server.address, locale="zh-CN", color_scheme="dark", viewport={"width": 390, "height": 844})
    assert page.page.inner_text(".run") == "运行" and page.state == "Python 正在启动……"
    assert page.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)"
    assert page.page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_page_of_the_folder_says_that_it_must_be_served(opens, built):
    page = opens((built / "playground" / "index.html").as_uri())
    page.until("document.body.dataset.state === 'failed'", seconds=10)
    assert "stepgrad playground" in page.state and "stepgrad-playground.html" in page.state


def test_every_example_of_the_menu_comes_into_the_editor(opens, server, builder):
    page = opens(server.address)
    for example in sorted((builder.HERE / "examples").glob("*.py")):
        page.page.select_option(".examples", example.stem)
        assert page.program == example.read_text(encoding="utf-8")
        assert page.page.input_value(".examples") == ""


def test_firefox_runs_and_stops_a_program_of_the_one_file(firefox, built):
    page = Playground(firefox, (built / "stepgrad-playground.html").as_uri())
    try:
        page.run()
        page.frame().wait_for_selector(".stepgrad.live")
        said = page.frame().inner_text(".narration")
        page.frame().click(".next")
        assert page.frame().inner_text(".narration") != said
        page.write("print('turn')\nwhile True:\n    pass")
        page.page.click(".run")
        page.until("document.querySelector('.blocks').textContent === 'turn\\n'")
        page.page.click(".stop")
        page.until("document.body.dataset.state === 'ready'")
        assert page.blocks == [["text", "turn\n"]] and page.troubles == []
    finally:
        page.context.close()
