"""Where inline rules can begin: with which characters, and for those that are common in text, beside what."""

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
    "*": r"\*(?:(?<![ \t\n]\*)|(?![ \t\n]))",
    "_": r"_(?:(?<![^\W_]_)|(?![^\W_]))",
    ":": r":(?=[: \t\n*_]|\Z|//)",
    **{dash: rf"{dash}(?<=[ \t]{dash})(?=[ \t\n]|\Z)" for dash in "-–—"},
    "{": r"\{(?:(?=\{)|(?<![^ \t\n]\{))",
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
