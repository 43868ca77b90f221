"""A piece of Markdown on its own, as a term or definition shows it."""

from collections.abc import Mapping
from typing import Any

from ankigen.diagnostics import Diagnostic
from ankigen.readers.markdown.blocks import Block, Inline, blocks_of
from ankigen.readers.markdown.clozes import cloze_faults
from ankigen.readers.markdown.footnotes import take_footnotes
from ankigen.readers.markdown.syntax import parser
from ankigen.readers.markdown.writing import Writer
from ankigen.records import RichText
from ankigen.source import Source

__all__ = ["render", "render_cloze", "render_definition"]

_LISTS = ("bullet_list", "ordered_list")


def render(
    text: str,
    targets: Mapping[str, Any] | None = None,
    *,
    unsafe_html: bool = False,
    faults: list[Diagnostic] | None = None,
) -> RichText:
    """``text`` and its HTML; a single paragraph stands without a paragraph element around it.

    ``targets`` are those of links that are named elsewhere, as markdown-it keeps them. What had to be left out of the
    HTML is added to ``faults``, in lines of ``text``; with ``unsafe_html``, nothing is.
    """
    writer, blocks, _ = _parsed(text, targets, unsafe_html)
    return _shown(writer, blocks, faults)


def render_definition(
    text: str,
    targets: Mapping[str, Any] | None = None,
    *,
    unsafe_html: bool = False,
    faults: list[Diagnostic] | None = None,
) -> tuple[RichText, tuple[str, ...], bool]:
    """The same, with the items of the list that ``text`` is, if it is one, and whether they are numbered."""
    writer, blocks, _ = _parsed(text, targets, unsafe_html)
    if len(blocks) != 1 or blocks[0].type not in _LISTS:
        return _shown(writer, blocks, faults), (), False
    items = tuple(writer.inside_markdown(item) for item in blocks[0].children)
    return _shown(writer, blocks, faults), items, blocks[0].type == "ordered_list"


def render_cloze(
    text: str,
    targets: Mapping[str, Any] | None = None,
    *,
    unsafe_html: bool = False,
    faults: list[Diagnostic] | None = None,
) -> tuple[RichText, RichText]:
    """The text of a cloze, as `render` does it, and its footnotes, which stand on the back.

    What is wrong with the braces of its clozes is added to ``faults``, too.
    """
    writer, blocks, env = _parsed(text, targets, unsafe_html)
    if faults is not None:
        faults += cloze_faults(writer.source, env)
    lines = range(writer.source.line_count)
    writer.begin(lines)
    shown = writer.definition(Inline(), blocks, 0, writer.source.text.strip("\n"))
    footnotes = writer.with_footnotes(RichText("", ""), lines)
    if faults is not None:
        faults += writer.diagnostics
    return shown, footnotes


def _parsed(
    text: str, targets: Mapping[str, Any] | None, unsafe_html: bool
) -> tuple[Writer, list[Block], dict[str, Any]]:
    source = Source("", text.strip("\r\n") + "\n")
    env: dict[str, Any] = {"references": dict(targets)} if targets else {}
    tokens, footnotes = take_footnotes(parser().parse(source.text, env), source.text)
    return Writer(source, parser(), env, footnotes, unsafe_html), blocks_of(tokens), env


def _shown(writer: Writer, blocks: list[Block], faults: list[Diagnostic] | None) -> RichText:
    lines = range(writer.source.line_count)
    writer.begin(lines)
    shown = writer.definition(Inline(), blocks, 0, writer.source.text.strip("\n"))
    whole = writer.with_footnotes(shown, lines)
    if faults is not None:
        faults += writer.diagnostics
    return whole
