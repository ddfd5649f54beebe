"""Every setting of the server in one table: command-line options, documentation and the advertised limits come from it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import Any


def _setting(default: object, about: str, *, unit: str = "", limit: bool = False) -> Any:
    return field(default=default, metadata={"about": about, "unit": unit, "limit": limit})


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """Settings of one server. Those marked as limits are advertised to clients."""

    host: str = _setting("127.0.0.1", "address to listen on; loopback unless you choose otherwise")
    port: int = _setting(7777, "port to listen on; 0 takes a free one")
    base: str = _setting("", "public address of the server when a proxy stands in front, such as https://example.org/netkg/")
    trusted_proxies: str = _setting("127.0.0.1,::1", "addresses whose X-Forwarded-* headers are believed, comma-separated; * for all")
    writable: bool = _setting(False, "accept SPARQL updates and the Graph Store Protocol from holders of the token")
    token: str = _setting("", "what a writer sends as 'Authorization: Bearer …'")
    union: bool = _setting(True, "answer queries without FROM over the union of all graphs")
    service_targets: tuple[str, ...] = _setting((), "addresses that SERVICE and LOAD may call; none unless listed, private addresses never")
    timeout: float = _setting(30.0, "time that a query may take", unit="seconds", limit=True)
    write_timeout: float = _setting(300.0, "time that an update or an upload may take", unit="seconds", limit=True)
    queries: int = _setting(8, "queries that run at the same time", limit=True)
    waiting: int = _setting(256, "queries that wait for their turn", limit=True)
    patience: float = _setting(30.0, "time that a query waits for its turn", unit="seconds", limit=True)
    connections: int = _setting(512, "connections that are open at the same time", limit=True)
    request_bytes: int = _setting(4 * 2**20, "size of a request", unit="bytes", limit=True)
    upload_bytes: int = _setting(256 * 2**20, "size of a graph or an update sent by a writer", unit="bytes", limit=True)
    result_bytes: int = _setting(256 * 2**20, "size of an answer before compression", unit="bytes", limit=True)
    memory_bytes: int = _setting(2 * 2**30, "memory that a query may take beyond the graph itself", unit="bytes", limit=True)
    cache_bytes: int = _setting(64 * 2**20, "memory for answers that are kept until the graph changes", unit="bytes")
    grace: float = _setting(10.0, "time that running requests are given when the server is stopped", unit="seconds")

    @property
    def workers(self) -> int:
        """Processes that stand ready for short queries: one for each core."""
        return min(self.queries, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)

    def limits(self) -> dict[str, float]:
        """Return the limits that clients are told, by name."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.metadata["limit"]}
