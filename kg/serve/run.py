"""Run the server: open the graph, listen, and stop in order."""

from __future__ import annotations

import asyncio
import gc
import logging
import math
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn
import uvloop

from kg.errors import SurroundingsError
from kg.serve.app import create_app
from kg.serve.engine.pool import Pool
from kg.serve.http.log import LOG, Lines
from kg.serve.http.wire import connections
from kg.serve.settings import ServeSettings

KEEP_ALIVE = 75
"""Seconds that an idle connection is kept: longer than proxies keep theirs, so that they never find it closed."""
COLLECT = (10_000, 20, 100)
"""When Python looks for unreachable objects: less often than by itself, as requests leave hardly any."""
LOOK = 0.1
"""Seconds between two looks for a second signal."""


def serve(location: str, settings: ServeSettings, announce: Callable[[str], None]) -> None:
    """Serve the graph at a location until a signal asks to stop.

    :param announce: is told the address once the server answers there
    :raises SurroundingsError: when the graph cannot be opened or the port is taken
    """
    logging.basicConfig(level=logging.WARNING, handlers=[Lines()], force=True)
    with listener(settings.host, settings.port) as listening:
        uvloop.run(_serve(location, settings, listening, announce))


def listener(host: str, port: int) -> socket.socket:
    """Return a socket that is bound, so that a port that is taken shows before the graph is opened.

    :raises SurroundingsError: when it cannot be bound
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        raise SurroundingsError(
            f"cannot listen at {host}, port {port}: {error.strerror}", where="--port", hint="another server may run there; choose another port, or --port 0"
        ) from error
    return listening


class Server(uvicorn.Server):
    """Tells when it answers, and ends with exit code 0 when a signal asks it to; a second signal ends it at once.

    :param started: called when it answers
    :param grace: seconds that running requests are given when it is to stop
    :param end: ends what still runs then; its clients are told so
    """

    def __init__(self, config: uvicorn.Config, started: Callable[[], None], grace: float, end: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._tell = started
        self._grace = grace
        self._end = end

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._tell()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no further requests, and let those that run end."""
        last = asyncio.create_task(self._end_later())
        await super().shutdown(sockets)
        last.cancel()

    async def _end_later(self) -> None:
        deadline = self._grace
        while deadline > 0 and not self.force_exit:
            await asyncio.sleep(min(deadline, LOOK))
            deadline -= LOOK
        await self._end()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Have signals stop the server, and nothing else."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def _stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


async def _serve(location: str, settings: ServeSettings, listening: socket.socket, announce: Callable[[str], None]) -> None:
    engine = Pool(location, settings)
    app = create_app(settings, engine)
    try:
        await engine.start()
        config = uvicorn.Config(
            app,
            http=connections(app.endpoint, settings.base and settings.base.rstrip("/") + "/", settings.connections),
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=math.ceil(settings.grace) + 2,
        )
        gc.collect()
        gc.freeze()  # what is there now stays; looking through it again and again would hold requests up
        gc.set_threshold(*COLLECT)
        await Server(config, lambda: announce(address_of(listening)), settings.grace, engine.close).serve([listening])
    finally:
        await engine.close()
        LOG.flush()


def address_of(listening: socket.socket) -> str:
    """Return the address of a bound socket as people type it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
