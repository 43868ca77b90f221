"""Write docs/dialects/ from the fixtures of the dialects: what each reads, and how it differs from its program."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "tests" / "fixtures" / "dialects"
PAGES = ROOT / "docs" / "dialects"
INDEX = ROOT / "docs" / "dialects.md"

_MADE_OF = "<!-- written by tools/write_dialects.py from tests/fixtures/dialects -->"
_TABLE = re.compile(r"(?<=\| `studyset` \| \[pasted study sets\]\(study-sets\.md\) \|\n)(?:\|[^\n]*\n)*")


def page(path: Path) -> str:
    """The page of the dialect that the fixtures in ``path`` are of."""
    title, rest = path.read_text("utf-8").split("\n", 1)
    how = f"Read with `dialect: {path.stem}` ([how to say so](../dialects.md))."
    body = re.sub(r"^~~~~~ notes$", "Input:\n\n~~~~~ text", rest.strip(), flags=re.MULTILINE)
    body = re.sub(r"^~~~~~ (?:records|html)$", "Cards:\n\n~~~~~ text", body, flags=re.MULTILINE)
    return f"{title}\n\n{_MADE_OF}\n\n{how}\n\n{body}\n"


def index(text: str) -> str:
    """The page about dialects with the table of all that have fixtures."""
    rows = []
    for path in sorted(FIXTURES.glob("*.md")):
        title = path.read_text("utf-8").split("\n", 1)[0].removeprefix("# ")
        rows.append(f"| `{path.stem}` | [{title}](dialects/{path.name}) |\n")
    return _TABLE.sub("".join(rows), text, count=1)


def pages() -> dict[Path, str]:
    """Every file that this writes, and what is to stand in it."""
    written = {PAGES / path.name: page(path) for path in FIXTURES.glob("*.md")}
    return {**written, INDEX: index(INDEX.read_text("utf-8"))}


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, "utf-8")
