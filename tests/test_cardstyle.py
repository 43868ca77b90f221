"""The style of the cards: readable in both modes, one palette, and nothing fetched from elsewhere."""

import re

from ankigen.notetypes import load_note_types

GROUNDS = {"paper", "panel"}
TEXTS = {
    "ink",
    "muted",
    "accent",
    *(f"code-{name}" for name in ("keyword", "string", "number", "name", "comment")),
}
PAIRS = {"good-ink": "good", "bad-ink": "bad", "missed-ink": "missed", "accent": "gap", "ink": "mark"}
EDGES = {"edge"}  # the input's border: https://www.w3.org/TR/WCAG22/#non-text-contrast asks for 3
DECORATION = {"line", "picture"}


def palettes() -> list[dict[str, str]]:
    """The custom properties of the light and the dark mode."""
    css = "\n".join(note_type.css for note_type in load_note_types().values())
    blocks = dict.fromkeys(re.findall(r"\{([^}]*--paper:[^}]*)\}", css))
    return [dict(re.findall(r"--([\w-]+): ([^;]+);", block)) for block in blocks]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_text_is_readable_in_both_modes() -> None:
    light, dark = palettes()
    for palette in (light, dark):
        assert set(palette) == GROUNDS | TEXTS | set(PAIRS) | set(PAIRS.values()) | EDGES | DECORATION
        pairs = [(text, ground, 4.5) for text in TEXTS for ground in GROUNDS]
        pairs += [(text, ground, 4.5) for text, ground in PAIRS.items()]
        pairs.append(("bad-ink", "panel", 4.5))  # the title of a warning
        pairs += [(edge, ground, 3.0) for edge in EDGES for ground in GROUNDS]
        for text, ground, least in pairs:
            assert contrast(palette[text], palette[ground]) >= least, (text, ground)
    assert contrast("#000000", dark["picture"]) >= 4.5


def test_colours_come_from_the_palette_and_nothing_from_elsewhere() -> None:
    for note_type in load_note_types().values():
        rules = re.sub(r"\{[^}]*--paper:[^}]*\}", "", note_type.css)
        assert not re.search(r"#[0-9a-f]{3,8}\b(?=[;\s])|rgb|hsl", rules)
        known = set(palettes()[0])
        assert set(re.findall(r"var\(--([\w-]+)\)", note_type.css)) <= known
        shown = note_type.css + "".join(card.front + card.back for card in note_type.templates)
        assert not re.search(r"url\(|@import|https?:|<script|<link", shown)
        assert not re.search(r"\[[%=#]|[%=#]\]", shown)
