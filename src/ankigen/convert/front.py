"""The front matter of a converted note: that of its source, and the file that it was made of."""

import json
import re

from ankigen.readers.frontmatter import read_front_matter
from ankigen.readers.settings import Settings
from ankigen.source import Source

__all__ = ["front_matter"]

_OWN = re.compile(r"""["']?(?:dialect|origin)["']?\s*[:=]""", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z][\w./ -]*\w")  # a text that YAML takes for itself


def front_matter(source: Source, end: int, name: str, *, dialect: bool) -> str:
    """The first ``end`` lines of ``source`` without their dialect, with the ``name`` of the file in them.

    ``dialect`` says the dialect of the new note, for one that would be taken for a paste. Empty when nothing is said.
    """
    fence = source.line(1).rstrip() if end else "---"
    kept = _without_own([source.line(number) for number in range(2, end + 1)])
    if kept and kept[-1].rstrip() in ("---", "...", "+++"):
        kept.pop()
    quoted = json.dumps(name, ensure_ascii=False)
    said = {"origin": quoted if fence == "+++" or not _PLAIN.fullmatch(name) else name} if name else {}
    if dialect:
        said["dialect"] = '"notes"' if fence == "+++" else "notes"
    mark = " =" if fence == "+++" else ":"
    # In front of all else: after a TOML table, they would belong to the table.
    text = _fenced(fence, [*(f"{key}{mark} {value}" for key, value in said.items()), *kept])
    if fence == "---" and name and read_front_matter(Source("", text), Settings()).settings.origin != name:
        said = {"origin": quoted, **({"dialect": '"notes"'} if dialect else {})}  # TOML stands between dashes, too
        text = _fenced(fence, [*(f"{key} = {value}" for key, value in said.items()), *kept])
    return text


def _without_own(lines: list[str]) -> list[str]:
    """The lines without the settings that are written anew; what is indented below one belongs to it."""
    kept: list[str] = []
    dropping = False
    for line in lines:
        dropping = bool(_OWN.match(line)) or (dropping and line.startswith((" ", "\t")))
        if not dropping:
            kept.append(line)
    return kept


def _fenced(fence: str, lines: list[str]) -> str:
    return "\n".join([fence, *lines, fence]) if lines else ""
