"""What was measured, as tables: for a terminal, as Markdown, or put between two comments of a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Table", "put"]

_BEGIN, _END = "<!-- measured: python benchmarks/build.py --write -->", "<!-- measured: end -->"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text below a title; the first column is words, the others are numbers."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def plain(self) -> str:
        """The table for a terminal."""
        widths = [max(map(len, column)) for column in zip(self.columns, *self._even(), strict=True)]
        lines = ["  ".join(_fit(row, widths)).rstrip() for row in (self.columns, *self._even())]
        return "\n".join((self.title, *(f"  {line}" for line in lines)))

    def markdown(self) -> str:
        """The table in Markdown."""
        rule = ["---", *["---:"] * (len(self.columns) - 1)]
        return "\n".join((f"{self.title}:", "", *(f"| {' | '.join(row)} |" for row in self._marked(rule))))

    def _marked(self, rule: Sequence[str]) -> Iterable[Sequence[str]]:
        return [self.columns, rule, *([cell.replace("|", "\\|") for cell in row] for row in self._even())]

    def _even(self) -> list[list[str]]:
        return [[*row, *[""] * (len(self.columns) - len(row))] for row in self.rows]


def _fit(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.rjust(width) if at else cell.ljust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def put(file: Path, text: str) -> None:
    """Put ``text`` between the two comments of ``file``. Raises `ValueError` where they are not."""
    before, begin, rest = file.read_text("utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"{file} has no place for it: {_BEGIN} and {_END}")
    file.write_text(f"{before}{_BEGIN}\n\n{text}\n\n{_END}{after}", "utf-8")
