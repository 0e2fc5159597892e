"""How the documentation is built: ``python -m sphinx -W docs site``, by the group ``docs``.

Sphinx, since the docstrings of textmend are in its markup and make the reference as they are;
MyST, so that all other pages are Markdown, which is read as it is and run by pytest.
"""

from sphinx.application import Sphinx

import textmend

project = "textmend"
author = "The textmend developers"
release = version = textmend.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
add_module_names = False
# How types are called that carry long names of their own.
autodoc_type_aliases = {"Rule": "Rule"}

html_theme = "furo"
html_title = f"textmend {release}"
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False


def setup(app: Sphinx) -> None:
    """Pages name the file of the benchmarks where it lies; here it is a page beside them."""
    app.connect("source-read", _benchmarks_beside)


def _benchmarks_beside(_app: Sphinx, _page: str, source: list[str]) -> None:
    source[0] = source[0].replace("](../benchmarks/README.md", "](benchmarks.md")
