"""The reader for unmarked pastes: study sets copied out of a web page."""

from ankigen.readers.studyset.reader import read_studyset
from ankigen.readers.studyset.recognise import looks_like_paste

__all__ = ["looks_like_paste", "read_studyset"]
