"""Other programs that make packages of Markdown, measured with the same records, written as each wants them.

They are installed from PyPI, each into an environment of its own, with the libraries that it was written for.
"""

import json
import re
import shutil
import sqlite3
import subprocess
import tempfile
import venv
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from measured import Cost, Failed, run
from table import Table

__all__ = ["peers"]


def _items(content: Path, target: Path) -> None:
    """A list item for each record, its definition in one line: what ankivalenz reads as a card with one direction."""
    for path in sorted(content.glob("*.md")):
        records = re.split(r"^## ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
        parts = (record.partition("\n") for record in records)
        items = "\n".join(f"- {term} ?:: {' '.join(text.split())}" for term, _, text in parts)
        (target / path.name).write_text(f"# {path.stem}\n\n{items}\n", "utf-8")
    (target / "ankivalenz.json").write_text(json.dumps({"deck_id": 1_700_000_000, "deck_name": "out"}), "utf-8")


def _sections(content: Path, target: Path) -> None:
    """The notes as they are, but for settings that only ankigen knows: a heading is a front, what follows its back."""
    for path in sorted(content.glob("*.md")):
        (target / path.name).write_text(path.read_text("utf-8"), "utf-8")


class _Peer(NamedTuple):
    requirements: Sequence[str]
    command: Sequence[str]
    write: Callable[[Path, Path], None]


_PEERS = {
    "ankivalenz": _Peer(["ankivalenz"], ["ankivalenz", "run", "."], _items),
    # With a later click, its version is all that it ever prints.
    "markdown-anki-decks": _Peer(["markdown-anki-decks", "click<8.2"], ["mdankideck", ".", "."], _sections),
}


def peers(folder: Path, project: Path, floor: Cost, records: int) -> Table:
    """What they take for the notes of ``project``, beside the ``floor`` of these; or why they cannot be measured."""
    rows = [(name, *_measured(folder / name, peer, project, floor)) for name, peer in _PEERS.items()]
    return Table(
        f"Other programs, {records:,} records", ("program", "CPU s", "times the floor", "MB", "cards made"), rows
    )


def _measured(folder: Path, peer: _Peer, project: Path, floor: Cost) -> tuple[str, ...]:
    venv.create(folder / "venv", with_pip=True)
    pip: list[str | Path] = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", *peer.requirements]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        return (f"cannot be installed: {(done.stderr.strip().splitlines() or ['?'])[-1]}",)
    notes = folder / "notes"
    shutil.copytree(project / "content", notes, ignore=shutil.ignore_patterns("*.md"))
    peer.write(project / "content", notes)
    program, *arguments = peer.command
    command: list[str | Path] = [folder / "venv" / "bin" / program, *arguments]
    try:
        cost = run(command, notes, codes=(0,))
    except Failed as error:
        return (str(error),)
    cards = sum(map(_cards, notes.glob("*.apkg")))
    return f"{cost.cpu:.2f}", f"{cost.cpu / floor.cpu:.2f}", f"{cost.memory:.0f}", f"{cards:,}"


def _cards(package: Path) -> int:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(package) as archive:
        path = archive.extract("collection.anki2", folder)
        with closing(sqlite3.connect(path)) as collection:
            count: int = collection.execute("select count(*) from cards").fetchone()[0]
    return count
