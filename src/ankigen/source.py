"""A text file as read, and places in it.

Offsets count code points of :attr:`Source.text`, from 0; a line and a column, both from 1, are made of an
offset only where a person will read them.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

__all__ = ["Source", "Span"]


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

    ``path`` is the name shown to the author (POSIX separators). ``text`` has no byte order mark, and every
    line ends in ``\\n``: CRLF and CR are the same line ends, so line and column stay what an editor shows.
    """

    path: str
    text: str
    _line_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = self.text.removeprefix("\ufeff")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        object.__setattr__(self, "text", text)
        starts = [0]
        at = text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        object.__setattr__(self, "_line_starts", tuple(starts))

    @property
    def line_count(self) -> int:
        """How many lines the text has; a last line without a line end counts, an empty one does not."""
        ends_open = self._line_starts[-1] < len(self.text)
        return len(self._line_starts) if ends_open else len(self._line_starts) - 1

    def line(self, number: int) -> str:
        """Line ``number`` (from 1) without its line end; empty past the end."""
        if not 1 <= number <= len(self._line_starts):
            return ""
        end = self._line_starts[number] - 1 if number < len(self._line_starts) else len(self.text)
        return self.text[self._line_starts[number - 1] : end]

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
        start = self.offset(first)
        return Span(start, max(start, self.offset(last) + len(self.line(last))))

    def runs(self, lines: Iterable[int]) -> Iterator[Span]:
        """The spans of those among ``lines``, from 1, that stand together, in order."""
        for _, run in groupby(enumerate(sorted(lines)), key=lambda pair: pair[1] - pair[0]):
            numbers = [number for _, number in run]
            yield self.lines_span(numbers[0], numbers[-1])
