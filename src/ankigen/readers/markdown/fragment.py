"""A piece of Markdown on its own, as a term or definition shows it."""

from ankigen.readers.markdown.blocks import Inline, blocks_of
from ankigen.readers.markdown.footnotes import take_footnotes
from ankigen.readers.markdown.syntax import parser
from ankigen.readers.markdown.writing import Writer
from ankigen.records import RichText
from ankigen.source import Source

__all__ = ["render"]


def render(text: str) -> RichText:
    """``text`` and its HTML; a single paragraph stands without a paragraph element around it."""
    source = Source("", text.strip("\r\n") + "\n")
    env: dict[str, object] = {}
    tokens, footnotes = take_footnotes(parser().parse(source.text, env), len(source.text))
    lines = range(source.line_count)
    writer = Writer(source, parser(), env, footnotes)
    writer.begin(lines)
    shown = writer.definition(Inline(), blocks_of(tokens), 0, source.text.strip("\n"))
    return writer.with_footnotes(shown, lines)
