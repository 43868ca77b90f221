"""A running preview for tests."""

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class Running:
    """The server as a user starts it; ``address`` ends in a slash."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address
        self.port = urlsplit(address).port or 0

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body; ``headers`` are named with ``_`` for ``-``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def index(self) -> dict[str, Any]:
        """What the page shows."""
        status, _, body = self.ask("/api/index")
        assert status == 200
        data: dict[str, Any] = json.loads(body)
        return data

    def records(self) -> list[dict[str, Any]]:
        """The records by the names of their columns."""
        index = self.index()
        return [dict(zip(index["columns"], row, strict=True)) for row in index["records"]]

    def cards(self, at: int) -> dict[str, Any]:
        """The cards of a record."""
        status, _, body = self.ask(f"/api/cards/{self.index()['version']}/{at}")
        assert status == 200
        data: dict[str, Any] = json.loads(body)
        return data

    @contextmanager
    def saves(self) -> Iterator[Iterator[int]]:
        """The numbers that are sent when something was saved, the present one first."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", "/api/events")
        answer = connection.getresponse()
        try:
            lines = iter(answer.readline, b"")
            yield (int(line.removeprefix(b"data: ")) for line in lines if line.startswith(b"data: "))
        finally:
            answer.close()
            connection.close()

    def end(self) -> int:
        """Press Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


@contextmanager
def previewed(folder: Path) -> Iterator[Running]:
    """The preview of the project in ``folder``."""
    command = [sys.executable, "-m", "ankigen", "preview", "--no-open", "--port", "0"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("preview at http://127.0.0.1:"), said
        yield Running(process, said.split()[2])
    finally:
        process.kill()
        process.wait(20)
        process.communicate()
