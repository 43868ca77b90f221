"""The page's own files, which an export carries as well, and what a browser lets them do."""

from importlib.resources import files

__all__ = ["PAGE", "policy"]

_KINDS = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_NAMES = ("index.html", "frame.html", "page.css", "store.js", "list.js", "card.js", "page.js")

PAGE = {name: (files(__name__).joinpath(name).read_text("utf-8"), _KINDS[name.rpartition(".")[2]]) for name in _NAMES}
"""Each file's text and media type by its name."""


def policy(also: str = "") -> str:
    """The Content-Security-Policy of the page; ``also`` is one more source of its own files.

    Nothing is asked for from elsewhere, and the frames of the cards cannot be led elsewhere either.
    """
    own = f"'self' {also}".strip()
    return (
        f"default-src 'none'; script-src {own}; style-src {own}; img-src data:; connect-src 'self'; frame-src {own}; "
        "base-uri 'none'; form-action 'none'"
    )
