"""A text file as read, and places in it.

Offsets count code points of :attr:`Source.text`, from 0; a line and a column, both from 1, are made of an
offset only where a person will read them. So a column counts what a person sees: é is one however it is encoded, and
so is a tab; what cannot be seen beside a mark or a space counts nothing.
"""

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from itertools import accumulate, groupby

from ankigen.frozen import dataclass

__all__ = ["Source", "Span", "visible"]

# Zero width space, word joiner, byte order mark, soft hyphen. Joiners are none of them: they shape emoji and Persian.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]+")


def visible(text: str) -> str:
    """``text`` composed (NFC) and without what cannot be seen: two texts that look alike are alike."""
    if text.isascii():
        return text
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The half-open range of offsets ``[start, end)`` in one source's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a range: {self.start}..{self.end}")


@dataclass(frozen=True, slots=True)
class Source:
    """One text file, unparsed.

    ``path`` is the name shown to the author (POSIX separators). ``text`` has no byte order mark, every line ends in
    ``\\n`` (CRLF and CR are the same line ends), and it is composed (NFC), as Anki does it too: the same note, saved in
    another way, has the same text. Invisible characters stay only between letters, where a line may break or must not.
    """

    path: str
    text: str
    _line_starts: Sequence[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = self.text.removeprefix("\ufeff")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not text.isascii():
            text = _INVISIBLE.sub(_between_letters, unicodedata.normalize("NFC", text))
        object.__setattr__(self, "text", text)
        lengths = [len(line) + 1 for line in text.split("\n")]
        starts = array("I", accumulate(lengths[:-1], initial=0))  # a tenth of a tuple's memory
        object.__setattr__(self, "_line_starts", starts)

    @property
    def line_count(self) -> int:
        """How many lines the text has; a last line without a line end counts, an empty one does not."""
        ends_open = self._line_starts[-1] < len(self.text)
        return len(self._line_starts) if ends_open else len(self._line_starts) - 1

    def line(self, number: int) -> str:
        """Line ``number`` (from 1) without its line end; empty past the end."""
        if not 1 <= number <= len(self._line_starts):
            return ""
        return self.text[self._line_starts[number - 1] : self._line_end(number)]

    def lines(self, first: int = 1, last: int | None = None) -> list[str]:
        """The lines ``first`` to ``last`` (from 1, inclusive; to the end without), as :meth:`line` gives each."""
        last = self.line_count if last is None else last
        return self.lines_text(first, last).split("\n") if first <= min(last, len(self._line_starts)) else []

    def lines_text(self, first: int, last: int) -> str:
        """The lines ``first`` to ``last`` (from 1, inclusive) as they stand, without the final line end."""
        starts = self._line_starts
        if first > min(last, len(starts)):
            return ""
        return self.text[starts[first - 1] : starts[last] - 1 if last < len(starts) else None]

    def _line_end(self, number: int) -> int:
        """The offset behind the last character of line ``number``; that of the text past its end."""
        return self._line_starts[number] - 1 if number < len(self._line_starts) else len(self.text)

    def offset(self, line: int, column: int = 1) -> int:
        """The offset of ``line`` and ``column``, both from 1, kept inside the text."""
        if line > len(self._line_starts):
            return len(self.text)
        return min(self._line_starts[line - 1] + column - 1, len(self.text))

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column, both from 1, of ``offset``."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def lines_span(self, first: int, last: int) -> Span:
        """The span of lines ``first`` to ``last`` (from 1, inclusive) without the final line end."""
        starts, end = self._line_starts, len(self.text)
        start = starts[first - 1] if first <= len(starts) else end
        return Span(start, max(start, starts[last] - 1 if last < len(starts) else end))

    def runs(self, lines: Iterable[int]) -> Iterator[Span]:
        """The spans of those among ``lines``, from 1, that stand together, in order."""
        for _, run in groupby(enumerate(sorted(lines)), key=lambda pair: pair[1] - pair[0]):
            numbers = [number for _, number in run]
            yield self.lines_span(numbers[0], numbers[-1])


def _between_letters(found: re.Match[str]) -> str:
    """The invisible characters if letters stand on both sides, without the byte order marks among them."""
    around = found.string[max(0, found.start() - 1) : found.start()], found.string[found.end() : found.end() + 1]
    are_letters = all(side and unicodedata.category(side)[0] in "LM" for side in around)
    return found[0].replace("\ufeff", "") if are_letters else ""
