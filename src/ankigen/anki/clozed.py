"""A field's clozes as a card shows them: hidden on its front, revealed on its back, those of other cards plain."""

import re
from collections.abc import Iterator, Sequence

from ankigen.anki.cloze import Cloze, parse_clozes
from ankigen.anki.plain import without_tags

__all__ = ["answer_of", "clozed", "clozed_only", "revealed"]

_MATH_FROM, _MATH_TO = re.compile(r"\\[(\[]"), re.compile(r"\\[)\]]")
_SAFE = re.compile("[^A-Za-z0-9\u0100-\U0010ffff]")
_NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;"}


def clozed(text: str, number: int, *, is_front: bool) -> str:
    """The field on the card of cloze ``number``; empty when there is no such cloze in it."""
    nodes = parse_clozes(text)
    if not any(_asked(nodes, number)):
        return ""
    return _without_tags_in_math(_shown(nodes, number, is_front))


def clozed_only(text: str, number: int, *, is_front: bool) -> str:
    """Only what the card asks for, a comma between."""
    asked = _asked(parse_clozes(text), number)
    return ", ".join((cloze.hint if cloze.hint is not None else "...") if is_front else _text(cloze) for cloze in asked)


def answer_of(text: str, number: int) -> str:
    """What is to be typed on the card of cloze ``number``; once only, if all its clozes hide the same."""
    answers = [_text(cloze) for cloze in _asked(parse_clozes(text), number)]
    return answers[0] if len(set(answers)) == 1 else ", ".join(answers)


def revealed(text: str) -> str:
    """The field with all that its clozes hide, and no mark of them."""
    return "".join(node if isinstance(node, str) else _text(node) for node in parse_clozes(text))


def _asked(nodes: Sequence[str | Cloze], number: int) -> Iterator[Cloze]:
    for node in nodes:
        if isinstance(node, Cloze):
            if number in node.numbers:
                yield node
            yield from _asked(node.nodes, number)


def _text(cloze: Cloze) -> str:
    return "".join(node if isinstance(node, str) else _text(node) for node in cloze.nodes)


def _shown(nodes: Sequence[str | Cloze], number: int, is_front: bool) -> str:
    pieces: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            pieces.append(node)
            continue
        inner, numbers = _shown(node.nodes, number, is_front), ",".join(map(str, node.numbers))
        if number not in node.numbers:
            pieces.append(f'<span class="cloze-inactive" data-ordinal="{numbers}">{inner}</span>')
        elif is_front:
            hint = node.hint if node.hint is not None else "..."
            held = _SAFE.sub(_reference, inner)
            pieces.append(f'<span class="cloze" data-cloze="{held}" data-ordinal="{numbers}">[{hint}]</span>')
        else:
            pieces.append(f'<span class="cloze" data-ordinal="{numbers}">{inner}</span>')
    return "".join(pieces)


def _reference(found: re.Match[str]) -> str:
    return _NAMED.get(found[0]) or f"&#x{ord(found[0]):02X};"


def _without_tags_in_math(html: str) -> str:
    """MathJax would stumble over tags, those around a cloze too."""
    pieces: list[str] = []
    at = 0
    while (opening := _MATH_FROM.search(html, at)) and (closing := _MATH_TO.search(html, opening.end())):
        pieces += (html[at : opening.end()], without_tags(html[opening.end() : closing.start()]), closing[0])
        at = closing.end()
    return "".join((*pieces, html[at:]))
