"""Fixtures of all tests that need a server."""

from tests.serving import serve, server, writable_server

__all__ = ["serve", "server", "writable_server"]
