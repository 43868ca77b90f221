"""A build that is ended at any moment leaves whole packages and a whole lock file; the next build mends the rest."""

import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from ankigen.anki.reading import read_package
from ankigen.lock import read_lock
from commands import process, write

MOMENTS = int(os.environ.get("ANKIGEN_MOMENTS", "50"))  # 200 take three minutes
FORK = """
import os, signal, sys, time
import ankigen.build, ankigen.cache.last, ankigen.workers, ankigen.readers.markdown, ankigen.readers.studyset
from ankigen.cli import main
folder = sys.argv[1]
os.chdir(folder)
devnull = os.open(os.devnull, os.O_RDWR)
for line in sys.stdin:
    number, after, options = line.split(" ", 2)
    child = os.fork()
    if not child:
        os.dup2(devnull, 1)
        os.dup2(devnull, 2)
        try:
            main(["build", *options.split()])
        except SystemExit as ended:
            os._exit(int(ended.code or 0))
        except BaseException:
            os._exit(99)
    if int(number):
        time.sleep(float(after))
        os.kill(child, int(number))
    begun = time.monotonic()
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), time.monotonic() - begun, flush=True)
"""


class Builder:
    """Builds in one process each, of which none has to import anything: so that many can be ended."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", FORK, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def build(self, *options: str, number: int = 0, after: float = 0) -> tuple[int, float]:
        """The exit code of a build that is sent a signal after some seconds, and how long it then went on."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{number} {after} {' '.join(options)}\n")
        self._process.stdin.flush()
        code, seconds = self._process.stdout.readline().split()
        return int(code), float(seconds)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(20) == 0
        assert self._process.stdout is not None
        self._process.stdout.close()


def notes(number: int) -> dict[str, str | bytes]:
    """The notes of one version: two decks, of which some records change, come and go."""
    records = [f"**Term {n}**: said {number if n % 3 else 0} times\n\n" for n in range(number % 5, 12)]
    return {"content/a.md": "".join(records), "content/b.md": f"**Other**: {number}\n\n**Stays**: as it is\n"}


def state(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in [*sorted((folder / "build").glob("*.apkg")), folder / "ankigen.lock"]
    }


def test_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311
    folder, fresh = (write(tmp_path / name, {"ankigen.toml": 'name = "n"\n', **notes(0)}) for name in ("p", "fresh"))
    here, there = Builder(folder), Builder(fresh)
    for builder in (here, there):
        assert builder.build("--no-cache", "--now", "1700000000")[0] == 0
    begun = time.monotonic()
    here.build("--no-cache", "--now", "1700000000")
    duration = time.monotonic() - begun
    left_behind: set[Path] = set()
    unfinished = set()
    for moment in range(1, MOMENTS + 1):
        now = str(1_700_000_000 + moment)
        before = state(folder)
        write(folder, notes(moment))
        number = chance.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
        how = chance.choices([[], ["--no-cache"], ["--jobs", "2"]], [4, 4, 1])[0]
        code, _seconds = here.build("--now", now, *how, number=number, after=chance.uniform(0.2, 1.2) * duration)
        expected = {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}[number]
        assert code in (0, expected, -number, 99)  # the last two: it came before the command had begun
        left = state(folder)
        agrees(folder)
        behind = set(folder.rglob("*.tmp"))
        assert number == signal.SIGKILL or behind == left_behind
        left_behind = behind
        assert here.build("--now", now)[0] == 0
        after = state(folder)
        assert all(data in (before.get(name), after[name]) for name, data in left.items()), "neither old nor new"
        assert left["ankigen.lock"] == after["ankigen.lock"] or left == before, "a package that the lock does not know"
        if code and left != after:
            unfinished.add(number)
        write(fresh, notes(moment))
        assert there.build("--now", now)[0] == 0
        assert state(fresh) == after, "the next build does not mend it"
    here.close()
    there.close()
    assert unfinished == {signal.SIGKILL, signal.SIGTERM, signal.SIGINT}


def agrees(folder: Path) -> None:
    """Every note of every package is known to the lock: its guid, its id, and a date that is not older."""
    known = {entry.guid: entry for entry in read_lock(folder / "ankigen.lock").entries}
    for path in (folder / "build").glob("*.apkg"):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
        for note in read_package(path).notes:
            assert note.guid in known


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_with_several_processes_it_ends_within_a_second(tmp_path: Path, number: int, code: int) -> None:
    records = "".join(f"**Term {n}**: *so* `much` of it\n\n" for n in range(800))
    write(tmp_path, {f"content/{n}.md": records for n in range(30)})
    command = [sys.executable, "-m", "ankigen", "build", "--jobs", "2"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, encoding="utf-8") as building:
        while not list(tmp_path.glob(".ankigen/cache/*.json")):  # the first file has been read
            assert building.poll() is None
            time.sleep(0.02)
        begun = time.monotonic()
        building.send_signal(number)
        assert building.wait(20) == code
        assert time.monotonic() - begun < 5  # a second, on a machine that has nothing else to do
        assert building.stderr is not None
        assert building.stderr.read() == "ankigen: stopped\n"
    assert not (tmp_path / "build").exists()
    assert not list(tmp_path.rglob("*.tmp"))
    assert process("build", cwd=tmp_path).returncode == 0
