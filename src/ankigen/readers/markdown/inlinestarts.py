"""Where inline rules can begin: with which characters, and for those that are common in text, beside what.

A rule is not asked anywhere else, so what is said here has to hold for all that it reads; `tests/test_inline.py`
compares the tokens with those of markdown-it's own pass, which asks each rule everywhere.
"""

__all__ = ["BEGINNINGS", "PLACES"]

BEGINNINGS = {
    "address": ":",
    "attributes": "{",
    "autolink": "<",
    "backticks": "`",
    "bracketed math": "\\",
    "cloze": "{",
    "cloze_braces": "}",
    "emphasis": "*_",
    "entity": "&",
    "escape": "\\",
    "footnote_ref": "[",
    "hashtag": "#",
    "html_inline": "<",
    "image": "!",
    "inline footnote": "^",
    "link": "[",
    "mark": "=",
    "math_inline": "$",
    "newline": "\n",
    "raised": "~^",
    "separator": ":-–—",
    "sound": "[",
    "strikethrough": "~",
    "wiki_link": "[!",
}
"""Of each rule, by its name: all characters that it can begin with."""

PLACES = {
    "*": r"\*(?:(?<![ \t\n]\*)|(?![ \t\n]))",  # between spaces it neither opens nor closes anything
    "_": r"_(?:(?<![^\W_]_)|(?![^\W_]))",  # nor does this between letters
    ":": r":(?=[: \t\n*_]|\Z|//)",
    **{dash: rf"{dash}(?<=[ \t]{dash})(?=[ \t\n]|\Z)" for dash in "-–—"},
    "{": r"\{(?:(?=\{)|(?<![^ \t\n]\{))",  # of a cloze, or of attributes
    "}": r"\}(?=\})",
    "!": r"!(?=\[)",
    "#": r"#(?<!\S#)(?=\S)",
    "$": r"\$(?![ \t\n])(?<!\d\$)",
    "&": "&(?=[#A-Za-z])",
    "<": r"<(?=[^\s<>])",
    "=": "=(?==)",
    "^": r"\^(?=[^\s^])",
    "~": r"~(?=\S)",
}
"""Of such characters: the only places at which one of their rules can begin. Each pattern begins with its character."""
