"""The command for tests: inside this process where that is enough, else in one of its own."""

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from ankigen.cli import main

NOW = "2026-01-31T12:00:00Z"


def run(*arguments: str | Path) -> Result:
    """Run ``ankigen`` here. Anything but an exit is a bug, and raised."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def process(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``ankigen`` as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "ankigen", *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def terminal(*arguments: str | Path, cwd: Path, **environment: str) -> str:
    """What a person sees who runs ``ankigen`` in a terminal, both streams together."""
    ours, theirs = pty.openpty()
    shown = b""
    with subprocess.Popen(
        [sys.executable, "-m", "ankigen", *arguments],
        cwd=cwd,
        env=os.environ | {"TERM": "xterm"} | environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # Linux says so when the other end is closed
            pass
    os.close(ours)
    return shown.decode()


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by their path below ``folder``, which is returned."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
