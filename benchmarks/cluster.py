"""From how many files on the workers of a Dask cluster pay, measured with two of them on this machine.

CPU seconds are those of the build alone: what its workers take, they take elsewhere. So this is the most that a cluster
can help, with as many workers as there is work for.
"""

from importlib.util import find_spec
from pathlib import Path

from lectures import RECORDS_A_FILE, write_lectures
from measured import ankigen, clean, middle, run
from table import Table

__all__ = ["cluster"]

_FILES = 60
_COLUMNS = ("a cluster", "CPU s")


def cluster(folder: Path, rounds: int) -> Table:
    """What it takes to reach a cluster, and what a file takes with it and without."""
    title = f"A cluster of two workers on this machine, {_FILES} files of {RECORDS_A_FILE} records"
    if find_spec("distributed") is None:
        return Table(title, _COLUMNS, [("not measured: the extra `cluster` is not installed",)])
    from distributed import LocalCluster

    projects = [(files, folder / f"cluster-{files}") for files in (1, _FILES)]
    for files, project in projects:
        write_lectures(project, files * RECORDS_A_FILE)
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as workers:
        ways = (("--jobs", "1"), ("--cluster", workers.scheduler_address))
        (one, many), (one_away, many_away) = [[_cpu(project, way, rounds) for _, project in projects] for way in ways]
    here, away, start = (many - one) / (_FILES - 1), (many_away - one_away) / (_FILES - 1), one_away - one
    rows = [
        ("to reach it", f"{start:.2f}"),
        ("a file, without it", f"{here:.4f}"),
        ("a file, with it", f"{away:.4f}"),
        ("files from which it pays", f"{start / (here - away):.0f}" if here > away else "none"),
        ("a build of very many files, as a share of one process", f"{away / here:.2f}"),
    ]
    return Table(title, _COLUMNS, rows)


def _cpu(project: Path, way: tuple[str, str], rounds: int) -> float:
    costs = []
    for _ in range(rounds + 1):  # the first one makes the workers import what they need
        clean(project)
        costs.append(run(ankigen("build", *way), project))
    return middle(costs[1:]).cpu
