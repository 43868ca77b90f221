"""A process, measured from its start to its end: what it took of clock, processor and memory."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

__all__ = ["Cost", "Failed", "ankigen", "clean", "middle", "run", "start"]


# A process counts the memory of the one that started it as its own, so a small one starts what is measured.
_LAUNCH = """
import json, os, resource, subprocess, sys, time
limit, command = int(sys.argv[1]), sys.argv[2:]
with open("errors.txt", "wb") as errors:
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
    resource.prlimit(process.pid, resource.RLIMIT_CPU, (limit, limit))
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
code = os.waitstatus_to_exitcode(status)
print(json.dumps([wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, code]))
"""


class Failed(Exception):
    """A process that was measured ended badly."""


class Cost(NamedTuple):
    """Seconds by the clock and of CPU, with all child processes; and the memory of the largest process in MB."""

    wall: float
    cpu: float
    memory: float

    def less(self, other: "Cost") -> "Cost":
        """Without what ``other`` took."""
        return Cost(self.wall - other.wall, self.cpu - other.cpu, self.memory)

    def beside(self, other: "Cost") -> "Cost":
        """As multiples of what ``other`` took."""
        return Cost(self.wall / other.wall, self.cpu / other.cpu, self.memory / other.memory)


def run(command: Sequence[str | Path], folder: Path, *, limit: int = 3600, codes: Sequence[int] = (0, 1)) -> Cost:
    """Run a command to its end. Raises `Failed` for an exit code not in ``codes``, or after ``limit`` CPU seconds."""
    launch = [sys.executable, "-S", "-c", _LAUNCH, str(limit), *command]
    done = subprocess.run(launch, cwd=folder, stdout=subprocess.PIPE, check=True)  # noqa: S603
    wall, cpu, memory, code = json.loads(done.stdout)
    if code not in codes:
        if cpu > limit - 1:
            raise Failed(f"not done after {limit} s")
        lines = (folder / "errors.txt").read_text("utf-8", "replace").strip().splitlines()
        raise Failed(f"ended with {code}: {lines[-1] if lines else 'without a word'}")
    return Cost(wall, cpu, memory)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each number."""
    return Cost(*(median(cost[at] for cost in costs) for at in range(3)))


def start(folder: Path, rounds: int = 5) -> Cost:
    """What an empty Python takes."""
    return middle([run([sys.executable, "-c", "pass"], folder) for _ in range(rounds)])


def ankigen(*arguments: str) -> list[str]:
    """The command of this package."""
    return [sys.executable, "-m", "ankigen", *arguments]


def clean(project: Path) -> None:
    """Take away what builds have written."""
    for name in ("build", ".ankigen"):
        shutil.rmtree(project / name, ignore_errors=True)
    (project / "ankigen.lock").unlink(missing_ok=True)
