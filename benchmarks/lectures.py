"""Lecture notes of any size, always the same for one seed: what the benchmarks read.

Fifty records a file. Definitions have one to four lines with emphasis and code spans; of a hundred records, thirty
answer with a list, ten hold math, three a code block, two a table and two a picture.
"""

import random
from collections.abc import Iterator
from pathlib import Path

__all__ = ["write_lectures"]

RECORDS_A_FILE = 50
WORDS = (
    "cell membrane water ion gradient pump protein channel energy light carbon sugar enzyme bond acid base buffer "
    "heat work entropy field charge wave phase signal noise sample error mean model proof set map group ring limit"
).split()
PICTURE = bytes.fromhex(  # one transparent pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)
SHARES = (("list", 30), ("math", 10), ("code", 3), ("table", 2), ("picture", 2), ("text", 53))


def write_lectures(folder: Path, records: int, *, decks: int = 1, seed: int = 1) -> list[Path]:
    """Write a project of ``records`` records into the new ``folder``, in one deck or a deck for each file."""
    content = folder / "content"
    content.mkdir(parents=True)
    (folder / "ankigen.toml").write_text('name = "lectures"\n', "utf-8")
    (content / "pixel.png").write_bytes(PICTURE)
    chance = random.Random(seed)
    paths = []
    for number in range((records + RECORDS_A_FILE - 1) // RECORDS_A_FILE):
        size = min(RECORDS_A_FILE, records - number * RECORDS_A_FILE)
        lines = ["---", "deck: Lectures", "---", ""] if decks == 1 else []
        lines.append(f"# Lecture {number + 1}")
        for at in range(size):
            lines += ["", *_record(chance, number * RECORDS_A_FILE + at)]
        path = content / f"lecture-{number + 1:04}.md"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        paths.append(path)
    return paths


def _record(chance: random.Random, number: int) -> Iterator[str]:
    kinds, weights = zip(*SHARES, strict=True)
    kind = chance.choices(kinds, weights)[0]
    yield f"## The {_words(chance, 2)} of {chance.choice(WORDS)} {number}"
    yield ""
    if kind == "list":
        yield from (f"- {_words(chance, chance.randint(2, 8))}" for _ in range(chance.randint(2, 6)))
        return
    for _ in range(chance.randint(1, 4)):
        text = _words(chance, chance.randint(6, 16)).split()
        text[1] = f"*{text[1]}*" if chance.random() < 0.5 else f"**{text[1]}**"
        text[3] = f"`{text[3]}`"
        yield " ".join(text)
    if kind == "math":
        yield f"so that $x_{{{number}}} = \\frac{{a}}{{b}} < c^2$"
    elif kind == "code":
        yield from ("", "```python", f"def f(x: int) -> int:\n    return x + {number}", "```")
    elif kind == "table":
        yield from ("", "| a | b |", "|---|---|", *(f"| {_words(chance, 2)} | {number} |" for _ in range(3)))
    elif kind == "picture":
        yield from ("", "![a pixel](pixel.png)")


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count))
