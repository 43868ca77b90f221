"""The style of the cards: readable in both modes, one palette, and nothing fetched from elsewhere."""

import re

import pytest

from ankigen.notetypes import load_note_types
from ankigen.themes import theme_names

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


SHAPE = set("font size leading measure term-size term-weight corner rule-width rule".split())


def palettes(theme: str) -> tuple[dict[str, str], dict[str, str]]:
    """The custom properties of the theme in light and in dark mode."""
    css = load_note_types()["term"].css
    light, dark = (
        dict(re.findall(r"--([\w-]+): ([^;]+);", block))
        for block in re.findall(rf"^[^{{}}]*\.theme-{theme} {{([^}}]*--paper:[^}}]*)}}", css, re.MULTILINE)
    )
    return light, light | dark


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", theme_names())
def test_every_text_is_readable_in_both_modes(theme: str) -> None:
    colours = GROUNDS | TEXTS | set(PAIRS) | set(PAIRS.values()) | EDGES | DECORATION
    for palette in palettes(theme):
        assert set(palette) == colours | SHAPE  # or a card with another theme would show through
        least_text = 7.0 if theme == "large" else 4.5
        pairs = [(text, ground, least_text) for text in TEXTS for ground in GROUNDS]
        pairs += [(text, ground, least_text) for text, ground in PAIRS.items()]
        pairs.append(("bad-ink", "panel", least_text))  # the title of a warning
        pairs += [(edge, ground, 3.0) for edge in EDGES for ground in GROUNDS]
        for text, ground, least in pairs:
            assert contrast(palette[text], palette[ground]) >= least, (text, ground)
    assert contrast("#000000", palettes(theme)[1]["picture"]) >= 4.5


def test_each_mode_says_every_colour_anew() -> None:
    css = load_note_types()["term"].css
    blocks = re.findall(r"\{([^}]*--paper:[^}]*)\}", css)
    assert len(blocks) == 2 * (1 + len(theme_names()))  # the project's theme, and each on its own
    names = [set(re.findall(r"--([\w-]+):", block)) - SHAPE for block in blocks]
    assert all(name == names[0] for name in names)


@pytest.mark.parametrize("theme", theme_names())
def test_the_chosen_theme_is_that_of_the_card(theme: str) -> None:
    css = load_note_types(theme=theme)["cloze"].css
    assert css.startswith(".card {")
    assert dict(re.findall(r"--([\w-]+): ([^;]+);", css.partition("}")[0])) == palettes(theme)[0]


def test_colours_come_from_the_palette_and_nothing_from_elsewhere() -> None:
    for note_type in load_note_types().values():
        rules = re.sub(r"\{[^}]*--paper:[^}]*\}", "", note_type.css)
        assert not re.search(r"#[0-9a-f]{3,8}\b(?=[;\s])|rgb|hsl", rules)
        assert set(re.findall(r"var\(--([\w-]+)\)", note_type.css)) <= set(palettes("paper")[0])
        shown = note_type.css + "".join(card.front + card.back for card in note_type.templates)
        assert not re.search(r"url\(|@import|https?:|<script[^>]|<link", shown)
        assert not re.search(r"\[[%=#]|[%=#]\]", shown)
