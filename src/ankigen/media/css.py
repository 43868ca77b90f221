"""Style sheets inside drawings, without what reaches out of them. The only importer of tinycss2."""

from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2

__all__ = ["clean_declarations", "clean_sheet", "clean_value", "is_inside"]

_ADDRESSES = {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade"}
_RUNS = {"expression"}  # in browsers of long ago
_DATA = (
    "data:image/png",
    "data:image/jpeg",
    "data:image/gif",
    "data:image/webp",
    "data:font/",
    "data:application/font",
)


class _Outside(Exception):
    """What was found reaches out of the drawing."""


def is_inside(address: str) -> bool:
    """Whether an address means a part of the same drawing, or a picture or font that is written out in it."""
    address = "".join(address.split()).lower()
    return not address or address.startswith(("#", *_DATA))


def clean_value(text: str) -> str | None:
    """One value as it was written; None when it reaches out."""
    try:
        _look(tinycss2.parse_component_value_list(text))
    except (_Outside, RecursionError):
        return None
    return text


def clean_declarations(text: str) -> tuple[str, bool]:
    """The declarations of a ``style`` attribute without those that reach out, and whether there were any of these."""
    try:
        kept, lost = _declarations(tinycss2.parse_blocks_contents(text))
        return "; ".join(node.serialize().strip() for node in kept), lost
    except RecursionError:
        return "", True


def clean_sheet(text: str) -> tuple[str, bool]:
    """A style sheet without the rules that reach out, and whether there were any."""
    try:
        kept = []
        lost = False
        for rule in tinycss2.parse_stylesheet(text, skip_comments=True):
            if rule.type == "at-rule" and rule.lower_at_keyword == "import":
                lost = True
                continue
            try:
                _look([rule])
            except _Outside:
                lost = True
                if rule.type != "qualified-rule":
                    continue
                declarations, _ = _declarations(tinycss2.parse_blocks_contents(rule.content))
                body = "; ".join(node.serialize().strip() for node in declarations)
                kept.append(f"{tinycss2.serialize(rule.prelude)}{{{body}}}")
            else:
                kept.append(rule.serialize())
        return "".join(kept), lost
    except RecursionError:
        return "", True


def _declarations(nodes: Iterable[Any]) -> tuple[list[Any], bool]:
    kept, lost = [], False
    for node in nodes:
        if node.type == "declaration":
            try:
                _look(node.value)
                kept.append(node)
            except _Outside:
                lost = True
    return kept, lost


def _look(nodes: Iterable[Any]) -> None:
    """Raise `_Outside` when one of ``nodes``, or anything in them, names something outside of the drawing."""
    for node in _all(nodes):
        if node.type == "url" and not is_inside(node.value):
            raise _Outside
        if node.type == "at-rule" and node.lower_at_keyword == "import":
            raise _Outside
        if node.type == "function" and node.lower_name in _RUNS:
            raise _Outside
        if node.type == "function" and node.lower_name in _ADDRESSES:
            for inner in _all(node.arguments):
                if inner.type == "string" and not is_inside(inner.value):
                    raise _Outside


def _all(nodes: Iterable[Any]) -> Iterator[Any]:
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("arguments", "content", "prelude", "value"):
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                waiting += inner
