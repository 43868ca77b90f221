"""The reader for notes in Markdown, this project's own dialect."""

from ankigen.readers.markdown.reader import read_markdown

__all__ = ["read_markdown"]
