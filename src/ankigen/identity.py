"""Who a note is: the guid that its reviews hang on. This is the only place where guids are made.

A note is known by its key, or else by its deck and term. What it says, where it stands and when it is built do not
matter, so an edited definition and a moved record stay the same note.
"""

import base64
import hashlib
from collections.abc import Sequence

from ankigen.records import Kind, Record

__all__ = ["guids", "same_term"]


def guids(records: Sequence[Record], namespace: str) -> list[str]:
    """One guid for each record, all different. ``namespace`` keeps the notes of two projects apart.

    Of records with the same term in one deck, the first is known by its term, each other one by its definition
    too, so that none can take the reviews of another when they are reordered.
    """
    seen: set[tuple[str, ...]] = set()
    result = []
    for record in records:
        family = "cloze" if record.kind is Kind.CLOZE else "term"  # Anki cannot change a note from one to the other
        identity: tuple[str, ...] = (namespace, "key", family, record.key or "")
        if record.key is None:
            identity = (namespace, "term", family, *same_term(record))
            if identity in seen:
                identity = (*identity, record.definition.markdown)
        while identity in seen:  # the same record once more, word for word
            identity = (*identity, "again")
        seen.add(identity)
        result.append(_guid(identity))
    return result


def same_term(record: Record) -> tuple[str, str]:
    """What two records share when they are one term of one deck: case and space do not count, as in Anki."""
    return record.deck.casefold(), " ".join(record.term.markdown.split()).casefold()


def _guid(identity: tuple[str, ...]) -> str:
    text = "\x1f".join(part.replace("\x1f", " ") for part in identity)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=9, person=b"ankigen").digest()
    return base64.b32encode(digest).decode("ascii").rstrip("=").lower()
