"""How commands end when they are told to: Ctrl-C and SIGTERM unwind them, so that nothing half-done is left behind."""

import signal
import sys
import threading
from typing import Any, NoReturn

import click

from ankigen.cli_common import say

__all__ = ["Commands"]


class _Terminated(BaseException):
    """SIGTERM has come."""


class Commands(click.Group):
    """Commands that end with 128 and the number of the signal, as a shell expects it (130, 143)."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that ``ctx`` names."""
        is_main = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGTERM, _terminated) if is_main else None
        try:
            return super().invoke(ctx)
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
    if children := sys.modules.get("multiprocessing"):
        for child in children.active_children():
            child.terminate()
    say("stopped")
    sys.exit(128 + number)
