"""What the operator sees: counts and times for Prometheus, and a line of the log for each request."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.serve.http.log import LOG, PAUSE

BOUNDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Seconds that bound the classes of the histogram of times."""
MOST_LINES = 500
"""Requests that have their own line in the log, of those in one pause of the log; failures always have one."""
OTHER = "other"
"""What requests that meet no route are counted under, so that strangers cannot make up names."""


class Watch(Collector):
    """Counts what happens; plain numbers, since each request passes here.

    :param health: what the engine says of itself
    """

    def __init__(self, health: Callable[[], Mapping[str, int | float | str]], cached_bytes: Callable[[], int]) -> None:
        self.started = time.time()
        self._health = health
        self._cached_bytes = cached_bytes
        self._requests: Counter[tuple[str, int]] = Counter()
        self._seconds: dict[str, list[int]] = {}
        self._sums: defaultdict[str, float] = defaultdict(float)
        self._sources: Counter[str] = Counter()
        self._bytes = 0
        self._lines = 0
        self._repeats = 0
        self._repeated_bytes = 0
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def note(self, route: str, method: str, path: str, status: int, seconds: float, size: int, client: str, source: str = "") -> None:
        """Count and log one request.

        :param source: where the answer came from, if it is one of /sparql
        """
        self._requests[route, status] += 1
        classes = self._seconds.get(route)
        if classes is None:
            classes = self._seconds[route] = [0] * (len(BOUNDS) + 1)
        classes[bisect_left(BOUNDS, seconds)] += 1
        self._sums[route] += seconds
        self._bytes += size
        if source:
            self._sources[source] += 1
        if not self._lines:
            asyncio.get_running_loop().call_later(PAUSE, self._note_unwritten)
        self._lines += 1
        if self._lines <= MOST_LINES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            LOG.request(method, path, status, seconds, size, client, source)

    def _note_unwritten(self) -> None:
        """Tell how many requests of the last moments have no line of their own."""
        count, self._lines = self._lines - MOST_LINES, 0
        if count > 0:
            LOG.event("more requests", count=count)

    def repeated(self, size: int) -> None:
        """Count one request that was answered before it was read; many of them make one line of the log."""
        if not self._repeats:
            asyncio.get_running_loop().call_later(PAUSE, self._note_repeats)
        self._repeats += 1
        self._repeated_bytes += size

    def _note_repeats(self) -> None:
        """Add the repeated requests of the last moments to the others."""
        count, size = self._repeats, self._repeated_bytes
        self._repeats = self._repeated_bytes = 0
        if count:
            self._requests["/sparql", 200] += count
            self._sources["repeat"] += count
            self._bytes += size
            LOG.event("repeats", path="/sparql", count=count, bytes=size)

    def collect(self) -> Iterator[Metric]:
        """Yield everything that is counted, as Prometheus wants it."""
        self._note_repeats()
        requests = CounterMetricFamily("netkg_requests", "Requests by route and status.", labels=["route", "status"])
        for (route, status), count in sorted(self._requests.items()):
            requests.add_metric([route, str(status)], count)
        yield requests
        times = HistogramMetricFamily("netkg_request_seconds", "Time from request to answer, by route.", labels=["route"])
        for route, classes in sorted(self._seconds.items()):
            total = 0
            buckets = []
            for bound, count in zip([*map(str, BOUNDS), "+Inf"], classes, strict=True):
                total += count
                buckets.append((bound, float(total)))
            times.add_metric([route], buckets, self._sums[route])
        yield times
        sources = CounterMetricFamily("netkg_answers", "Answers of /sparql by where they came from.", labels=["source"])
        for name, count in sorted(self._sources.items()):
            sources.add_metric([name], count)
        yield sources
        yield CounterMetricFamily("netkg_sent_bytes", "Bytes of bodies sent.", value=self._bytes)
        yield GaugeMetricFamily("netkg_cache_bytes", "Bytes of answers kept.", value=self._cached_bytes())
        yield GaugeMetricFamily("netkg_start_time_seconds", "When the server was started.", value=self.started)
        engine = GaugeMetricFamily("netkg_engine", "The engine: workers, jobs that run and wait, restarts by cause.", labels=["what"])
        for name, value in self._health().items():
            if isinstance(value, int | float):
                engine.add_metric([name], value)
        yield engine

    def exposition(self) -> bytes:
        """Return everything in Prometheus' text format."""
        text: bytes = generate_latest(self._registry)
        return text


class Watched:
    """Middleware that has each request of an application counted and logged."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self._app = app
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = size = 0

        async def watching(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watching)
        finally:
            client = scope["client"][0] if scope.get("client") else ""
            route = getattr(scope.get("route"), "path", OTHER)
            self._watch.note(route, scope["method"], scope["path"], status or 499, time.perf_counter() - started, size, client)
