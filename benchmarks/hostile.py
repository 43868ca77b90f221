"""Notes that nobody writes, and which take for ever where work grows faster than the text: half of each, and all.

The growth is what twice the text takes more, without what any build takes: 2 is linear.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from measured import Cost, Failed, ankigen, clean, middle, run
from table import Table

__all__ = ["hostile"]

_LIMIT = 1200  # seconds of CPU: the table alone has 440,000 records
_NOISE = 0.2  # seconds
_MB = 2**20


def _table(size: int) -> str:
    row = "| term {:06} | some words and others |\n"
    return "| term | definition |\n|---|---|\n" + "".join(map(row.format, range(size // len(row.format(0)))))


_SHAPES: dict[str, tuple[int, Callable[[int], str]]] = {
    "100,000 headings": (100_000, lambda n: "".join(f"## heading {i}\n\n" for i in range(n))),
    "100,000 records": (100_000, lambda n: "".join(f"## term {i}\n\nsaid *so*\n\n" for i in range(n))),
    "a table of 20 MB": (20 * _MB, _table),
    "10,000 levels of lists": (10_000, lambda n: "- " * n + "x\n"),
    "2,000 levels, a line each": (2000, lambda n: "".join(f"{'  ' * i}- x\n" for i in range(n))),
    "a line of 5 MB of *": (5 * _MB, lambda n: "*" * n + "\n"),
    "50,000 unclosed clozes": (50_000, lambda n: "{{c1::a " * n + "\n"),
    "64 KB of a<b": (64 * 1024, lambda n: "**t**: " + "a<b " * (n // 4) + "\n"),
}
_DECKS = 5000


def hostile(folder: Path, share: float) -> Table:
    """The growth of each shape, at ``share`` of its whole size."""
    empty = middle([_cost(folder / f"one-{number}", {"n.md": "**Term**: text\n"}) for number in range(3)])[1]
    rows = [_row(folder, shape, size, text, share, empty) for shape, size, text in _shapes()]
    title = f"Hostile notes{f', {share:g} of their size' if share != 1 else ''}: builds by one process"
    return Table(title, ("notes", "half, CPU s", "whole, CPU s", "growth", "MB"), rows)


def _shapes() -> Iterator[tuple[str, int, Callable[[int], dict[str, str]]]]:
    for name, (size, text) in _SHAPES.items():
        yield name, size, lambda n, text=text: {"n.md": text(n)}  # type: ignore[misc]
    yield "5,000 decks", _DECKS, lambda n: {f"deck{i:05}.md": f"**Term {i}**: its text\n" for i in range(n)}


def _row(
    folder: Path, shape: str, size: int, text: Callable[[int], dict[str, str]], share: float, empty: float
) -> tuple[str, ...]:
    found: list[float] = []
    memory = 0.0
    for parts in (2, 1):
        notes = text(int(size * share) // parts)
        try:
            _, cpu, memory = _cost(folder / f"{shape.replace(' ', '-')}-{parts}", notes)
        except Failed as error:
            return (shape, *(f"{cpu:.2f}" for cpu in found), *([str(error)] + [""] * (3 - len(found))))
        found.append(cpu)
    half, whole = found
    growth = f"{(whole - empty) / (half - empty):.1f}" if half - empty > _NOISE else "too short to tell"
    return shape, f"{half:.2f}", f"{whole:.2f}", growth, f"{memory:.0f}"


def _cost(project: Path, notes: dict[str, str]) -> Cost:
    content = project / "content"
    content.mkdir(parents=True)
    for name, text in notes.items():
        (content / name).write_text(text, "utf-8")
    cost = run(ankigen("build", "--jobs", "1"), project, limit=_LIMIT)
    clean(project)
    return cost
