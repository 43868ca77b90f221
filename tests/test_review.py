"""The questions of ``ankigen convert --review``, answered on a terminal by a person with a keyboard.

Run as a program, this file asks about a paste of its own, whose unsure lines are known, and prints what comes out.
"""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ankigen.cli_review import review
from ankigen.readers.settings import Settings
from ankigen.readers.studyset.plain import as_text
from ankigen.readers.studyset.reader import read_studyset
from ankigen.records import Document, Doubt, Record
from ankigen.source import Source
from commands import write

LINES = (
    "granite", "cooled slowly, deep below the ground", "marble", "limestone that was baked",
    "slate", "\x1b[2Jmud that was pressed", "splits into thin plates", "flint",
)  # fmt: skip
KEY = b"stop asking"  # is at the end of every question


def read(told: Mapping[int, bool]) -> Document:
    """A paste in which records begin on lines 1, 3 and 5 and, so it seems, on 7; line 3 may also belong to line 1."""
    source = Source("rocks.txt", "\n".join(LINES))
    starts = sorted(({1, 3, 5, 7} | {n for n, begins in told.items() if begins}) - {n for n in told if not told[n]})
    doubts = {1: Doubt(2, begins=True), 7: Doubt(7, begins=False)}
    records = []
    for first, after in zip(starts, [*starts[1:], len(LINES) + 1], strict=True):
        doubt = doubts.get(first)
        records.append(
            Record(
                as_text([LINES[first - 1]]),
                as_text(LINES[first : after - 1]),
                "rocks.txt",
                first,
                after - 1,
                source.lines_span(first, after - 1),
                doubt=doubt if doubt and doubt.line not in told else None,
            )
        )
    return Document(source, "studyset", tuple(records))


def outline(document: Document) -> str:
    return " ".join(f"{record.line}{'?' if record.doubt else ''}" for record in document.records)


def typed(command: Sequence[str | Path], keys: Sequence[str], cwd: Path, **environment: str) -> tuple[int, str]:
    """The exit code of ``command`` and what it shows on a terminal, each question answered with the next of ``keys``.

    Where one of them has spaces, its parts are pressed one after the other.
    """
    ours, theirs = pty.openpty()
    shown = b""
    asked = 0
    left = list(keys)
    end = time.monotonic() + 60
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=cwd,
        env=os.environ | {"TERM": "xterm", "PYTHONPATH": str(Path(__file__).parent)} | environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as child:
        os.close(theirs)
        while time.monotonic() < end:
            if left and (shown.count(KEY) > asked or shown.endswith(b"undo) ")):
                asked = shown.count(KEY)
                for key in left.pop(0).split(" "):
                    time.sleep(0.2)  # until the terminal gives single keys, and not whole lines
                    os.write(ours, key.encode())
            if not select.select([ours], [], [], 0.1)[0]:
                continue
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux says so when the other end is closed
                break
            if not part:
                break
            shown += part
        else:
            child.kill()
    os.close(ours)
    return child.returncode, shown.decode().replace("\r\n", "\n")


def asked(keys: Sequence[str], tmp_path: Path, **environment: str) -> tuple[str, str]:
    """What the review of the paste above ends in, and all that was shown."""
    code, shown = typed([Path(__file__)], keys, tmp_path, **environment)
    assert code == 0, shown
    return shown.strip().rpartition("\n")[2], shown


@pytest.mark.parametrize(
    ("keys", "records"),
    [
        ("yy", "1 3 5 7"),
        ("\r\r", "1 3 5 7"),
        ("YY", "1 3 5 7"),
        ("nn", "1 2 3 5"),
        ("yn", "1 3 5"),
        ("ss", "1? 3 5 7?"),
        ("sn", "1? 3 5"),
        ("q", "1? 3 5 7?"),
        ("nq", "1 2 3 5 7?"),
        ("nuyy", "1 3 5 7"),
        ("suny", "1 2 3 5 7"),
        ("uyn", "1 3 5"),
        ("nuq", "1? 3 5 7?"),
    ],
)
def test_one_key_answers_one_question(keys: str, records: str, tmp_path: Path) -> None:
    assert asked(keys, tmp_path)[0] == records


def test_other_keys_are_ignored(tmp_path: Path) -> None:
    last, shown = asked(["x 7 y", "\x1b[A n"], tmp_path)
    assert last == "1 3 5"
    assert shown.count("stop asking") == 2


def test_the_question_shows_the_lines_around(tmp_path: Path) -> None:
    _, shown = asked("yq", tmp_path, NO_COLOR="1")
    assert shown.startswith(
        """
rocks.txt:2
  * 1 | granite
  > 2 | cooled slowly, deep below the ground
  * 3 | marble
    4 | limestone that was baked
  * 5 | slate
  It belongs to "granite". Or is it a term of its own?
  y: as it is   n: the other way   s: skip   u: undo   q: stop asking  y
"""
    )
    assert (
        '  > 7 | splits into thin plates\n    8 | flint\n  It is a term of its own. Or does it belong to "slate"'
        in shown
    )
    assert "\x1b" not in shown
    assert "\x1b[33m" in asked("q", tmp_path)[1]


def test_lines_cannot_steer_the_terminal(tmp_path: Path) -> None:
    assert "\x1b[2J" not in asked("q", tmp_path)[1]


def unsure_paste() -> str:
    """A paste of which the reader is unsure, found among a few."""
    tries = (
        "3 parts of a flower\npetal\nstamen\npistil\npetal\nthe part with colour\nstamen\ngives pollen\npistil\n"
        "takes pollen\nLinnaeus\nsorted plants\nwrote in Latin\nbotany\nthe study of plants\nroots and leaves\nmoss\n",
        "moss\nsoft\nfern\ngreen fronds that uncurl\nlichen\nfungus and alga\nslow\nyew\nold\ndark\nash\ntall\n",
        "tide\nrise of the sea\nebb\nfall of the sea\nmoon\nneap\nweak tide\nspring\nstrong tide\nwave\n",
    )
    for text in tries:
        if any(record.doubt for record in read_studyset(Source("p.txt", text), Settings()).records):
            return text
    pytest.fail("the reader is sure of all these: find another paste")


def test_the_answers_are_written(tmp_path: Path) -> None:
    text = unsure_paste()
    write(tmp_path, {"p.txt": text})
    plain = read_studyset(Source("p.txt", text), Settings())
    (doubt, *_) = (record.doubt for record in plain.records if record.doubt)
    command = ("-m", "ankigen", "convert", "p.txt", "--from", "studyset", "--review", "--force", "-o")
    for key, begins in (("y", not doubt.begins), ("n", doubt.begins), ("q", not doubt.begins)):
        code, shown = typed([*command, f"{key}.md"], f"{key}q" if key != "q" else key, tmp_path)
        assert code == 0, shown
        written = (tmp_path / f"{key}.md").read_text(encoding="utf-8")
        told = read_studyset(Source("p.txt", text), Settings(), {doubt.line: begins} if key != "q" else None)
        assert [f"{{line={record.line}}}" in written for record in told.records] == [True] * len(told.records)
        assert written.count("{line=") == len(told.records)
        assert (f"<!-- unsure: line {doubt.line} " in written) is (key == "q")
    assert (tmp_path / "y.md").read_text("utf-8") != (tmp_path / "n.md").read_text("utf-8")


def test_nothing_is_asked_where_all_is_sure(tmp_path: Path) -> None:
    write(tmp_path, {"n.md": "spade\n: a tool to dig with\n"})
    code, shown = typed(["-m", "ankigen", "convert", "n.md", "-o", "m.md", "--review"], "", tmp_path)
    assert (code, shown) == (0, "m.md: 1 record\n")


def test_stopped_with_control_c_nothing_is_written(tmp_path: Path) -> None:
    write(tmp_path, {"p.txt": unsure_paste()})
    command = ["-m", "ankigen", "convert", "p.txt", "--from", "studyset", "--review", "-o", "out.md"]
    code, shown = typed(command, "\x03", tmp_path)
    assert code == 130  # as after any interruption
    assert "Traceback" not in shown
    assert not (tmp_path / "out.md").exists()


if __name__ == "__main__":
    print(outline(review(read)))
