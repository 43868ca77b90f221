"""The pairs that need no matching: notes that are as they were, and that no other note looks like.

These are nearly all of a project, so they are found with plain dictionaries, each text looked at once. They are the
pairs that the whole of matching would find too; whatever might have a rival is left to it.
"""

from collections.abc import Hashable, Iterable, Sequence

from ankigen.matching.text import digest, digest_in, squeeze
from ankigen.matching.values import Candidate, Known

__all__ = ["unchanged"]


def unchanged(known: Sequence[Known], candidates: Sequence[Candidate]) -> dict[int, int]:
    """The known note of each candidate that has its key, or else its file, term and definition, and no rival."""
    keys_before = _once(None if note.key is None else (note.family, note.key) for note in known)
    keys_now = _once(None if note.key is None else (note.family, note.key) for note in candidates)
    texts_before = _once(
        None if note.retired else (note.path, squeeze(note.term), digest_in(note.fingerprint)) for note in known
    )
    texts_now = _once((note.path, squeeze(note.term), digest(note.definition)) for note in candidates)
    pairs = {c: keys_before[key] for key, c in keys_now.items() if key in keys_before}
    for text, c in texts_now.items():
        # With a key, a note may be that of the key: matching knows in which order.
        if (k := texts_before.get(text)) is not None and _is_plain(candidates[c], known[k]):
            pairs[c] = k
    return dict(sorted(pairs.items()))


def _is_plain(candidate: Candidate, known: Known) -> bool:
    return candidate.key is None and known.key is None and candidate.family == known.family


def _once(traits: Iterable[Hashable]) -> dict[Hashable, int]:
    """Where each trait stands that stands there once; None is none."""
    found: dict[Hashable, int] = {}
    twice: set[Hashable] = set()
    for at, trait in enumerate(traits):
        if trait is not None and found.setdefault(trait, at) != at:
            twice.add(trait)
    for trait in twice:
        del found[trait]
    return found
