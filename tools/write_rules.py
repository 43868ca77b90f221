"""Writes docs/rules.md from the pages of the catalogue: ``python tools/write_rules.py``."""

import re
from collections.abc import Iterator
from pathlib import Path

from ankigen.catalogue import page, standing, summary
from ankigen.diagnostics import Rule

OUTPUT = Path(__file__).parents[1] / "docs" / "rules.md"

_INTRODUCTION = """\
# Rules

Everything that ankigen reports has a rule, named in brackets. `ankigen explain RULE` prints its page, `ankigen explain`
lists them all. How a project sets their severity, and how a comment in a note silences one, stands in
[usage.md](usage.md#rules). This file is made of `src/ankigen/catalogue/` by `tools/write_rules.py`.
"""


def rules_page() -> Iterator[str]:
    """The parts of the whole page, in the order of the enum."""
    yield _INTRODUCTION
    yield "| rule | says |\n|---|---|"
    yield from (f"| [{rule.value}](#{rule.value}) | {_cell(summary(rule))} |" for rule in Rule)
    for rule in Rule:
        yield f"\n## {rule.value}\n\n*{standing(rule)}*\n\n{page(rule)}"


def _cell(text: str) -> str:
    return re.sub(r"(?=\|)", r"\\", text)


def written() -> str:
    """The text of the file."""
    return "\n".join(rules_page()) + "\n"


if __name__ == "__main__":
    OUTPUT.write_text(written(), encoding="utf-8", newline="\n")
