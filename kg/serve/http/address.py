"""The public address of the server: what its operator says, or what a trusted proxy in front of it says."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from kg.errors import UsageError

HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
FORWARDED = b"x-forwarded-"


class PublicAddress:
    """Middleware that makes scheme, host, sub-path and client of a request what they are for the outside.

    :param base: the public address; empty when the request itself tells
    :param trusted: addresses of proxies whose headers are believed, comma-separated
    :raises UsageError: when the base is no address
    """

    def __init__(self, app: ASGIApp, base: str, trusted: str) -> None:
        self._app = app
        self._forwarded = ProxyHeadersMiddleware(self._moved, trusted)  # type: ignore[arg-type] # starlette's and uvicorn's words for the same
        parts = urlsplit(base)
        path = parts.path.rstrip("/")
        sound = parts.scheme in ("http", "https") and HOST.fullmatch(parts.netloc) and (not path or PREFIX.fullmatch(path))
        if base and (not sound or parts.query or parts.fragment):
            raise UsageError(f"{base!r} is no public address", where="--base", hint="give one such as https://example.org/netkg/")
        self._base = (parts.scheme, parts.netloc.encode(), path) if base else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its public address."""
        if scope["type"] == "http":
            for name, _ in scope["headers"]:
                if name.startswith(FORWARDED):
                    scope["netkg.trusted"] = scope["client"] and scope["client"][0] in self._forwarded.trusted_hosts
                    await self._forwarded(scope, receive, send)  # type: ignore[arg-type] # as above
                    return
            if self._base:
                _place(scope, *self._base)
        await self._app(scope, receive, send)

    async def _moved(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request that a proxy may have sent; scheme and client have been set."""
        if self._base:
            _place(scope, *self._base)
        elif scope.pop("netkg.trusted"):
            said = {name: value.decode("latin-1").split(",")[0].strip() for name, value in scope["headers"] if name.startswith(FORWARDED)}
            host = said.get(b"x-forwarded-host", "")
            prefix = said.get(b"x-forwarded-prefix", "").rstrip("/")
            _place(scope, scope["scheme"], host.encode() if HOST.fullmatch(host) else b"", prefix if PREFIX.fullmatch(prefix) else "")
        await self._app(scope, receive, send)


def _place(scope: Scope, scheme: str, host: bytes, prefix: str) -> None:
    """Set the parts of the address; the path may or may not have the prefix already, as proxies differ in that."""
    scope["scheme"] = scheme
    if host:
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"host"] + [(b"host", host)]
    if prefix:
        scope["root_path"] = prefix
        if scope["path"] != prefix and not scope["path"].startswith(prefix + "/"):
            scope["path"] = prefix + scope["path"]
            scope["raw_path"] = prefix.encode() + scope["raw_path"]


def public_base(scope: Scope) -> str:
    """Return the public address of the server, with a slash at its end."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    name = host.decode("latin-1")
    if not HOST.fullmatch(name):
        server, port = scope.get("server") or ("localhost", None)
        name = f"{server}:{port}" if port else server
    return f"{scope['scheme']}://{name}{scope['root_path']}/"
