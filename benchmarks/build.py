"""How long builds take, as whole processes, against a floor: bare markdown-it and bare genanki over the same notes.

    python benchmarks/build.py                         # 1,000 and 10,000 records
    python benchmarks/build.py --records 100000 --rounds 1 --peers

One run prints one table. The floor and the builds take turns, so that a busy machine slows both; the ratios are medians
of these pairs, by CPU time (of all processes) and by wall time. ``--peers`` installs other programs from PyPI, each in
an environment of its own.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from lectures import write_lectures

FLOOR = """
import sys, sqlite3
from pathlib import Path
import genanki
from markdown_it import MarkdownIt
parser = MarkdownIt("commonmark").enable("table")
model = genanki.Model(1, "m", fields=[{"name": "a"}, {"name": "b"}], templates=[
    {"name": "c", "qfmt": "{{a}}", "afmt": "{{b}}"}])
deck = genanki.Deck(2, "d")
number = 0
for path in sorted(Path(sys.argv[1]).rglob("*.md")):
    for html in parser.render(path.read_text("utf-8")).split("<h2>")[1:]:
        number += 1
        term, _, definition = html.partition("</h2>")
        note = genanki.Note(model, [term, definition], guid=str(number))
        note._check_invalid_html_tags_in_fields = lambda: None
        deck.add_note(note)
genanki.Package(deck).write_to_file(sys.argv[2], timestamp=1)
"""
PEERS = {  # as their pages say they are called
    "ankivalenz": ["ankivalenz", "run", "{project}"],
    "markdown-anki-decks": ["mdankideck", "{content}", "{output}"],
}
HOSTILE: dict[str, Callable[[int], str]] = {
    "headings": lambda n: "".join(f"## h{i}\n\n" for i in range(n)),
    "one table": lambda n: "| a | b |\n|---|---|\n" + "| some words | and others |\n" * n,
    "nested list": lambda n: "".join(f"{' ' * (2 * min(i, 200))}- x\n" for i in range(n)),
    "a line of stars": lambda n: "*" * n + "\n",
    "unclosed clozes": lambda n: "{{c1::a " * n + "\n",
    "a<b": lambda n: "**t**: " + "a<b " * n + "\n",
}
SIZES = {"headings": 4000, "one table": 10000, "nested list": 1000, "a line of stars": 200_000}


class Cost(NamedTuple):
    """What a process took: seconds by the clock and of CPU (with its children), and the peak of its memory in MB."""

    wall: float
    cpu: float
    memory: float


def run(command: Sequence[str | Path], folder: Path) -> Cost:
    """Run a command to its end."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Cost(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def ankigen(*arguments: str) -> list[str]:
    """The command of this package."""
    return [sys.executable, "-m", "ankigen", *arguments]


def scenarios(project: Path) -> Iterator[tuple[str, Cost]]:
    """One round: every way to build a project, in turn."""
    first = project / "content" / "lecture-0001.md"
    for name, jobs in (("cold, one process", "1"), ("cold, two processes", "2")):
        for written in ("build", ".ankigen", "ankigen.lock"):
            shutil.rmtree(project / written, ignore_errors=True)
            (project / written).unlink(missing_ok=True)
        yield name, run(ankigen("build", "--jobs", jobs), project)
    yield "nothing changed", run(ankigen("build"), project)
    first.write_text(f"{first.read_text('utf-8')}\nAnother line of text, {time.time_ns()}.\n", "utf-8")
    yield "one file changed", run(ankigen("build"), project)


def measure(folder: Path, records: int, decks: int, rounds: int) -> None:
    """Print the lines of one project."""
    project = folder / f"{records}-{decks}"
    files = len(write_lectures(project, records, decks=decks))
    floors: list[Cost] = []
    found: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        floors.append(run([sys.executable, "-c", FLOOR, str(project), str(folder / "floor.apkg")], project))
        for name, cost in scenarios(project):
            found.setdefault(name, []).append(cost)
    title = f"{records} records, {files} files, {'one deck' if decks == 1 else 'a deck a file'}"
    print(f"\n{title}")
    print(f"  {'':<22}{'CPU s':>8}{'/floor':>8}{'wall s':>8}{'/floor':>8}{'MB':>8}")
    for name, costs in [("floor", floors), *found.items()]:
        pairs = list(zip(costs, floors, strict=True))
        cpu, wall = (median(cost[at] / floor[at] for cost, floor in pairs) for at in (1, 0))
        middle = [median(cost[at] for cost in costs) for at in range(3)]
        print(f"  {name:<22}{middle[1]:>8.2f}{cpu:>8.2f}{middle[0]:>8.2f}{wall:>8.2f}{middle[2]:>8.0f}")
    size = sum(path.stat().st_size for path in (project / "build").glob("*.apkg"))
    print(f"  packages: {size / 2**20:.2f} MB; the floor's: {(folder / 'floor.apkg').stat().st_size / 2**20:.2f} MB")


def start_up(folder: Path, rounds: int) -> None:
    """Print how long the command takes to start, against an empty Python."""
    pairs = [(run(ankigen("--help"), folder), run([sys.executable, "-c", "pass"], folder)) for _ in range(rounds * 5)]
    print(f"\nankigen --help: {median(one.cpu / bare.cpu for one, bare in pairs):.1f} times an empty Python (CPU)")


def hostile(folder: Path) -> None:
    """Print how the time grows with hostile notes: twice the text, and what that takes more."""
    print("\nhostile notes: CPU seconds, and the growth for twice the text")
    for name, text in HOSTILE.items():
        costs = []
        for times in (1, 2):
            path = folder / f"{name.replace(' ', '-')}-{times}.md"
            path.write_text(text(times * SIZES.get(name, 10000)), "utf-8")
            costs.append(run(ankigen("parse", str(path)), folder).cpu)
        print(f"  {name:<22}{costs[0]:>8.2f}{costs[1]:>8.2f}{costs[1] / costs[0]:>8.2f}")


def peers(folder: Path, records: int) -> None:
    """Print what other programs take for the same notes, or why they are not measured."""
    print("\nother programs")
    project = folder / "peers"
    write_lectures(project, records)
    for name, command in PEERS.items():
        home = folder / f"venv-{name}"
        venv.create(home, with_pip=True)
        done = subprocess.run(  # noqa: S603
            [home / "bin" / "python", "-m", "pip", "install", "--quiet", name], capture_output=True, check=False
        )
        program = home / "bin" / command[0]
        if done.returncode or not program.exists():
            print(f"  {name}: not measured, it cannot be installed here")
            continue
        (folder / "out").mkdir(exist_ok=True)
        places = {"project": project, "content": project / "content", "output": folder / "out"}
        try:
            cost = run([program, *(part.format(**places) for part in command[1:])], project)
        except SystemExit as error:
            print(f"  {name}: not measured, {error}")
            continue
        print(f"  {name:<22}{cost.cpu:>8.2f} s CPU{cost.memory:>8.0f} MB")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", action="store_true")
    asked = parser.parse_args()
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1700000000")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        start_up(folder, asked.rounds)
        for records in asked.records:
            for decks in (1, 2):
                measure(folder, records, decks, asked.rounds)
        hostile(folder)
        if asked.peers:
            peers(folder, max(asked.records))


if __name__ == "__main__":
    main()
