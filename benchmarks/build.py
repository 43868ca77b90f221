"""How long builds take, as whole processes, against a floor: bare markdown-it-py and bare genanki over the same notes.

    python benchmarks/build.py                                # all of it: an hour
    python benchmarks/build.py --records 1000 --share 0.1     # a few minutes
    python benchmarks/build.py --write                        # into README.md and docs/scale.md as well

The floor and the builds take turns, so that a busy machine slows both; what is quoted are medians of these rounds. CPU
seconds are those of all processes of a build, memory is that of the largest one.
"""

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cluster import cluster
from floor import Floor
from hostile import hostile
from lectures import RECORDS_A_FILE, write_lectures
from measured import Cost, ankigen, clean, middle, run, start
from peers import peers
from table import Table, put

ROOT = Path(__file__).parents[1]
USUAL = 10_000
"""Records of the project with which others are compared."""
SINGLE = 50_000
"""Records from which on one round has to do."""
COLUMNS = ("", "CPU s", "times the floor", "wall s", "times the floor", "MB")


class Project(NamedTuple):
    """What was measured of one project: medians by name, and the floor that they are told against."""

    records: int
    decks: int
    costs: dict[str, Cost]
    shares: dict[str, Cost]
    packages: tuple[float, float]

    @property
    def title(self) -> str:
        """What it is."""
        files = -(-self.records // RECORDS_A_FILE)
        return f"{self.records:,} records in {files:,} files, {'one deck' if self.decks == 1 else 'a deck a file'}"


def scenarios(project: Path, number: int) -> Iterator[tuple[str, Cost]]:
    """One round: every way to build a project, in turn."""
    for name, jobs in (("first build, one process", "1"), ("first build, two processes", "2")):
        clean(project)
        yield name, run(ankigen("build", "--jobs", jobs), project)
    yield "nothing changed", run(ankigen("build"), project)
    changed = project / "content" / "lecture-0001.md"
    changed.write_text(f"{changed.read_text('utf-8')}\nAnother line of text, {number}.\n", "utf-8")
    yield "one file changed", run(ankigen("build"), project)


def measure(folder: Path, records: int, decks: int, rounds: int, bare: Cost) -> Project:
    """All that is told of one project."""
    project = folder / f"{records}-{decks}"
    write_lectures(project, records, decks=decks)
    floor = Floor(project / "content", folder)
    found: dict[str, list[Cost]] = {}
    for number in range(rounds):
        found.setdefault("floor", []).append(floor.measure(bare))
        for name, cost in scenarios(project, number):
            found.setdefault(name, []).append(cost)
    shares = {
        name: middle([one.beside(base) for one, base in zip(costs, found["floor"], strict=True)])
        for name, costs in found.items()
    }
    size = sum(path.stat().st_size for path in (project / "build").glob("*.apkg")) / 2**20
    costs = {name: middle(costs) for name, costs in found.items()}
    return Project(records, decks, costs, shares, (size, floor.package.stat().st_size / 2**20))


def told(project: Project) -> Table:
    """The table of one project."""
    rows = []
    for name, cost in project.costs.items():
        share = project.shares[name]
        rows.append(
            (name, f"{cost.cpu:.2f}", f"{share.cpu:.2f}", f"{cost.wall:.2f}", f"{share.wall:.2f}", f"{cost.memory:.0f}")
        )
    return Table(project.title, COLUMNS, rows)


def sizes(projects: Sequence[Project]) -> Table:
    """How the cost of a record grows with their number, and what a package takes."""
    first = "first build, one process"
    usual = next((p for p in projects if (p.records, p.decks) == (USUAL, 1)), projects[0])
    base = usual.costs[first].cpu / usual.records
    rows = []
    for project in projects:
        cost = project.costs[first]
        ours, floors = project.packages
        each = cost.cpu / project.records
        numbers = (f"{each * 1000:.3f}", f"{each / base:.2f}", f"{cost.memory:.0f}", f"{ours:.2f}", f"{floors:.2f}")
        rows.append((project.title, *numbers))
    beside = f"beside {usual.records:,}"
    columns = ("first build, one process", "ms a record", beside, "MB", "packages, MB", "genanki's, MB")
    return Table("By size", columns, rows)


def start_up(folder: Path, rounds: int, bare: Cost) -> Table:
    """How long the command takes to start, against an empty Python."""
    names = (("ankigen --help", "--help"), ("ankigen --version", "--version"))
    rows = [("an empty Python", f"{bare.cpu * 1000:.0f}", "1.0")]
    for name, option in names:
        run(ankigen(option), folder)  # which also compiles it
        cpu = middle([run(ankigen(option), folder) for _ in range(rounds * 5)]).cpu
        rows.append((name, f"{cpu * 1000:.0f}", f"{cpu / bare.cpu:.1f}"))
    return Table("To start", ("", "CPU ms", "times an empty Python"), rows)


def machine() -> str:
    """On what it was measured, and when."""
    cores, python = os.cpu_count(), platform.python_version()
    busy = f", {load:.1f} of them busy with other work" if (load := os.getloadavg()[0]) >= 0.2 else ""
    return f"Measured on {time.strftime('%d %B %Y').lstrip('0')}: {_processor()}, {cores} cores{busy}, Python {python}."


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="+", default=[1000, USUAL, 100_000])
    parser.add_argument("--rounds", type=int, default=3, help=f"of {SINGLE:,} records and more, one is done")
    parser.add_argument("--share", type=float, default=1, help="of the size of hostile notes; 0 leaves them out")
    parser.add_argument("--no-peers", action="store_true", help="measure no other programs")
    parser.add_argument("--no-cluster", action="store_true", help="measure no cluster")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    parser.add_argument("--write", action="store_true", help="put it into README.md and docs/scale.md as well")
    asked = parser.parse_args()
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1700000000")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or every process would compile all that it imports
    tables: list[Table] = []
    on = machine()

    def show(table: Table) -> None:
        tables.append(table)
        print(f"\n{table.markdown() if asked.markdown else table.plain()}", flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(on)
        bare = start(folder, asked.rounds * 5)
        show(start_up(folder, asked.rounds, bare))
        projects = []
        for records in asked.records:
            for decks in (1, 2):
                rounds = asked.rounds if records < SINGLE else 1
                projects.append(measure(folder, records, decks, rounds, bare))
                show(told(projects[-1]))
        show(sizes(projects))
        if asked.share:
            show(hostile(folder, asked.share))
        if not asked.no_cluster:
            show(cluster(folder, asked.rounds))
        if not asked.no_peers:
            usual = next((p for p in projects if (p.records, p.decks) == (USUAL, 1)), projects[0])
            show(peers(folder, folder / f"{usual.records}-{usual.decks}", usual.costs["floor"], usual.records))
    if asked.write:
        usual = next((p for p in projects if (p.records, p.decks) == (USUAL, 1)), projects[0])
        put(ROOT / "README.md", f"{told(usual).markdown()}\n\n{on}")
        put(ROOT / "docs" / "scale.md", "\n\n".join((on, *(table.markdown() for table in tables))))


if __name__ == "__main__":
    main()
