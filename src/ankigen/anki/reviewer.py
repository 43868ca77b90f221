"""What Anki's reviewer makes of a rendered card: a box to type into, and the comparison where nothing was typed."""

import re
from collections.abc import Sequence
from html import escape

from ankigen.anki.clozed import answer_of
from ankigen.anki.plain import decoded, without_tags
from ankigen.anki.sounds import without_sounds
from ankigen.records import NoteType

__all__ = ["compared", "typed_sides"]

_TYPED = re.compile(r"\[\[type:(.+?)\]\]")
_BREAKS = re.compile(r"(?:\n|<br\s?/?>|</?div>)+", re.IGNORECASE)
_RULE = "<hr id=answer>"
_FONT = "font-family: 'Liberation Sans'; font-size: 20px"  # what genanki gives every field
_BOX = f"""
<center>
<input type=text id=typeans onkeypress="_typeAnsPress();"
   style="{_FONT};">
</center>
"""


def typed_sides(front: str, back: str, note_type: NoteType, fields: Sequence[str], ordinal: int) -> tuple[str, str]:
    """Front and back of a rendered card with each ``[[type:...]]`` shown as Anki does, if nothing is typed in."""
    found = _TYPED.search(front)
    if not found:
        return front, _TYPED.sub("", back)
    name = found[1]
    is_cloze = name.startswith("cloze:")
    for prefix in ("cloze:", "nc:"):
        name = name.removeprefix(prefix)
    values = dict(zip((field.name for field in note_type.fields), fields, strict=True))
    expected = values.get(name)
    if expected is not None and is_cloze:
        expected = answer_of(expected, ordinal + 1) or None
    if not expected:
        return _TYPED.sub("", front), _TYPED.sub("", back)
    answer = f'\n<div style="{_FONT}">{compared(expected)}</div>'
    if _RULE in back and _TYPED.search(back):  # the rule goes before the comparison, which stands in the front's place
        back, answer = back.replace(_RULE, ""), _RULE + answer
    return _TYPED.sub(_BOX, front), _TYPED.sub(lambda _: answer, back)


def compared(expected: str) -> str:
    """What Anki shows where ``expected`` (HTML) was to be typed, and nothing was."""
    plain = decoded(without_tags(_BREAKS.sub(" ", without_sounds(expected)))).strip()
    return f"<code id=typeans>{escape(plain)}</code>"
