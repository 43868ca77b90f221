"""Good notes, and the ways in which their authors break them: one fault, at one known place, drawn by a seed."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from random import Random

from ankigen.readers.frontmatter import read_front_matter
from ankigen.readers.markdown import read_markdown
from ankigen.readers.settings import Settings
from ankigen.records import Record
from ankigen.source import Source
from notes_fixtures import cases

CONTENT = Path(__file__).parents[1] / "content"
PICTURES = ("pictures/animal cell.svg", "pictures/membrane.svg")

BLOCKS = (
    "Hue :: the name of a colour\nChroma :: how strong a colour is\nValue :: how light a colour is",
    'Sol :: the sun {kind=typed}\nLuna :: the moon {#luna .sky hint="it waxes"}',
    "**Fathom**: six feet\n\n**Knot** - a mile an hour, at sea",
    "+ **Port**: left\n+ **Starboard**: right\n+ **Stern** - the back of a ship",
    "Q: Who wrote the *Iliad*?\nA: Homer, it is said.\n\nQ: And the *Aeneid*?\nA: Virgil.\n\n---",
    "Sonnet\n: Fourteen lines.\n\nHaiku\n: Three lines.\n\nLimerick\n: Five lines.",
    "## 3 primary colours\n\n- red\n- yellow\n- blue",
    "## Four winds\n\n1. Boreas\n2. Notus\n3. Eurus\n4. Zephyrus",
    "## Loop\n\nIt runs until it is told to stop:\n\n```python\nwhile True:\n    if done():\n        break\n```",
    "## Guard\n\nIt comes first.\n\n```\nif not xs:\n    return\n```\n\nThen the rest.",
    "## Area of a disc\n\n$$\nA = \\pi r^2\n$$\n\nIt grows with the square.",
    "Energy :: $E = m c^2$, at rest",
    "## Membrane\n\nTwo layers:\n\n![Two rows](pictures/membrane.svg)",
    "Atlas :: see [the Titans](https://example.org/titans) for more\nEos :: the dawn, **rosy** of finger",
    "| Term | Definition |\n|------|------------|\n| ohm | resistance |\n| volt | tension |\n| watt | power |",
    "## Tides\n\n| moon | tide |\n|------|------|\n| full | spring |\n| half | neap |",
    "The {{c1::Danube}} flows into the {{c2::Black Sea::which sea?}}.",
    "* {{c1::Sirius}} is the brightest star.\n* {{c1::Vega}} is the fifth.",
    "<!-- to be looked up -->\n\nTroy :: a city with a wall",
    "## Chord\n\nThree notes or more,\n<b>together</b>.\n\n<div>\nSee also: triad.\n</div>",
    "Ibis :: a bird with a ==curved== bill",
    "## Apple\n\n- fruit\n  - pome\n  - sweet\n- tree",
    "# Part two\n\nOboe :: a reed, two blades",
)
FRONT = "---\ndeck: Things\ntags: [one, two]\nkind: basic\n---\n\n"


@dataclass(frozen=True)
class Good:
    """A note with nothing wrong in it."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.rstrip("\n").split("\n")

    @cached_property
    def front(self) -> int:
        return read_front_matter(Source("n.md", self.text), Settings()).end_line

    @cached_property
    def records(self) -> tuple[Record, ...]:
        return read_markdown(Source("n.md", self.text), Settings()).records

    @cached_property
    def fences(self) -> list[tuple[int, int]]:
        return _pairs(self.lines, re.compile(r"\s*(```|~~~)"))

    @cached_property
    def displays(self) -> list[tuple[int, int]]:
        return _pairs(self.lines, re.compile(r"\s*\$\$\s*$"))

    @cached_property
    def code(self) -> set[int]:
        return {line for first, last in self.fences for line in range(first, last + 1)}

    def where(self, pattern: str) -> list[int]:
        """The lines, from 0, outside of code and front matter in which ``pattern`` is found."""
        return [
            n
            for n, line in enumerate(self.lines)
            if n >= self.front and n not in self.code and re.search(pattern, line)
        ]


def _pairs(lines: Sequence[str], mark: re.Pattern[str]) -> list[tuple[int, int]]:
    found = [n for n, line in enumerate(lines) if mark.match(line)]
    return list(zip(found[::2], found[1::2], strict=False))


@dataclass(frozen=True)
class Fault:
    """Lines ``[first, last)`` (from 0) of a good note, and what stands there instead.

    ``opened`` is where what is broken begins: of a fence that lost its end, its first line.
    """

    first: int
    last: int
    new: tuple[str, ...]
    opened: int
    closed: int = 0
    moves: bool = False  # the deck and tags of other records change along

    @property
    def touched(self) -> range:
        """The lines of the good note that belong to the fault."""
        return range(self.opened, max(self.last, self.closed, self.first + 1))

    @property
    def place(self) -> range:
        """The lines, from 1, of the broken note at which the fault is."""
        return range(self.opened + 1, self.first + max(1, len(self.new)) + 1)

    def apply(self, good: Good) -> str:
        return "\n".join([*good.lines[: self.first], *self.new, *good.lines[self.last :]]) + "\n"


Mutation = Callable[[Random, Good], Fault | None]
MUTATIONS: dict[str, Mutation] = {}


def mutation(make: Mutation) -> Mutation:
    MUTATIONS[make.__name__] = make
    return make


def good_notes(random: Random) -> Iterator[Good]:
    """The sample notes, the fixtures that have no fault, and notes put together by chance, in turn and without end."""
    samples = [Good(path.name, path.read_text("utf-8")) for path in sorted(CONTENT.rglob("*.md"))]
    samples = [good for good in samples if good.name != "sales-strategy.md"]  # a paste has no marks to break
    fixed = [
        Good(case.name, case.notes)
        for case in cases()
        if not case.document.diagnostics and len(case.document.records) > 1 and case.notes.isprintable() is False
    ]
    number = 0
    while True:
        number += 1
        chosen = random.sample(BLOCKS, 10)
        chosen.sort(key=lambda block: (block.startswith("# "), block.startswith("## ")))  # what follows is not theirs
        text = random.choice(("", FRONT)) + "# Notes\n\n" + "\n\n".join(chosen) + "\n"
        yield random.choice((Good(f"composed {number}", text), random.choice(samples), random.choice(fixed)))


def _in_line(random: Random, good: Good, pattern: str, change: str | Callable[[re.Match[str]], str]) -> Fault | None:
    """Change one match of ``pattern`` in one line."""
    found = good.where(pattern)
    if not found:
        return None
    at = random.choice(found)
    match = random.choice(list(re.finditer(pattern, good.lines[at])))
    new = change(match) if callable(change) else match.expand(change)
    line = good.lines[at]
    return Fault(at, at + 1, (line[: match.start()] + new + line[match.end() :],), at)


def _delete(at: int, opened: int | None = None) -> Fault:
    return Fault(at, at + 1, (), at if opened is None else opened)


@mutation
def closing_fence(random: Random, good: Good) -> Fault | None:
    if not good.fences:
        return None
    first, last = random.choice(good.fences)
    return _delete(last, first)


@mutation
def closing_dollars(random: Random, good: Good) -> Fault | None:
    if good.displays and random.random() < 0.7:
        first, last = random.choice(good.displays)
        return _delete(last, first)
    return _in_line(random, good, r"(?<=\S)\$\$$", "")


@mutation
def inline_dollar(random: Random, good: Good) -> Fault | None:
    return _in_line(
        random, good, r"(?<![$\\])\$([^$\s](?:[^$]*[^$\s])?[\\_^][^$]*)\$(?!\$)", random.choice((r"$\1", r"\1$"))
    )


@mutation
def link(random: Random, good: Good) -> Fault | None:
    return _in_line(
        random,
        good,
        r"\[([^\]\[]+)\]\(([^)]+)\)$|\[([^\]\[]+)\]\(([^) ]+)\)(?= )",
        lambda m: random.choice((m[0][:-1], m[0].replace("]", ""))),
    )


@mutation
def attribute_brace(random: Random, good: Good) -> Fault | None:
    return _in_line(random, good, r"(?<= )(\{(?:[#.]|\w+=)[^{}]*)\}", r"\1")


@mutation
def attribute_quote(random: Random, good: Good) -> Fault | None:
    return _in_line(random, good, r'(="[^"{}]*)"(?=[ }])', r"\1")


@mutation
def attribute_name(random: Random, good: Good) -> Fault | None:
    return _in_line(
        random, good, r"(?<=[{ ])(kind|hint|deck)(?==)", lambda m: random.choice((m[0][:-1], m[0][1:], m[0] + "s"))
    )


@mutation
def cloze_end(random: Random, good: Good) -> Fault | None:
    return _in_line(random, good, r"\}\}", random.choice(("", "}")))


@mutation
def answer_line(random: Random, good: Good) -> Fault | None:
    found = [n for n in good.where(r"^(?:\*\*)?A:") if n + 1 >= len(good.lines) or not good.lines[n + 1].strip()]
    return _delete(at := random.choice(found), at - 1) if found else None


@mutation
def only_definition(random: Random, good: Good) -> Fault | None:
    found = [
        n
        for n in good.where(r"^: ")
        if not good.lines[n - 1].startswith(": ")
        and (n + 2 >= len(good.lines) or (not good.lines[n + 1] and good.lines[n + 2][:1] not in (" ", ":")))
    ]
    return _delete(at := random.choice(found), at - 1) if found else None


@mutation
def definition(random: Random, good: Good) -> Fault | None:
    fault = _in_line(random, good, r"( :::?) [^{}|`]+$|(?<=\*\*)(:) [^{}]+$", lambda m: m[1] or m[2])
    if not fault:
        return None
    below = "\n".join(good.lines[fault.last : fault.last + 2])
    return None if below.strip("\n").startswith((" ", "\t", "- ")) or below[:1].strip() else fault


@mutation
def body(random: Random, good: Good) -> Fault | None:
    found = [
        record
        for record in good.records
        if good.lines[record.line - 1].startswith("#") and record.end_line > record.line
    ]
    if not found:
        return None
    record = random.choice(found)
    return Fault(record.line, record.end_line, (), record.line - 1)


@mutation
def front_matter_end(random: Random, good: Good) -> Fault | None:
    return _front(good, _delete(good.front - 1, 0)) if good.front else None


@mutation
def front_matter_bracket(random: Random, good: Good) -> Fault | None:
    found = [n for n in range(good.front) if good.lines[n].endswith("]")]
    return _front(good, Fault(found[0], found[0] + 1, (good.lines[found[0]][:-1],), found[0])) if found else None


@mutation
def front_matter_colon(random: Random, good: Good) -> Fault | None:
    found = [n for n in range(good.front) if re.match(r"\w+: ", good.lines[n])]
    at = random.choice(found) if len(found) > 1 else 0
    return _front(good, Fault(at, at + 1, (good.lines[at].replace(":", "", 1),), at)) if at else None


@mutation
def front_matter_key(random: Random, good: Good) -> Fault | None:
    found = [n for n in range(good.front) if re.match(r"(?:deck|tags|kind|headings): ", good.lines[n])]
    if not found:
        return None
    at = random.choice(found)
    name, _, value = good.lines[at].partition(":")
    cut = random.randrange(1, len(name))
    wrong = random.choice(
        (
            name[:cut] + name[cut + 1 :],
            name[:cut] + name[cut] + name[cut:],
            name[: cut - 1] + name[cut] + name[cut - 1] + name[cut + 1 :],
        )
    )
    return _front(good, Fault(at, at + 1, (f"{wrong}:{value}",), at)) if wrong not in ("tag", name) else None


def _front(good: Good, fault: Fault) -> Fault:
    return Fault(fault.first, fault.last, fault.new, fault.opened, good.front, moves=True)


@mutation
def twice(random: Random, good: Good) -> Fault | None:
    found = [record for record in good.records if record.kind != "cloze"]
    record = random.choice(found) if found else None
    if not record or record.line - 1 < good.front:
        return None
    new = good.lines[record.line - 1 : record.end_line]
    if record.end_line == len(good.lines) or not good.lines[record.end_line].strip():
        new = ["", *new]
    return Fault(record.end_line, record.end_line, tuple(new), record.end_line)


@mutation
def picture(random: Random, good: Good) -> Fault | None:
    return _in_line(random, good, r"(?<=\w)(\.svg)(?=[>)])", random.choice((r"s\1", ".png")))


@mutation
def comment(random: Random, good: Good) -> Fault | None:
    if good.where(r"^<!--.*-->$") and random.random() < 0.7:
        return _in_line(random, good, r" ?-->$", "")
    if random.random() < 0.4:
        fault = _in_line(random, good, r"(?<=\w)$", " <!-- to do")
        in_display = fault and any(first <= fault.first <= last for first, last in good.displays)
        return replace(fault, moves="#" in good.lines[fault.first]) if fault and not in_display else None
    found = [record.line - 1 for record in good.records if record.line > 2 and not good.lines[record.line - 2]]
    return Fault(at := random.choice(found), at, ("<!-- to do", ""), at) if found else None


@mutation
def cells(random: Random, good: Good) -> Fault | None:
    row = r"^(\|[^|`]+\|)([^|`]+\|)$"
    found = [n for n in good.where(row) if n and good.lines[n - 1].startswith("|") and "--" not in good.lines[n]]
    if not found:
        return None
    at = random.choice(found)
    new = re.sub(row, r"\1\2 more |" if random.random() < 0.5 else r"\1", good.lines[at])
    return Fault(at, at + 1, (new,), at)


@mutation
def delimiter_row(random: Random, good: Good) -> Fault | None:
    fault = _in_line(random, good, r"^(\|[ -]+\|)[ -]+\|$", r"\1")
    if not fault:
        return None
    last = next((n for n in range(fault.first, len(good.lines)) if not good.lines[n].startswith("|")), len(good.lines))
    return Fault(fault.first, fault.last, fault.new, fault.first - 1, last)


@mutation
def bold(random: Random, good: Good) -> Fault | None:
    whole = r"(?<![*\w])\*\*([^*`]+)\*\*(?!\*)"
    return _in_line(random, good, whole, random.choice((r"**\1", r"\1**", r"**\1*", r"*\1**")))


@mutation
def highlight(random: Random, good: Good) -> Fault | None:
    return _in_line(random, good, r"(?<![=\w])==([^=`]+)==(?![=\w])", random.choice((r"==\1", r"\1==", r"==\1=")))


@mutation
def backtick(random: Random, good: Good) -> Fault | None:
    # Not beside a formula: in TeX it is a quote.
    return _in_line(random, good, r"^([^`$]*)`([^`$]+)`([^`$]*)$", random.choice((r"\1`\2\3", r"\1\2`\3")))


@mutation
def count(random: Random, good: Good) -> Fault | None:
    numbers = {"3": "4", "4": "3", "Three": "Four", "Four": "Five"}
    return _in_line(random, good, r"(?<=^## )(?:3|4|Three|Four)(?= )|(?<=^### )(?:3|4)(?= )", lambda m: numbers[m[0]])


@mutation
def cut(random: Random, good: Good) -> Fault | None:
    """The file ends inside of something that is open."""
    places = [(first, n, good.lines[n]) for first, last in good.fences for n in range(first, last)]
    places += [(first, n, good.lines[n]) for first, last in good.displays for n in range(first, last)]
    for n in good.where(r"\{\{c1::\w|^\*\*\w|(?<= )\{[#.]|^Q: "):
        opening = re.search(r"\{\{c1::\w|^\*\*\w|(?<= )\{[#.]|^Q: ", good.lines[n])
        assert opening
        places.append((n, n, good.lines[n][: opening.end() + 1]))
    if not places:
        return None
    opened, at, last = random.choice(places)
    return Fault(at, len(good.lines), (last,), opened)


@mutation
def conflict(random: Random, good: Good) -> Fault | None:
    found = [record for record in good.records if record.line - 1 >= good.front]
    if not found:
        return None
    record = random.choice(found)
    ours = good.lines[record.line - 1 : record.end_line]
    theirs = [f"{line} again" if line.strip() else line for line in ours]
    new = ("<<<<<<< HEAD", *ours, "=======", *theirs, ">>>>>>> other")
    return Fault(record.line - 1, record.end_line, new, record.line - 1, moves=ours[0].startswith("#"))


@mutation
def merged(random: Random, good: Good) -> Fault | None:
    begins = {record.line - 1 for record in good.records}
    found = [n for n in sorted(begins) if n >= good.front and n + 1 in begins and not good.lines[n].startswith("|")]
    found += [
        n
        for n in begins
        if good.lines[n].startswith(("Q: ", "| ")) and n + 1 < len(good.lines) and good.lines[n + 1][:2] in ("A:", "| ")
    ]
    if not found:
        return None
    at = random.choice(found)
    return Fault(at, at + 2, (f"{good.lines[at]} {good.lines[at + 1]}",), at)


@mutation
def indented(random: Random, good: Good) -> Fault | None:
    found = [
        record.line - 1
        for record in good.records
        if record.line - 1 > good.front and not good.lines[record.line - 2].strip()
    ]
    found = [
        n for n in found if not re.match(r"[ \t]*(?:[-*+]|\d\.)[ \t](?!\*\*)", good.lines[n])
    ]  # may be nested at will
    if not found:
        return None
    at = random.choice(found)
    record = next(record for record in good.records if record.line - 1 == at)
    above = (other.line - 1 for other in good.records if other.end_line == at - 1)  # it may become a part of this one
    opened = next(above, at)
    new = random.choice(("    ", "\t")) + good.lines[at]
    return Fault(at, at + 1, (new,), opened, record.end_line, moves=good.lines[at].startswith("#"))


@mutation
def first_item(random: Random, good: Good) -> Fault | None:
    """A tab before the first item of a list that follows a blank line."""
    found = [
        n
        for n in good.where(r"^(?:[-*+]|\d\.) ")
        if n > 1
        and not good.lines[n - 1]
        and re.match(r"#|\w", good.lines[n - 2])
        and re.match(r"[-*+\d]", "".join(good.lines[n + 1 : n + 2]))
    ]
    return Fault(at := random.choice(found), at + 1, (f"\t{good.lines[at]}",), at - 2) if found else None


@mutation
def heading_space(random: Random, good: Good) -> Fault | None:
    fault = _in_line(random, good, r"^(#+) ", r"\1")
    if not fault or len(good.where(r"^#+ ")) < 2:  # the only one may as well be a tag
        return None
    record = next((record for record in good.records if record.line - 1 == fault.first), None)
    above = (record.line - 1 for record in good.records if record.end_line == fault.first - 1)  # text goes on with it
    opened = next(above, fault.first)
    return Fault(fault.first, fault.last, fault.new, opened, record.end_line if record else 0, moves=True)


@mutation
def html(random: Random, good: Good) -> Fault | None:
    return _in_line(random, good, r"</\w+>", "")
