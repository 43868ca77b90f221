"""The reader for unmarked pastes: study sets copied out of a web page."""

from ankigen.readers.studyset.reader import looks_like_paste, read_studyset

__all__ = ["looks_like_paste", "read_studyset"]
