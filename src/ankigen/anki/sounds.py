"""What a card plays: ``[sound:...]`` and ``[anki:tts ...]``, taken out of its text as Anki does before it shows it."""

import re
from collections.abc import Iterator

from ankigen.anki.plain import decoded, without_tags
from ankigen.frozen import dataclass

__all__ = ["Sound", "Speech", "extract_sounds", "without_sounds"]

_OPENING = re.compile(
    r"\[(?:sound:(?P<file>[^\]]+)\]|anki:tts"
    r"(?P<options>(?:[ \t\r\n]+[^\]\s=]+=(?:\"[^\"]*\"|[^\]\s]*+))*+)[ \t\r\n]*\])"
)
_OPTION = re.compile(r"([^\]\s=]+)=(?:\"([^\"]*)\"|([^\]\s]*))")
_CLOSING = "[/anki:tts]"


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that is played."""

    file: str


@dataclass(frozen=True, slots=True)
class Speech:
    """Text that the learner's system reads out in a language."""

    text: str
    language: str


def extract_sounds(text: str, side: str) -> tuple[str, tuple[Sound | Speech, ...]]:
    """The text with ``[anki:play:SIDE:NUMBER]`` in place of each, and what they play; ``side`` is ``q`` or ``a``."""
    pieces: list[str] = []
    sounds: list[Sound | Speech] = []
    for before, sound in _parts(text):
        pieces.append(before)
        if isinstance(sound, str):
            pieces.append(sound)
        else:
            pieces.append(f"[anki:play:{side}:{len(sounds)}]")
            sounds.append(sound)
    return "".join(pieces), tuple(sounds)


def without_sounds(text: str) -> str:
    """The text without what it plays."""
    return "".join(piece for piece, _ in _parts(text))


def _parts(text: str) -> Iterator[tuple[str, Sound | Speech | str]]:
    """Each sound with the text before it, and last the text behind them all with an empty one."""
    at, last_closing, last_bracket = 0, text.rfind(_CLOSING), text.rfind("]") + 1
    opening = _OPENING.search(text, at, last_bracket)
    while opening:
        end = opening.end()
        if opening["file"] is not None:
            yield text[at : opening.start()], Sound(decoded(opening["file"]).rpartition("/")[2])
            at = end
        elif end <= last_closing:
            closing = text.index(_CLOSING, end)
            yield text[at : opening.start()], _speech(opening["options"], text[end:closing])
            at = end = closing + len(_CLOSING)
        opening = _OPENING.search(text, end, last_bracket)
    yield text[at:], ""


def _speech(written: str, text: str) -> Speech | str:
    """What is read out, or what Anki shows when it cannot tell in which language."""
    options = {name: quoted or plain for name, quoted, plain in _OPTION.findall(written)}
    if not options.get("lang"):
        return "[Error in directive '\u2068anki:tts\u2069': \u2068'\u2068lang\u2069' not set\u2069]"
    return Speech(decoded(without_tags(text, " ")).replace("[...]", "blank"), options["lang"])
