"""Text that is no Markdown, written as Markdown that shows the same text."""

import re
from collections.abc import Callable, Sequence

from ankigen.readers.markdown.fragment import render
from ankigen.readers.markdown.marks import OPENING, text_html
from ankigen.records import RichText

__all__ = ["as_blocks", "as_list", "as_text", "escaped"]

_WORDS = re.compile(r"[^\W\d_](?:[^\W_]|[ ,;'’?]|[.!](?=\s|$))*")  # nothing in it can be Markdown, wherever it stands
# No ( and no ]: a backslash before a round bracket, or before both square ones, makes a formula.
_ACTIVE = re.compile(r"[\\`*_{}\[<>#+.!|~$:&=)^-]")

_OPENS_BLOCK = re.compile(r"[-+*:~>#=]+|\d+[.)]|\[.*\]:")  # as soon as something follows
_WITH_OTHERS = re.compile(r"\$\$|^\\begin\{|\[\^|^:::|^\[[ xX]\]\s")


def as_text(lines: Sequence[str]) -> RichText:
    """Lines of text, each on a line of its own."""
    return _plainest(lines, _text)


def as_list(items: Sequence[str], *, ordered: bool) -> RichText:
    """A list of the items."""
    return _plainest(items, _numbered if ordered else _bulleted)


def as_blocks(blocks: Sequence[RichText]) -> RichText:
    """Texts and lists, one below the other."""
    markdown = "\n\n".join(block.markdown for block in blocks)
    return RichText(markdown, render(markdown).html)


def escaped(line: str) -> str:
    """``line`` with a backslash before everything that could mean something in Markdown."""
    return _ACTIVE.sub(r"\\\g<0>", line)


def _plainest(lines: Sequence[str], write: Callable[[Sequence[str], Sequence[str]], RichText]) -> RichText:
    """What ``write`` makes of the lines as they are where Markdown shows them so, and of the others escaped.

    Only together may two lines mean something, such as a star on each; then all are escaped.
    """
    rich = write([_escape(line) for line in lines], [text_html(line) for line in lines])
    if all(map(_WORDS.fullmatch, lines)):
        return rich
    if render(rich.markdown).html != rich.html:
        markdown = write([escaped(line) for line in lines], lines).markdown
        return RichText(markdown, render(markdown).html)  # what stands for a brace depends on what is beside it
    return rich


def _text(markdown: Sequence[str], html: Sequence[str]) -> RichText:
    return RichText("  \n".join(markdown), "<br />\n".join(html))


def _bulleted(markdown: Sequence[str], html: Sequence[str]) -> RichText:
    return RichText("\n".join(f"- {item}".rstrip(" ") for item in markdown), _tagged("ul", html))


def _numbered(markdown: Sequence[str], html: Sequence[str]) -> RichText:
    lines = (f"{number}. {item}".rstrip(" ") for number, item in enumerate(markdown, start=1))
    return RichText("\n".join(lines), _tagged("ol", html))


def _tagged(tag: str, items: Sequence[str]) -> str:
    return "\n".join([f"<{tag}>", *(f"<li>{item}</li>" for item in items), f"</{tag}>"])


def _escape(line: str) -> str:
    """``line`` as it is if Markdown would show it so, wherever it stands; else with backslashes.

    That is alone, below another line, before more words, and among others, which may end what it opens.
    """
    is_mark = OPENING.search(line) or _OPENS_BLOCK.fullmatch(line) or _WITH_OTHERS.search(line)
    if is_mark or not (_shows(line, line) and _shows(f"x\n{line}", f"x\n{line}")):
        return escaped(line)
    return line


def _shows(markdown: str, text: str) -> bool:
    return render(markdown).html == text_html(text)
