"""A note's card as Anki renders it: templates, filters and clozes into the HTML of front and back.

The HTML is the real Anki's, character by character: a test compares thousands of generated cards, and every card of the
sample notes. Two things differ: the id of a hint, which Anki makes in another way, and ``[latex]``, which stays text.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b

from ankigen.anki.cloze import cloze_ordinals
from ankigen.anki.clozed import clozed, clozed_only
from ankigen.anki.plain import decoded, without_tags
from ankigen.anki.ruby import furigana, kana, kanji
from ankigen.anki.sounds import Sound, Speech, extract_sounds
from ankigen.anki.template import Comment, Conditional, Node, Text, parse_template, shows_a_field
from ankigen.anki.text import clean_field, is_blank
from ankigen.frozen import dataclass
from ankigen.records import NoteType

__all__ = ["Rendered", "render_card"]

_MORE = "<br><a href='https://docs.ankiweb.net/templates/errors.html#{}'>More information</a></div>"
_BLANK_FRONT = "<div>The front of this card is blank." + _MORE.format("front-of-card-is-blank")
_NO_CLOZE = (
    "<div>No cloze \u2068{}\u2069 found on card.\nPlease either add a cloze deletion, or use the Empty Cards tool."
    + _MORE.format("no-cloze-filter-on-cloze-note-type")
)
_HINT = """
<a class=hint href="#"
onclick="this.style.display='none';
document.getElementById('{id}').style.display='block';
return false;" draggable=false>
{name}</a>
<div id="{id}" class=hint style="display: none">{text}</div>
"""

_OF_TEXT: dict[str, Callable[[str], str]] = {
    "": str,
    "text": lambda text: decoded(without_tags(text)),
    "furigana": furigana,
    "kana": kana,
    "kanji": kanji,
}
_OF_CLOZES = {"cloze": clozed, "cloze-only": clozed_only}


@dataclass(frozen=True, slots=True)
class Rendered:
    """Front and back of a card as Anki hands them to its window, and what each plays.

    ``[anki:play:q:0]`` stands where the first sound of the front is played, ``[[type:Field]]`` where one is to type.
    """

    front: str
    back: str
    front_sounds: tuple[Sound | Speech, ...] = ()
    back_sounds: tuple[Sound | Speech, ...] = ()


def render_card(
    note_type: NoteType,
    fields: Sequence[str],
    ordinal: int,
    *,
    deck: str = "",
    tags: Sequence[str] = (),
    card_id: int = 0,
) -> Rendered:
    """The card with ``ordinal`` (from 0) of a note with these values.

    Raises :class:`~ankigen.anki.template.TemplateError` for a template whose sections do not nest. A field that the
    note type lacks shows nothing: `check_note_type` tells of it, where Anki shows the error instead of the card.
    """
    template = note_type.templates[0 if note_type.is_cloze else ordinal]
    stored = [clean_field(value) for value in fields]
    values = {
        f"c{ordinal + 1}": "1",
        "Tags": " ".join(tags),
        "Type": note_type.name,
        "Deck": deck,
        "Subdeck": deck.rpartition("::")[2],
        "Card": template.name,
        "CardFlag": "flag0",
        "CardID": str(card_id),
        **{field.name: value for field, value in zip(note_type.fields, stored, strict=True)},
    }
    front = _Side(values, ordinal, None).text(parse_template(template.front))
    blank = _blank(note_type, template.front, stored, ordinal, values)
    question, question_sounds = extract_sounds(front + blank, "q")
    if blank:
        return Rendered(question, blank, question_sounds)
    back = _Side(values, ordinal, question).text(parse_template(template.back))
    answer, answer_sounds = extract_sounds(back, "a")
    return Rendered(question, answer, question_sounds, answer_sounds)


def _blank(note_type: NoteType, template: str, stored: Sequence[str], ordinal: int, values: Mapping[str, str]) -> str:
    """What Anki says of a card that has nothing to show, empty for a sound one."""
    if note_type.is_cloze:
        return "" if ordinal in cloze_ordinals(stored) else _NO_CLOZE.format(ordinal + 1)
    return (
        "" if shows_a_field(template, {name for name, text in values.items() if not is_blank(text)}) else _BLANK_FRONT
    )


class _Side:
    """One side of a card in the making; ``question`` is the front that a back may show again."""

    def __init__(self, values: Mapping[str, str], ordinal: int, question: str | None) -> None:
        self._values = values
        self._number = ordinal + 1
        self._question = question

    def text(self, nodes: Sequence[Node]) -> str:
        pieces: list[str] = []
        pending = list(reversed(nodes))
        while pending:
            node = pending.pop()
            if isinstance(node, Text):
                pieces.append(node.text)
            elif isinstance(node, Comment):
                pieces.append(f"<!--{node.text}-->")
            elif isinstance(node, Conditional):
                if is_blank(self._values.get(node.key, "")) is node.negated:
                    pending.extend(reversed(node.children))
            elif node.key == "FrontSide":  # no filter is applied to it
                pieces.append(self._question or "")
            else:
                pieces.append(self._filtered(node.key, node.filters))
        return "".join(pieces)

    def _filtered(self, name: str, filters: Sequence[str]) -> str:
        if not name:  # left to the filter of an add-on
            return ""
        text = self._values.get(name, "")
        if filters and filters[-1] == "type":
            kind = f"{filters[0]}:" if len(filters) == 2 and filters[0] in ("cloze", "nc") else ""
            return f"[[type:{kind}{name}]]"
        for filter_name in filters:
            changed = self._apply(filter_name, text, name)
            if changed is None:  # left to add-ons, as is all that follows
                break
            text = changed
        return text

    def _apply(self, filter_name: str, text: str, name: str) -> str | None:
        if filter_name in _OF_TEXT:
            return _OF_TEXT[filter_name](text)
        if filter_name in _OF_CLOZES:
            return _OF_CLOZES[filter_name](text, self._number, is_front=self._question is None)
        if filter_name.startswith("tts "):
            return f"[anki:tts lang={filter_name.removeprefix('tts ')}]{text}[/anki:tts]"
        if filter_name == "hint":
            return _hint(text, name)
        return f"[[type:{name}]]" if filter_name == "type" else None


def _hint(text: str, name: str) -> str:
    if not text.strip():
        return text
    digest = blake2b(f"{text}\x1f{name}".encode(), digest_size=8).hexdigest()
    return _HINT.format(id=f"hint{digest}", name=name, text=text)
