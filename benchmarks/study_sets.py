"""How long an unmarked paste takes to read, by its lines: each as a multiple of the smallest, line by line.

    python benchmarks/study_sets.py

The floor is what it takes to find the words of all lines, which every reading has to do.
"""

import random
import time
from collections.abc import Callable, Iterator

from ankigen.readers.counted import words_of
from ankigen.readers.settings import Settings
from ankigen.readers.studyset.reader import read_studyset
from ankigen.source import Source

SIZES = (1250, 5000, 20000)
WORDS = "soil clay sand loam peat humus worm root leaf seed rain frost spade rake holds feeds loosens is has of the and"


def notes(lines: int, seed: int = 1) -> Iterator[str]:
    """A set with questions, names and counted lists; its definitions have one to four lines."""
    chance, words = random.Random(seed), WORDS.split()
    while lines > 0:
        asked = " ".join(chance.choices(words, k=chance.randint(1, 6)))
        items = chance.choice((1, 1, 1, 2, 3, 4))
        yield chance.choice((f"What is {asked}?", asked.capitalize(), f"{items} kinds of {asked}"))
        for _ in range(items):
            yield " ".join(chance.choices(words, k=chance.randint(2, 14)))
        lines -= items + 1


def vocabulary(lines: int, seed: int = 1) -> Iterator[str]:
    """A set that alternates strictly, which is read several times over."""
    chance = random.Random(seed)
    for _ in range(lines // 2):
        yield "el " + "".join(chance.choices("aeiolnrst", k=6)) + "o"
        yield "the " + "".join(chance.choices("bcdeghkpwy", k=5))


def seconds(work: Callable[[], object]) -> float:
    """The best of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print the table."""
    print("| set | lines | seconds | a line, beside the smallest | times the floor |")
    print("|---|---|---|---|---|")
    for kind in (notes, vocabulary):
        smallest = 0.0
        for size in SIZES:
            lines = list(kind(size))
            source = Source("paste.txt", "\n".join(lines))
            spent = seconds(lambda: read_studyset(source, Settings()))  # noqa: B023 - called at once
            floor = seconds(lambda: [words_of(line) for line in lines])  # noqa: B023
            smallest = smallest or spent / len(lines)
            beside = spent / len(lines) / smallest
            print(f"| {kind.__name__} | {len(lines)} | {spent:.2f} | {beside:.2f} | {spent / floor:.0f} |")


if __name__ == "__main__":
    main()
