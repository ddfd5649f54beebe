"""Headers that answers carry, and the middleware that adds those that all of them have."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

EXPOSED = b"ETag, Location, Content-Disposition, Link, NetKG-Version, Retry-After, Server-Timing"
METHODS = b"GET, HEAD, POST, OPTIONS"

COMMON: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED),
]
"""On every answer. Whoever reads may read from any page, never with the reader's cookies or passwords."""

COMMON_LINES = b"".join(b"%b: %b\r\n" % header for header in COMMON)
"""The same as they go over the wire."""

PREFLIGHT: Headers = [
    (b"access-control-allow-methods", METHODS),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-max-age", b"86400"),
    (b"allow", METHODS),
]
"""The answer to OPTIONS. ``*`` leaves out Authorization: no other site's page can write here."""

POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    b"base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Content security policy of every page: nothing from elsewhere, nothing inline."""


class CommonHeaders:
    """Adds to every answer what all of them carry, and the policy to pages; answers preflight requests."""

    def __init__(self, app: ASGIApp, version: Callable[[], str]) -> None:
        self._app = app
        self._version = version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *COMMON, (b"netkg-version", self._version().encode())]
                if any(name == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"]):
                    message["headers"].append((b"content-security-policy", POLICY))
            await send(message)

        if scope["method"] == "OPTIONS":
            await send_with_headers({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, receive, send_with_headers)
