"""The catalogue of rules: a page for each, which shows a faulty note and exactly what ankigen says of it.

A page is a file `<rule-name>.md` beside this module: a heading, one paragraph (what is wrong, why it matters, what to
do), perhaps more text, the files and commands of the example, and the output of `ankigen check notes.md` or of the
check that is the last of its commands.
"""

from importlib.resources import files

from ankigen.diagnostics import Nature, Rule

__all__ = ["page", "standing", "summary"]

_ASKED = {Nature.LEARNING: "off; a warning with `--learning`", Nature.UNREAD: "off; info with `--prose`"}


def page(rule: Rule) -> str:
    """The rule's page in Markdown, without its heading."""
    text = files(__name__).joinpath(f"{rule.value}.md").read_text("utf-8")
    return text.split("\n", 1)[1].strip("\n")


def summary(rule: Rule) -> str:
    """The first sentence of the rule's page, in one line."""
    words = page(rule).split("\n\n", 1)[0].split()
    return " ".join(words).split(". ", 1)[0].rstrip(".")


def standing(rule: Rule) -> str:
    """What a problem of this kind costs, and what a project can make of it."""
    said = _ASKED.get(rule.nature, rule.severity.value)
    if rule.nature.is_fixed:
        return f"{said}; cannot be lowered or silenced"
    return f"{said}; `[rules]` can set it from error to {rule.lowest}"
