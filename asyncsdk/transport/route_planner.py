"""How hosts are reached: straight or through a proxy of the environment, with TLS or without."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Mapping

import anyio.to_thread
import attrs
from yarl import URL

from asyncsdk.config import ProxyServer, ca_bundle, proxy_for

__all__ = ["HostRoute", "RoutePlanner", "make_tls_context"]


@attrs.frozen
class HostRoute:
    """How one host is reached."""

    tls: ssl.SSLContext | bool
    """How it is trusted."""

    proxy: str | None = None
    """Address of the proxy."""

    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    """Go with every request."""

    proxy_headers: Mapping[str, str] | None = attrs.field(default=None, repr=False)
    """Go to the proxy when a tunnel is asked for; the host never sees them."""


class RoutePlanner:
    """Finds how hosts are reached, each once, and reads the authorities that TLS trusts, when it is wanted."""

    def __init__(self) -> None:
        self._tls: ssl.SSLContext | None = None
        self._tls_lock = asyncio.Lock()
        self._routes: dict[tuple[str, str], HostRoute] = {}

    async def route_to(self, url: URL) -> HostRoute:
        """Return how the host of a URL is reached."""
        key = (url.scheme, url.host or "")
        route = self._routes.get(key)
        if route is None:
            tls = await self._tls_context() if url.scheme == "https" else True
            route = self._routes[key] = _route_through(proxy_for(*key), url.scheme, tls=tls)
        return route

    async def _tls_context(self) -> ssl.SSLContext:
        async with self._tls_lock:
            if self._tls is None:
                self._tls = await anyio.to_thread.run_sync(make_tls_context, ca_bundle())
            return self._tls


def _route_through(proxy: ProxyServer | None, scheme: str, *, tls: ssl.SSLContext | bool) -> HostRoute:
    if proxy is None:
        return HostRoute(tls)
    login = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
    if scheme == "https":
        return HostRoute(tls, proxy.url, proxy_headers=login)
    return HostRoute(tls, proxy.url, headers=login)


def make_tls_context(bundle: str | None) -> ssl.SSLContext:
    """Return a TLS context that trusts the system's authorities, or those of a file or folder."""
    if bundle is None:
        return ssl.create_default_context()
    if os.path.isdir(bundle):  # noqa: PTH112 - a name as the environment gives it
        return ssl.create_default_context(capath=bundle)
    return ssl.create_default_context(cafile=bundle)
