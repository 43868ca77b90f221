"""Replays a real history of notes against the matching core, and counts what became of their reviews.

The file (JSONL, plain or .gz) has one line a snapshot, oldest first:

    {"n": 7, "files": {"en/Asia.md": [{"guid": "x1", "term": "...", "definition": "..."}, ...], "old.md": null}}

with the files that changed only; null is a file that went. The guid is the truth to compare with, never shown to the
matching. Of each note in two snapshots running: kept (the same identity), lost (a new one, its reviews are gone), asked
(the same, but the matching had a doubt), merged (the identity of another note, the worst). "twin" is a merge of notes
alike to the letter, which nobody could tell apart. New notes can only be merged, or asked about needlessly.
"""

import argparse
import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ankigen.matching import Candidate, Known, fingerprint, match

Files = dict[str, list[dict[str, str]]]  # the notes of each file


def read(path: Path) -> Iterator[Files]:
    """Every snapshot, complete."""
    files: Files = {}
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            changed = json.loads(line)["files"]
            files = {name: notes for name, notes in (files | changed).items() if notes is not None}
            yield files


def harder(snapshots: Iterable[Files], every: int, churn: float, seed: int) -> Iterator[Files]:
    """Real texts under stress: every k-th snapshot only, and a share of the notes comes late or goes early."""
    history = list(snapshots)
    alive: dict[str, list[int]] = {}
    for at, files in enumerate(history):
        for notes in files.values():
            for note in notes:
                alive.setdefault(note["guid"], []).append(at)
    span = {guid: _span(ats, churn, random.Random(f"{seed} {guid}")) for guid, ats in alive.items()}  # noqa: S311 - no secret
    last = len(history) - 1
    for at, files in enumerate(history):
        if at % every and at != last:
            continue
        yield {name: [note for note in notes if at in span[note["guid"]]] for name, notes in files.items()}


def _span(ats: list[int], churn: float, chance: random.Random) -> range:
    if len(ats) > 2 and chance.random() < churn:
        cut = chance.choice(ats[1:])
        return range(cut, ats[-1] + 1) if chance.random() < 0.5 else range(ats[0], cut)
    return range(ats[0], ats[-1] + 1)


@dataclass
class Note:
    """What the replay remembers of an identity: what the lock file would, and whose it truly is."""

    known: Known
    guid: str
    text: tuple[str, str]


@dataclass
class Replay:
    """A lock file in memory, and the counts so far."""

    notes: list[Note] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def build(self, files: Files) -> None:
        """Match one snapshot, count, and remember it."""
        first = not self.notes
        texts = [(path, at, note) for path in sorted(files) for at, note in enumerate(files[path])]
        candidates = [Candidate("term", path, at, None, note["term"], note["definition"]) for path, at, note in texts]
        began = time.perf_counter()
        matching = match([note.known for note in self.notes], candidates)
        self.seconds += time.perf_counter() - began
        asked = {doubt.candidate for doubt in matching.doubts}
        truth = {note.guid: note for note in self.notes if not note.known.retired}
        for c, (_, _, note) in enumerate(texts):
            pair = self.notes[matching.pairs[c]] if c in matching.pairs else None
            if not first:
                self._judge(note, truth.get(note["guid"]), pair, c in asked)
        taken = set(matching.pairs.values())
        gone = [note for k, note in enumerate(self.notes) if k not in taken]
        self.notes = [
            self._remember(candidate, note) for candidate, (_, _, note) in zip(candidates, texts, strict=True)
        ]
        self.notes += [replace(note, known=replace(note.known, retired=True)) for note in gone]

    def _judge(self, note: dict[str, str], before: Note | None, pair: Note | None, asked: bool) -> None:
        text = (note["term"], note["definition"])
        kind = "new" if before is None else "edited term" if before.text[0] != text[0] else "other"
        if pair is not None and pair.guid == note["guid"]:
            fate = "kept"
        elif pair is not None:
            fate = "twin" if pair.text == text else "merged"
        elif asked:
            fate = "asked"
        else:
            fate = "new" if before is None else "lost"
        self.count[f"{kind}: {fate}"] += 1

    def _remember(self, c: Candidate, note: dict[str, str]) -> Note:
        known = Known(c.family, c.path, c.place, None, c.term, fingerprint(c.definition))
        return Note(known, note["guid"], (c.term, c.definition))


def main() -> None:
    """Print the counts for every file given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("history", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="K", help="build at every K-th snapshot only")
    parser.add_argument(
        "--churn", type=float, default=0.0, metavar="P", help="share of notes that come late or go early"
    )
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for path in args.history:
        replay = Replay()
        for files in harder(read(path), args.every, args.churn, args.seed):
            replay.build(files)
        print(f"{path.name}: {replay.seconds:.1f} s of matching")
        for kind in ("edited term", "other", "new"):
            fates = {fate: n for key, n in replay.count.items() if (fate := key.removeprefix(f"{kind}: ")) != key}
            total = sum(fates.values())
            print(f"  {kind:12}{total:8}", *(f"  {fate} {fates.get(fate, 0)}" for fate in _FATES if fate in fates))


_FATES = ("kept", "asked", "lost", "new", "twin", "merged")

if __name__ == "__main__":
    main()
