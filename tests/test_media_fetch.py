"""Files of the network: fetched only when asked to, within limits, from public servers, and kept in the project."""

import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from anki_oracle import collection, import_package
from ankigen.media import fetch, network
from ankigen.media.network import ALLOW_PRIVATE, Refused, download
from commands import process, run, write
from test_media import folder, name_of, shipped
from test_media_finding import JPEG, PNG, says

__all__ = ["folder"]  # the fixture


@dataclass
class Server:
    """A real server on this machine: its pages by path, and the paths that it was asked for."""

    pages: dict[str, tuple[int, dict[str, str], bytes]]
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class Handler(BaseHTTPRequestHandler):
    def __init__(self, server: Server, *arguments: object) -> None:
        self.ours = server
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.ours.asked.append(self.path)
        status, headers, body = self.ours.pages.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.path == "/slow.png":
            time.sleep(0.6)
        with suppress(ConnectionError):  # the client may have hung up
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what some tests want."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    ours = Server({})
    picture = {"Content-Type": "image/png"}
    ours.pages = {
        "/a.png": (200, picture, PNG),
        "/%C3%A9%20b.png?x=1&y=2": (200, picture, PNG + b"2"),
        "/wrong.png": (200, picture, JPEG),
        "/raw": (200, {"Content-Type": "application/octet-stream"}, PNG + b"3"),
        "/drawing": (200, {"Content-Type": "image/svg+xml; charset=utf-8"}, b"<svg><script/></svg>"),
        "/page": (200, {"Content-Type": "text/html"}, b"<html>"),
        "/page.png": (200, picture, b"<!DOCTYPE html><script>"),
        "/unknown": (200, {"Content-Type": "application/octet-stream"}, b"abc"),
        "/large.png": (200, {**picture, "Content-Length": str(2**21)}, PNG + bytes(2**21 - len(PNG))),
        "/endless.png": (200, picture, PNG + bytes(2**21)),
        "/short.png": (200, {**picture, "Content-Length": "99"}, PNG),
        "/slow.png": (200, picture, PNG),
        "/there": (302, {"Location": "/a.png"}, b""),
        "/round": (302, {"Location": "/round"}, b""),
        "/file": (302, {"Location": "file:///etc/passwd"}, b""),
    }
    running = QuietServer(("127.0.0.1", 0), partial(Handler, ours))
    ours.port = running.server_port
    ours.pages["/inside"] = (301, {"Location": f"http://localhost:{ours.port}/a.png"}, b"")
    monkeypatch.setenv(ALLOW_PRIVATE, f"127.0.0.1:{ours.port}")
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield ours
    running.shutdown()
    running.server_close()
    thread.join()


def pictures(*urls: str) -> None:
    text = "".join(f"# {number}\n\n![](<{url}>)\n\n" for number, url in enumerate(urls))
    write(Path(), {"ankigen.toml": "[media]\nlargest = 1\n", "content/sub.md": text})


def test_a_file_is_fetched_once_and_kept(folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = ["/a.png", "/a.png", "/é b.png?x=1&y=2", "/wrong.png", "/raw", "/there", "/drawing"]
    pictures(*map(server.url, paths))
    assert says(run("build").stderr) == ["remote-media"] * 7
    assert server.asked == []
    done = run("build", "--fetch", "--now", "2026-01-01")
    assert (done.exit_code, says(done.stderr)) == (0, ["unsafe-drawing"])
    assert len(server.asked) == 7  # one of them twice: as it was named, and where another led
    fetched = shipped()
    assert name_of(PNG, ".png") in fetched
    assert name_of(JPEG, ".jpg") in fetched
    assert len(fetched) == 5
    with collection(folder) as col:
        import_package(col, folder / "build" / "sub.apkg")
        assert not col.media.check().missing
    package = Path("build/sub.apkg").read_bytes()
    monkeypatch.delenv(ALLOW_PRIVATE)  # from now on no network
    for arguments in (("build", "--fetch"), ("build",), ("plan",), ("check",)):
        assert says(run(*arguments).output) == ["unsafe-drawing"]
        assert Path("build/sub.apkg").read_bytes() == package
    assert len(server.asked) == 7


@pytest.mark.parametrize("command", [("check", "--fetch"), ("plan", "--fetch")])
def test_other_commands_fetch_as_well(folder: Path, server: Server, command: tuple[str, ...]) -> None:
    pictures(server.url("/a.png"))
    assert says(run(*command).output) == []
    assert server.asked == ["/a.png"]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/none.png", "the server answers 404 Not Found"),
        ("/page", "it is text/html, neither a picture nor sound nor video"),
        ("/page.png", "it is neither a picture nor sound nor video"),
        ("/unknown", "it is neither a picture nor sound nor video"),
        ("/large.png", "it has more than 1 MB"),
        ("/endless.png", "it has more than 1 MB"),
        ("/short.png", "the server broke off before the end"),
        ("/round", "it leads from place to place more than 5 times"),
        ("/file", "only http and https are fetched, not file"),
        ("/inside", "localhost lies in a private network"),
    ],
)
def test_what_is_not_fetched_is_said(folder: Path, server: Server, path: str, why: str) -> None:
    pictures(server.url(path))
    done = run("build", "--fetch")
    assert (done.exit_code, says(done.stderr)) == (0, ["fetch-failed"])
    assert f"content/sub.md:3:6: warning[fetch-failed]: {server.url(path)} is not fetched: {why}" in done.stderr
    assert shipped() == {}
    assert not list(folder.glob(".ankigen/fetched/*"))
    assert len(server.asked) == (6 if path == "/round" else 1)


PRIVATE = """127.0.0.1 localhost 10.1.2.3 192.168.1.1 169.254.169.254 0.0.0.0 224.0.0.1 100.64.0.1 2130706433 0x7f.1
[::1] [fe80::1] [fd00::1] [::ffff:127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::]"""


@pytest.mark.parametrize("host", PRIVATE.split())
def test_private_addresses_are_not_asked(host: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", pytest.fail)
    with pytest.raises(Refused, match=r"lies in a private network|cannot be fetched"):
        download(f"http://{host}:{server.port + 1}/a.png", 9, is_wanted=bool)


def test_a_name_is_resolved_once_and_its_address_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def addresses(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(network, "_addresses", addresses)
    monkeypatch.setenv(ALLOW_PRIVATE, f"a.example:{server.port}")
    assert download(f"http://a.example:{server.port}/a.png", 99, is_wanted=bool).content == PNG
    assert asked == ["a.example"]  # a name that no other resolver knows: so it was not asked again
    with pytest.raises(Refused, match=r"private network \(127\.0\.0\.1\)"):
        download(f"http://b.example:{server.port}/a.png", 99, is_wanted=bool)


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to make a certificate")
def test_a_certificate_has_to_be_the_hosts(folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["-subj", "/CN=a.example", "-addext", "subjectAltName=DNS:a.example"]
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-out", "cert", *names]
    subprocess.run(request, check=True, capture_output=True)
    running = QuietServer(("127.0.0.1", 0), partial(Handler, server))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("cert", "key")
    running.socket = context.wrap_socket(running.socket, server_side=True)
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    port = running.server_port
    monkeypatch.setattr(network, "_addresses", lambda _host, _port: ["127.0.0.1"])
    monkeypatch.setenv(ALLOW_PRIVATE, f"a.example:{port},b.example:{port}")
    try:
        with pytest.raises(Refused, match=r"self-signed|CERTIFICATE_VERIFY_FAILED"):
            download(f"https://a.example:{port}/a.png", 99, is_wanted=bool)
        monkeypatch.setenv("SSL_CERT_FILE", "cert")
        assert download(f"https://a.example:{port}/a.png", 99, is_wanted=bool).content == PNG
        with pytest.raises(Refused, match=r"not valid for .b\.example"):
            download(f"https://b.example:{port}/a.png", 99, is_wanted=bool)
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


@pytest.mark.parametrize("url", ["ftp://x.org/a", "http://a:b@x.org/", "http:///a", "http://x.org:99999/", "http://[/"])
def test_odd_addresses_are_refused(url: str) -> None:
    with pytest.raises(Refused):
        download(url, 9, is_wanted=bool)


def test_a_slow_server_is_left(folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_SECONDS", 0.2)
    with pytest.raises(Refused, match="took more than"):
        download(server.url("/slow.png"), 99, is_wanted=bool)


def test_a_run_fetches_only_so_many(folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_MOST", 1)
    pictures(server.url("/a.png"), server.url("/wrong.png"))
    assert says(run("build", "--fetch").stderr) == ["fetch-failed"]
    assert says(run("build", "--fetch").stderr) == []  # the next one goes on


@pytest.mark.parametrize(
    "damage", ["{", "[]", '{"url": "x"}', '{"url": URL, "file": "../../secret.png"}', '{"file": 1}']
)
def test_a_damaged_or_hostile_cache_is_not_believed(folder: Path, server: Server, damage: str) -> None:
    write(folder, {"secret.png": PNG})
    url = server.url("/a.png")
    pictures(url)
    run("build", "--fetch")
    (entry,) = folder.glob(".ankigen/fetched/*.json")
    entry.write_text(damage.replace("URL", f'"{url}"'))
    assert says(run("build").stderr) == ["remote-media"]
    assert says(run("build", "--fetch").stderr) == []
    assert server.asked == ["/a.png"] * 2


def test_the_cache_stays_in_the_project(folder: Path, server: Server) -> None:
    write(folder, {"outside/x": "", "p/content/a.md": f"# T\n\n![]({server.url('/a.png')})\n"})
    (folder / "p" / ".ankigen").symlink_to(folder / "outside")
    os.chdir("p")
    said = run("build", "--fetch").stderr
    assert ".ankigen/fetched leads out of the project" in said
    assert [path.name for path in (folder / "outside").iterdir()] == ["x"]


def test_a_user_sees_it(folder: Path, server: Server) -> None:
    pictures(server.url("/a.png"))
    done = process("build", "--fetch", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
