"""How commands end when they are told to: Ctrl-C and SIGTERM unwind them, so that nothing half-done is left behind."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

__all__ = ["ending"]


class _Terminated(BaseException):
    """SIGTERM has come."""


@contextmanager
def ending() -> Iterator[None]:
    """Ctrl-C and SIGTERM in here end with 128 and the number of the signal, as a shell expects it (130, 143)."""
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, _terminated) if is_main else None
    try:
        yield
    except KeyboardInterrupt:
        _stopped(signal.SIGINT)
    except _Terminated:
        _stopped(signal.SIGTERM)
    finally:
        if is_main:
            signal.signal(signal.SIGTERM, before)


def _terminated(_number: int, _frame: object) -> None:
    raise _Terminated


def _stopped(number: int) -> NoReturn:
    """Say so, and leave other processes' work undone."""
    from ankigen.cli_common import say

    if children := sys.modules.get("multiprocessing"):
        for child in children.active_children():
            child.terminate()
    say("stopped")
    sys.exit(128 + number)
