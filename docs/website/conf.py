"""How Sphinx makes the site, from the pages that `docs/website` has put together: see ``__main__.py`` beside this."""

import re

import autograd

project = "Stepgrad"
author = "The Stepgrad authors"
copyright = f"{author}, MIT license"
version = release = autograd.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
templates_path: list[str] = []
exclude_patterns: list[str] = []
default_role = "literal"  # docstrings write `name`, as Markdown does

nb_execution_mode = "off"  # a notebook is shown as it is committed, with its traces made live
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # nothing is loaded from another host
nb_merge_streams = True
myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = "Stepgrad"
html_favicon = "_static/icon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("steppers.js", {"defer": "defer"})]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": {"color-brand-primary": "#00588c", "color-brand-content": "#00588c"},
    "dark_css_variables": {"color-brand-primary": "#6fb1dc", "color-brand-content": "#6fb1dc"},
}

WIDE = ("lessons/", "operations", "benchmarks", "source/", "index")
"""Pages that need the room in which others list their sections."""


def _give_room(app, name, template, context, doctree):  # type: ignore[no-untyped-def]
    if name.startswith(WIDE):
        context["furo_hide_toc"] = True


def _keep_bars(app, what, name, thing, options, lines):  # type: ignore[no-untyped-def]
    """An absolute value in a docstring is no substitution."""
    lines[:] = [re.sub(r"(?<![`|\\w])\|(?=[^|`\s])([^|`]*)\|(?!\|)", r"\\|\1\\|", line) for line in lines]


def _leave_out(app, what, name, thing, skip, options):  # type: ignore[no-untyped-def]
    """Members that say nothing, or what the function of a module says already."""
    return True if name == "function" or (getattr(thing, "__doc__", "") or "").startswith("Alias for field") else None


def setup(app):  # type: ignore[no-untyped-def]
    """Called by Sphinx; the theme decides about the list of sections first."""
    app.connect("autodoc-process-docstring", _keep_bars)
    app.connect("autodoc-skip-member", _leave_out)
    app.connect("html-page-context", _give_room, priority=900)
