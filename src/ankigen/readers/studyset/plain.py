"""Text that is no Markdown, written as Markdown that shows the same text."""

import re
from html import escape, unescape

from ankigen.readers.markdown.fragment import render
from ankigen.records import RichText

__all__ = ["as_list", "as_text"]

_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#+.!|~$:&=()-]")


def as_text(lines: list[str]) -> RichText:
    """Lines of text, each on a line of its own."""
    return RichText("  \n".join(map(_escape, lines)), "<br>\n".join(escape(line, quote=False) for line in lines))


def as_list(items: list[str], *, ordered: bool) -> RichText:
    """A list of the items."""
    marks = [f"{number}. " if ordered else "- " for number in range(1, len(items) + 1)]
    markdown = "\n".join(f"{mark}{_escape(item)}" for mark, item in zip(marks, items, strict=True))
    tag = "ol" if ordered else "ul"
    html = "\n".join(f"<li>{escape(item, quote=False)}</li>" for item in items)
    return RichText(markdown, f"<{tag}>\n{html}\n</{tag}>")


def _escape(line: str) -> str:
    """``line`` as it is if Markdown would show it so, alone and below another line; else with backslashes."""
    if _shows(line, line) and _shows(f"x\n{line}", f"x\n{line}"):
        return line
    return _ACTIVE.sub(r"\\\g<0>", line)


def _shows(markdown: str, text: str) -> bool:
    return unescape(render(markdown).html) == text
