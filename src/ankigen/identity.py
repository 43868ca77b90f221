"""Who a note is: the guid that its reviews hang on. This is the only place where guids are made.

A note is known by its key, or else by its deck and term. What it says, where it stands and when it is built do not
matter, so an edited definition and a moved record stay the same note.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from unicodedata import normalize

from ankigen.records import Kind, Record

__all__ = ["folded", "guids", "same_term"]


def guids(records: Sequence[Record], namespace: str) -> list[str]:
    """One guid for each record, all different. ``namespace`` keeps the notes of two projects apart.

    Of records with the same term in one deck, the first is known by its term, each other one by its definition
    too, so that none can take the reviews of another when they are reordered.
    """
    seen: set[tuple[str, ...]] = set()
    result = []
    for record in records:
        # Anki cannot change a note from one type to another: it would skip every later version of it.
        family = record.note_type or ("cloze" if record.kind is Kind.CLOZE else "term")
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
    """What two records share when they are one term of one deck; case, spaces and how é is encoded do not count."""
    return folded(record.deck), folded(" ".join(record.term.markdown.split()))


def folded(text: str) -> str:
    """What is the same for two names that Anki takes for one."""
    return normalize("NFC", text).casefold()


def _guid(identity: tuple[str, ...]) -> str:
    text = json.dumps(identity)  # keeps the parts apart, whatever they hold
    digest = hashlib.blake2b(text.encode("ascii"), digest_size=9, person=b"ankigen").digest()
    return base64.b32encode(digest).decode("ascii").rstrip("=").lower()
