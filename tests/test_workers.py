"""Other processes that read notes, here or on a cluster, change nothing but the time it takes."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import parent_process
from pathlib import Path
from threading import Event, current_thread, main_thread

import pytest
from click.testing import CliRunner

from ankigen.build import build_project, check_project, read_project
from ankigen.cli import main
from ankigen.loading import OtherVersion, read_batch
from ankigen.project import find_project
from ankigen.readers import read_source
from ankigen.readers.settings import Settings
from ankigen.records import Document
from ankigen.source import Source
from ankigen.workers import ClusterFault, aside, cluster_at, processes
from commands import NOW, process, write

RECORDS = "".join(f"**Term {n}**: *so* `much` of $x_{n}$\n\n" for n in range(100))
FILES: dict[str, str | bytes] = {f"content/{n:02}.md": f"# Part {n}\n\n{RECORDS}" for n in range(40)}
FILES |= {"ankigen.toml": 'name = "n"\n', "content/bad.md": "**Lone**:\n", "content/none.md": "text\n"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", FILES)


@pytest.fixture
def local(tmp_path: Path) -> tuple[str, dict[str, bytes]]:
    """What a build by one process says and writes."""
    folder = write(tmp_path / "local", FILES)
    done = process("build", "--no-cache", "--jobs", "1", "--now", NOW, cwd=folder)
    return done.stdout + done.stderr, state(folder)


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in [*(folder / "build").glob("*"), folder / "ankigen.lock"]}


@pytest.mark.parametrize("options", [["--jobs", "2"], ["--jobs", "3", "--no-cache"], []])
def test_several_processes(project: Path, local: tuple[str, dict[str, bytes]], options: list[str]) -> None:
    done = process("build", *options, "--now", NOW, cwd=project)
    assert (done.stdout + done.stderr, state(project)) == local
    again = process("build", "--now", NOW, cwd=project)
    assert (again.stdout + again.stderr, state(project)) == local


def test_any_executor(project: Path, local: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    found = find_project([Path()])
    with ThreadPoolExecutor(2) as executor:
        reading = check_project(found, read_project(found, executor=executor))
    build_project(found, reading, now=1_769_860_800)
    assert state(project) == local[1]


def test_a_process_that_is_lost_loses_nothing(
    project: Path, local: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import multiprocessing

    monkeypatch.chdir(project)
    found = find_project([Path()])
    with processes(2) as executor:
        executor.submit(len, "").result()

        def end(_loaded: object) -> None:
            for child in multiprocessing.active_children():
                child.kill()

        reading = check_project(found, read_project(found, each=end, executor=executor))
    build_project(found, reading, now=1_769_860_800)
    assert state(project) == local[1]


def test_what_no_worker_has_begun_is_read_here(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    found = find_project([Path()])
    alone = read_project(found)
    here: list[str] = []
    is_over = Event()

    def watched(source: Source, settings: Settings) -> Document:
        if current_thread() is main_thread():
            here.append(source.path)
            if len(here) == 20:
                is_over.set()
        return read_source(source, settings)

    monkeypatch.setattr("ankigen.loading.read_source", watched)
    with ThreadPoolExecutor(1) as executor:
        executor.submit(is_over.wait, 20)  # all that its worker does until then
        assert read_project(found, executor=executor) == alone
    assert 20 <= len(here) < len(found.files)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_reading_finds_is_said_before_what_stops_the_build(project: Path, jobs: str) -> None:
    write(project, {"ankigen.toml": 'name = "n"\ntheme = "none"\n'})
    done = process("build", "--no-cache", "--jobs", jobs, cwd=project)
    assert done.returncode == 1
    assert done.stderr.index("content/bad.md:1") < done.stderr.index("there is no theme none")


def test_workers_end_with_the_process_that_started_them(project: Path) -> None:
    write(project, {f"content/more-{n}.md": RECORDS * 20 for n in range(20)})
    command = [sys.executable, "-m", "ankigen", "build", "--jobs", "2"]
    with subprocess.Popen(command, cwd=project) as building:
        while not (workers := children(building.pid)):
            assert building.poll() is None
            time.sleep(0.01)
        building.kill()
    end = time.monotonic() + 20
    while any(Path(f"/proc/{worker}/stat").exists() for worker in workers):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_is_done_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    with aside(os.getpid) as other, aside(lambda: os.kill(os.getpid(), signal.SIGKILL)) as lost:
        assert other() not in (None, os.getpid())
        assert lost() is None
    monkeypatch.setattr("ankigen.workers.sys.platform", "other")
    with aside(os.getpid) as here:
        assert here() == os.getpid()


def test_a_process_aside_that_is_lost_loses_nothing(
    project: Path, local: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_all: object) -> None:
        assert parent_process()
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.chdir(project)
    monkeypatch.setattr("ankigen.settling.settle", killed)
    done = CliRunner().invoke(main, ["build", "--jobs", "2", "--now", NOW])
    assert (done.stdout + done.stderr, state(project)) == local


def children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found.append(int(path.parent.name))
    return found


def test_a_worker_of_another_version_is_refused() -> None:
    with pytest.raises(OtherVersion, match="another version"):
        read_batch("0" * 32, [])


@pytest.fixture
def cluster() -> Iterator[tuple[str, list["subprocess.Popen[str]"]]]:
    """A Dask scheduler and two workers on this machine: the address and the workers."""
    started = []

    def start(*arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
        one = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8")
        started.append(one)
        return one

    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    try:
        address = said(scheduler, r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)")
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        workers = [start("worker", address, *options) for _ in range(2)]
        for worker in workers:
            said(worker, r"(Registered to)")
        yield address, workers
    finally:
        for one in reversed(started):
            one.kill()
            one.wait()
            assert one.stderr is not None
            one.stderr.close()


def said(process: "subprocess.Popen[str]", pattern: str) -> str:
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if found := re.search(pattern, line):
            return found[1]
    raise AssertionError("".join(lines))


def test_a_cluster_that_loses_a_worker_in_the_middle(
    project: Path,
    local: tuple[str, dict[str, bytes]],
    cluster: tuple[str, list["subprocess.Popen[str]"]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, workers = cluster
    done = process("build", "--cluster", address, "--no-cache", "--now", NOW, cwd=project)
    assert (done.stdout + done.stderr, state(project)) == local
    monkeypatch.chdir(project)
    found = find_project([Path()])
    lost: list[int] = []

    def lose(_loaded: object) -> None:
        if not lost:
            workers[0].send_signal(signal.SIGKILL)
            lost.append(workers[0].wait())

    (project / "ankigen.lock").unlink()
    with cluster_at(address) as executor:
        reading = check_project(found, read_project(found, each=lose, executor=executor))
    build_project(found, reading, now=1_769_860_800)
    assert lost == [-signal.SIGKILL]
    assert state(project) == local[1]


def test_a_cluster_that_is_not_there(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ankigen.workers._PATIENCE", "1s")
    with pytest.raises(ClusterFault, match="no Dask scheduler at tcp"), cluster_at("tcp://127.0.0.1:1"):
        pass
    hidden = "import sys; sys.modules['distributed'] = None; from ankigen.cli import main; main()"
    command = [sys.executable, "-c", hidden, "build", "--cluster", "tcp://127.0.0.1:1"]
    done = subprocess.run(command, cwd=project, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stderr == "ankigen: --cluster needs Dask\n  hint: pip install 'ankigen[cluster]'\n"
    done = process("build", "--cluster", "tcp://127.0.0.1:1", "--jobs", "2", cwd=project)
    assert done.returncode == 2
