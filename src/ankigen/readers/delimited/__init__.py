"""The reader for delimited text with headers, as Anki exports notes and takes them in."""

from ankigen.readers.delimited.headers import looks_like_delimited
from ankigen.readers.delimited.reader import read_delimited

__all__ = ["looks_like_delimited", "read_delimited"]
