"""The floor: what bare markdown-it-py and bare genanki take for the same notes, as two scripts that do nothing else."""

import json
import subprocess
import sys
from pathlib import Path

from measured import Cost, run

__all__ = ["Floor"]

_PARSE = """
import sys
from pathlib import Path
from markdown_it import MarkdownIt
parser = MarkdownIt("commonmark").enable("table")
for path in sorted(Path(sys.argv[1]).rglob("*.md")):
    parser.render(path.read_text("utf-8"))
"""
_PACK = """
import json, sys
import genanki
with open(sys.argv[1], encoding="utf-8") as stream:
    notes = json.load(stream)
model = genanki.Model(1, "m", fields=[{"name": "a"}, {"name": "b"}], templates=[
    {"name": "c", "qfmt": "{{a}}", "afmt": "{{b}}"}])
deck = genanki.Deck(2, "d")
for number, fields in enumerate(notes):
    deck.add_note(genanki.Note(model, fields, guid=str(number)))
genanki.Package(deck).write_to_file(sys.argv[2], timestamp=1)
"""
_FIELDS = """
import json, sys
from pathlib import Path
from markdown_it import MarkdownIt
parser = MarkdownIt("commonmark").enable("table")
notes = []
for path in sorted(Path(sys.argv[1]).rglob("*.md")):
    for html in parser.render(path.read_text("utf-8")).split("<h2>")[1:]:
        term, _, definition = html.partition("</h2>")
        notes.append([term, definition.strip()])
with open(sys.argv[2], "w", encoding="utf-8") as stream:
    json.dump(notes, stream)
"""


class Floor:
    """The floor of the notes in ``content``; it writes into ``folder``. ``package`` is what it packs."""

    def __init__(self, content: Path, folder: Path) -> None:
        self._content = content
        self._folder = folder
        self._fields = folder / "fields.json"
        self.package = folder / "floor.apkg"
        subprocess.run([sys.executable, "-c", _FIELDS, content, self._fields], check=True)  # noqa: S603
        self.notes = len(json.loads(self._fields.read_text("utf-8")))

    def measure(self, start: Cost) -> Cost:
        """What both scripts take together, less one ``start`` of Python."""
        parse = run([sys.executable, "-c", _PARSE, self._content], self._folder)
        pack = run([sys.executable, "-c", _PACK, self._fields, self.package], self._folder)
        return Cost(parse.wall + pack.wall, parse.cpu + pack.cpu, max(parse.memory, pack.memory)).less(start)
