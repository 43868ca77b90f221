"""A build that is ended at any moment leaves whole packages and a whole lock file; the next build mends the rest."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from ankigen.anki.reading import read_package
from ankigen.lock import read_lock
from ankigen.unfinished import sweep, unfinished
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
        assert number == signal.SIGKILL or not list(folder.rglob("*.tmp"))
        assert here.build("--now", now)[0] == 0
        assert not list(folder.rglob("*.tmp")), "what a killed build left is still there"
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


ENDINGS = [
    (signal.SIGINT, 130, "ankigen: stopped\n"),
    (signal.SIGTERM, 143, "ankigen: stopped\n"),
    (signal.SIGKILL, -9, ""),
]


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(("number", "code", "said"), ENDINGS, ids=lambda value: getattr(value, "name", ""))
def test_it_ends_at_once_with_all_its_processes(
    tmp_path: Path, number: signal.Signals, code: int, said: str, jobs: str
) -> None:
    write(tmp_path, {"content/one.md": "**Term**: first\n"})
    assert process("build", cwd=tmp_path).returncode == 0
    before = state(tmp_path)
    records = "".join(f"**Term {n}**: *so* `much` of it\n\n" for n in range(200))
    write(tmp_path, {f"content/{n}.md": records for n in range(40)})
    spent = ended(tmp_path, number, code, said, jobs)
    assert number == signal.SIGKILL or spent < 1  # of the second that it may take, where nothing else is to be done
    assert state(tmp_path) == before
    assert number == signal.SIGKILL or not list(tmp_path.rglob("*.tmp"))
    shutil.rmtree(tmp_path / "content")
    write(tmp_path, {"content/one.md": "**Term**: second\n"})
    assert process("build", cwd=tmp_path).returncode == 0
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_worker_that_ends_within_a_result(tmp_path: Path) -> None:
    program = """
import os, sys, time
from ankigen.workers import processes

def half():
    queue = sys._getframe(1).f_locals["result_queue"]
    os.write(queue._writer.fileno(), (100).to_bytes(4, "big") + b"half")
    open("begun", "w").close()
    time.sleep(60)

with processes(1) as executor:
    executor.submit(half)
    while not os.path.exists("begun"):
        time.sleep(0.01)
    time.sleep(0.2)
    raise KeyboardInterrupt
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, timeout=30, check=False)
    assert done.stderr.rstrip().endswith(b"KeyboardInterrupt")


def ended(folder: Path, number: signal.Signals, code: int, said: str, jobs: str) -> float:
    """The seconds of CPU that a build still takes, with its workers, when it is sent a signal while it reads."""
    command = [sys.executable, "-m", "ankigen", "build", "--jobs", jobs]
    kept = folder / ".ankigen" / "cache"
    already = set(kept.glob("*.json"))
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, encoding="utf-8") as building:
        while not set(kept.glob("*.json")) - already:  # the first of the new files has been read
            assert building.poll() is None
            time.sleep(0.02)
        workers = children(building.pid)
        assert len(workers) == int(jobs) - 1
        before = sum(map(cpu, [building.pid, *workers]))
        building.send_signal(number)
        _, status, usage = os.wait4(building.pid, 0)  # its usage is also that of the workers that it has waited for
        building.returncode = os.waitstatus_to_exitcode(status)
        assert building.returncode == code
        limit = time.monotonic() + 20
        while any(map(runs, workers)):
            assert time.monotonic() < limit, "a worker goes on without its build"
            time.sleep(0.01)
        assert building.stderr is not None
        assert building.stderr.read() == said
    return usage.ru_utime + usage.ru_stime - before


def cpu(number: int) -> float:
    """The seconds of CPU that a process has taken so far."""
    user, system = Path(f"/proc/{number}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def runs(number: int) -> bool:
    """Whether a process has not ended, be it that its parent has not asked yet how."""
    try:
        return Path(f"/proc/{number}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(parent: int) -> list[int]:
    """The processes that ``parent`` has begun."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii")
    return [int(number) for number in listed.split()]


def test_only_what_nobody_writes_any_more_is_taken_away(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as dead:
        dead.wait()
    name = unfinished(tmp_path / "ankigen.lock").name
    _, system, _, chance = name.removeprefix(".").split("-")
    left, stale = f".ankigen-{system}-{dead.pid}-{chance}", f".ankigen-00000000-{dead.pid}-ffffffffffffffff.tmp"
    running = {f".ankigen-{system}-{os.getpid()}-{chance}", f".ankigen-{system}-1-{chance}"}
    elsewhere = f".ankigen-00000000-{dead.pid}-{chance}"
    others = {".ankigen-notes.tmp", "mine.tmp", f"{left}~"}
    write(tmp_path, dict.fromkeys({left, stale, elsewhere} | running | others, "x"))
    os.utime(tmp_path / stale, (0, 0))
    sweep([tmp_path, tmp_path, tmp_path / "missing"])
    assert {path.name for path in tmp_path.iterdir()} == running | others | {elsewhere}
