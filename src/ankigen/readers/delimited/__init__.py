"""The readers for delimited text: as Anki exports notes and takes them in, as spreadsheets do, and as Quizlet does."""

from ankigen.readers.delimited.cards import read_cards
from ankigen.readers.delimited.headers import looks_like_delimited
from ankigen.readers.delimited.reader import read_csv, read_delimited, read_tsv

__all__ = ["looks_like_delimited", "read_cards", "read_csv", "read_delimited", "read_tsv"]
