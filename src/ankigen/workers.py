"""Other processes: that read notes, on this machine or a Dask cluster, or do one thing aside.

The only importer of distributed.
"""

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

__all__ = ["ClusterFault", "aside", "cluster_at", "may_copy", "processes"]

_Result = TypeVar("_Result")

_PATIENCE = "10s"  # to reach a scheduler


class ClusterFault(Exception):
    """A cluster cannot be used; ``hint`` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@contextmanager
def processes(count: int) -> Iterator[Executor]:
    """``count`` processes of this machine. They end with this one, however it ends."""
    with ProcessPoolExecutor(count, _context(), initializer=_follow_parent) as executor:
        try:
            yield executor
        except BaseException:  # what they are at is of no use any more
            for child in multiprocessing.active_children():
                child.terminate()
            # One that ends while it writes leaves half a result, and the pool would wait for the rest as long as this
            # process, too, might write it.
            executor._result_queue._writer.close()  # type: ignore[attr-defined]
            raise


@contextmanager
def aside(work: Callable[[], _Result]) -> Iterator[Callable[[], _Result | None]]:
    """``work``, which changes nothing, done by a copy of this process while this one goes on.

    What is given waits for the result, which is pickled; it is None if the copy was ended. Where no process can be
    copied, the work is done here at once.
    """
    if not may_copy():
        result = work()
        yield lambda: result
        return
    context = multiprocessing.get_context("fork")
    here, there = os.pipe()
    process = context.Process(target=_answer, args=(work, there), daemon=True)
    process.start()
    os.close(there)
    del work  # what it works on may take much memory

    with open(here, "rb") as answer:

        def told() -> _Result | None:
            try:
                result: _Result = pickle.load(answer)  # noqa: S301 - from this very program
            except (EOFError, pickle.UnpicklingError):  # with nothing said, or in the middle of it
                return None
            return result

        try:
            yield told
        finally:
            process.kill()
            process.join()


def _answer(work: Callable[[], object], there: int) -> None:
    _follow_parent()
    with open(there, "wb") as answer:
        pickle.dump(work(), answer, pickle.HIGHEST_PROTOCOL)


def may_copy() -> bool:
    """Whether a copy of this process may do something: not on every system, and not beside threads."""
    return sys.platform == "linux" and threading.active_count() == 1


def _context() -> "BaseContext":
    """How processes are started: as copies of this one, which have imported what it has, where that is safe."""
    return multiprocessing.get_context("fork" if may_copy() else "spawn")


def _follow_parent() -> None:
    """In a new worker: end when its parent does, which alone hears Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def cluster_at(address: str) -> Iterator[Executor]:
    """The workers of the Dask scheduler at ``address``, which runs work anew whose worker was lost.

    Raises `ClusterFault` without the extra `cluster`, without a scheduler there, and for workers of another version.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterFault("--cluster needs Dask", "pip install 'ankigen[cluster]'") from None
    from ankigen.loading import OtherVersion

    try:
        client = Client(  # type: ignore[no-untyped-call]
            address, timeout=_PATIENCE, set_as_default=False
        )
    except (OSError, ValueError) as error:
        hint = "start one with `dask scheduler`, and workers with `dask worker ADDRESS`"
        raise ClusterFault(f"there is no Dask scheduler at {address}: {error}", hint) from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise ClusterFault(f"the Dask scheduler at {address} has no workers", f"dask worker {address}")
        try:
            yield client.get_executor()  # type: ignore[no-untyped-call]
        except OtherVersion as error:
            raise ClusterFault(str(error), "the same version of ankigen has to be installed at every worker") from None
