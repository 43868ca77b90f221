"""The preview on this machine: a page that reads, and that nothing outside can reach.

It listens on the loopback address alone, answers only to its own name there (a page elsewhere could else rebind a name
of its own to this address), has nothing to write to, and serves no file but its own and those that shown records name.
The only importer of Starlette and uvicorn, of the extra `preview`.
"""

import asyncio
import contextlib
import mimetypes
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ankigen.preview.cards import cards_of
from ankigen.preview.data import index_data
from ankigen.preview.page import PAGE, policy
from ankigen.preview.snapshot import Problem, Snapshot, Watched
from ankigen.records import MediaFile
from ankigen.watch import changes_async

__all__ = ["open_socket", "preview_app", "serve"]

_ADDRESS = "127.0.0.1"
_ALIVE = 15.0  # seconds between signs of life, so that a closed page is noticed
# A picture may be an SVG, which holds scripts.
_MEDIA = {"Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'"}
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
}


class _State:
    """What is shown now, by number; who waits is woken when it changes."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self.version = secrets.randbelow(2**31)  # of another run, so that a page left open takes the new data
        self.stop = anyio.Event()
        self._changed = asyncio.Condition()
        self._reading = asyncio.Lock()
        self._problems: list[Problem] = []

    async def read(self) -> None:
        """Read the project again, off the loop, and tell who waits."""
        async with self._reading:
            snapshots = self.watched.snapshots()
            while snapshot := await asyncio.to_thread(next, snapshots, None):
                snapshot = replace(snapshot, problems=(*snapshot.problems, *self._problems))
                index = await asyncio.to_thread(index_data, snapshot)
                async with self._changed:
                    self.version += 1
                    self.snapshot: Snapshot = snapshot
                    self.index: dict[str, Any] = index
                    self._changed.notify_all()

    async def follow(self) -> None:
        """Read again after each save, until told to stop."""
        try:
            async for _ in changes_async(self.watched.paths, self.stop):
                await self.read()
        except OSError as error:  # the system may watch no more files
            self._problems = [Problem(f"saves cannot be followed: {error}", "start ankigen preview again to see them")]
            await self.read()

    async def newer_than(self, version: int) -> int:
        """The number of what is shown, once it is not ``version`` any more; or after a while all the same."""
        async with self._changed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(
                    self._changed.wait_for(lambda: self.version != version or self.stop.is_set()), _ALIVE
                )
        return self.version

    async def close(self) -> None:
        """Let everyone go who waits."""
        self.stop.set()
        async with self._changed:
            self._changed.notify_all()


def preview_app(watched: Watched, port: int) -> "_Guarded":
    """The page for ``watched`` at ``port``."""
    state = _State(watched)
    answers = _Answers(state)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        following = asyncio.create_task(state.follow())  # first, so that no save is missed
        await state.read()
        yield
        await state.close()
        await following

    routes = [
        Route("/", answers.page),
        Route("/api/index", answers.index),
        Route("/api/events", answers.events),
        Route("/api/cards/{version:int}/{at:int}", answers.cards),
        Route("/media/{name}", answers.media),
        Route("/{name}", answers.page),
    ]
    return _Guarded(Starlette(routes=routes, lifespan=lifespan), port, state.close)


class _Answers:
    """What is answered at each address; none of it writes."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._media: dict[str, tuple[MediaFile, str]] = {}  # with where each lay when it was named

    async def index(self, _: Request) -> Response:
        return JSONResponse({**self._state.index, "version": self._state.version})

    async def cards(self, request: Request) -> Response:
        version, at = request.path_params["version"], request.path_params["at"]
        snapshot = self._state.snapshot
        if version != self._state.version or at >= len(snapshot.records):
            return PlainTextResponse("this was shown before", 409)
        found = await asyncio.to_thread(cards_of, snapshot, at)
        self._media.update((file.name, (file, os.path.realpath(file.path))) for file in found.media)
        return JSONResponse(found.data)

    async def media(self, request: Request) -> Response:
        file, place = self._media.get(request.path_params["name"], (None, ""))
        if not file or not os.path.isfile(place) or os.path.realpath(file.path) != place:
            return PlainTextResponse("no record names this file", 404)
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if file.content is not None:
            return Response(file.content, media_type=kind, headers=_MEDIA)
        return FileResponse(place, media_type=kind, headers=_MEDIA)

    async def events(self, _: Request) -> Response:
        async def numbers() -> AsyncIterator[str]:
            version = 0
            while not self._state.stop.is_set():
                version = await self._state.newer_than(version)
                yield f"data: {version}\n\n"

        return StreamingResponse(numbers(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def page(self, request: Request) -> Response:
        name = request.path_params.get("name", "index.html")
        if name not in PAGE:
            return PlainTextResponse("there is no such page", 404)
        text, kind = PAGE[name]
        rules = "sandbox allow-scripts" if name == "frame.html" else policy()
        return Response(text, media_type=kind, headers={"Content-Security-Policy": rules, "Cache-Control": "no-store"})


class _Guarded:
    """Refuses what does not come from the page itself, before anything is answered."""

    def __init__(self, app: ASGIApp, port: int, close: Callable[[], Awaitable[None]]) -> None:
        self._app = app
        self.close = close
        self._hosts = {f"{name}:{port}" for name in (_ADDRESS, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            refused = self._refusal(scope)
            if refused:
                await PlainTextResponse(*refused)(scope, receive, send)
                return

            async def guarded(message: Any) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] += [(k.lower().encode(), v.encode()) for k, v in _SAFE.items()]
                await send(message)

            await self._app(scope, receive, guarded)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[str, int] | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if headers.get("host", "") not in self._hosts:
            return "this page has another name", 421
        origin = headers.get("origin")
        is_frame = scope["path"].startswith("/media/")  # a card's frame has no origin of its own
        if origin and origin not in {f"http://{host}" for host in self._hosts} and not (is_frame and origin == "null"):
            return "asked from another page", 403
        is_elsewhere = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if is_elsewhere and not is_frame and headers.get("sec-fetch-mode") != "navigate":
            return "asked from another page", 403
        return None


def open_socket(port: int) -> socket.socket:
    """A socket on the loopback address; any free port when ``port`` is 0. Raises `OSError` when it is taken."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((_ADDRESS, port))
    except OSError:
        opened.close()
        raise
    return opened


def serve(paths: Sequence[Path], reader: str, opened: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve the page at a socket until Ctrl-C; ``ready`` is given its address."""
    with opened:
        port = opened.getsockname()[1]
        app = preview_app(Watched(paths, reader), port)
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, server_header=False)
        server = _Server(config, app, lambda: ready(f"http://{_ADDRESS}:{port}/"))
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[opened])


class _Server(uvicorn.Server):
    """Says when it answers, and lets waiting pages go before it waits for them."""

    def __init__(self, config: uvicorn.Config, app: _Guarded, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._guarded = app
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._guarded.close()
        await super().shutdown(sockets)
