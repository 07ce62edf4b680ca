"""Frozen settings, and the only reader of the environment.

Every setting has a finite default and is checked when it is made; secrets stay out of `repr`.
"""

from __future__ import annotations

import base64
import ipaddress
import os
import re
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import attrs

from asyncsdk.errors import ConfigurationError

__all__ = [
    "HOSTED_PLATFORM",
    "MAX_ANSWER_BYTES",
    "Limits",
    "ProxyServer",
    "Retry",
    "Settings",
    "Timeouts",
    "ca_bundle",
    "check_host",
    "check_token",
    "expand_token",
    "idle_seconds",
    "proxy_for",
    "state_folder",
]

HOSTED_PLATFORM = "https://app.picsellia.com"
"""The hosted platform; `PICSELLIA_TOKEN` is read for this host only."""

MAX_ANSWER_BYTES = 512 * 1024 * 1024
"""Largest API answer that is read; more is refused."""

TOKEN_VARIABLE = "PICSELLIA_TOKEN"  # noqa: S105 - a name, not a token
IDLE_VARIABLE = "ASYNCSDK_EMBEDDED_IDLE_S"
STATE_VARIABLE = "ASYNCSDK_STATE"
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def _positive(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    if not 0 < value < float("inf"):
        raise ConfigurationError(f"{attribute.name} must be positive and finite, got {value!r}")


def _not_negative(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    if not 0 <= value < float("inf"):
        raise ConfigurationError(f"{attribute.name} must be zero or more and finite, got {value!r}")


@attrs.frozen(kw_only=True)
class Timeouts:
    """How long each step may take, in seconds."""

    connect_s: float = attrs.field(default=10.0, validator=_positive)
    """To open a connection."""

    request_s: float = attrs.field(default=60.0, validator=_positive)
    """For one API request, from the first byte sent to the last byte read; building a file may take `call_s`."""

    call_s: float = attrs.field(default=300.0, validator=_positive)
    """For one API call with all its retries."""

    stall_s: float = attrs.field(default=30.0, validator=_positive)
    """A transfer that moves fewer than `stall_bytes` in this time is broken off and resumed."""

    stall_bytes: int = attrs.field(default=1024, validator=_positive)
    """The least progress that counts within `stall_s`."""

    transfer_s: float = attrs.field(default=24 * 3600.0, validator=_positive)
    """For one file with all its retries."""


@attrs.frozen(kw_only=True)
class Retry:
    """When and how often a request that is safe to repeat is sent again.

    Waits grow exponentially with full jitter: a random time between zero and
    `min(cap_s, base_s * 2 ** attempt)`. Source: M. Brooker, "Exponential Backoff And Jitter", 2015.
    """

    attempts: int = attrs.field(default=5, validator=_positive)
    """Tries in all, the first one included."""

    base_s: float = attrs.field(default=0.5, validator=_not_negative)
    """Upper bound of the first wait."""

    cap_s: float = attrs.field(default=20.0, validator=_not_negative)
    """Upper bound of every wait; a longer `Retry-After` is cut to it."""

    budget: float = attrs.field(default=0.2, validator=_not_negative)
    """Retries a client may spend, as a share of its recent requests, so that an outage fails fast."""

    budget_floor: int = attrs.field(default=20, validator=_not_negative)
    """Retries per minute that are allowed whatever the share says."""


@attrs.frozen(kw_only=True)
class Limits:
    """How much goes on at once."""

    api_concurrency: int = attrs.field(default=128, validator=_positive)
    """Most API requests in flight per host; the limiter adapts below it."""

    transfer_concurrency: int = attrs.field(default=128, validator=_positive)
    """Most transfers in flight per host; the limiter adapts below it."""

    read_ahead: int = attrs.field(default=4, validator=_positive)
    """Pages that a listing fetches before they are asked for."""

    page_size: int = attrs.field(default=1000, validator=_positive)
    """Items asked for per page; the protocol allows up to 1000."""

    ids_per_request: int = attrs.field(default=1000, validator=_positive)
    """Ids or names that one filtered listing request carries."""

    bulk_ids_per_request: int = attrs.field(default=10_000, validator=_positive)
    """Ids that one bulk request (add data, attach a tag, delete) carries."""


@attrs.frozen(kw_only=True)
class Settings:
    """Everything about a client that can be set."""

    timeouts: Timeouts = attrs.field(factory=Timeouts)
    """Deadlines."""

    retry: Retry = attrs.field(factory=Retry)
    """Retries."""

    limits: Limits = attrs.field(factory=Limits)
    """Concurrency and sizes."""


def check_host(host: str) -> str:
    """Return the origin of `host` (scheme, name, port), the way the protocol addresses a platform.

    Args:
        host: an http or https URL; a path in it is dropped, as the API lives at the root.

    Raises:
        ConfigurationError: it is not an http or https URL, or it carries a user or password.
    """
    text = str(host).strip()
    shown = "host" if "@" in text else f"host {host!r}"  # there may be a password in it
    wrong = ConfigurationError(f"{shown} is not an http or https URL such as {HOSTED_PLATFORM}")
    try:
        parts = urlsplit(text if "//" in text else f"https://{text}")
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.username or parts.password:
        raise ConfigurationError("the host must not carry a user or password; pass api_token instead")
    if not isinstance(host, str) or parts.scheme not in ("http", "https") or not parts.hostname:
        raise wrong
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{name}" + (f":{port}" if port else "")


def expand_token(host: str, token: str | None, environ: Mapping[str, str] = os.environ) -> str:
    """Return the token to use for `host`.

    Args:
        host: origin of the platform, as `check_host` returns it.
        token: the caller's token; `None` reads `PICSELLIA_TOKEN`, for the hosted platform only.
        environ: the environment to read.

    Raises:
        ConfigurationError: there is no token, or it has characters that no header may carry.
    """
    chosen = token
    if chosen is None and host == HOSTED_PLATFORM:
        chosen = environ.get(TOKEN_VARIABLE)
    if not chosen:
        hint = f" or set {TOKEN_VARIABLE}" if host == HOSTED_PLATFORM else ""
        raise ConfigurationError(f"no API token for {host}: pass api_token=…{hint}")
    return check_token(chosen)


def check_token(token: str) -> str:
    """Return a token that requests can carry.

    Raises:
        ConfigurationError: it has characters that no header may carry.
    """
    if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]+", token):
        raise ConfigurationError("the API token has spaces or characters that an HTTP header cannot carry")
    return token


def idle_seconds(environ: Mapping[str, str] = os.environ) -> float:
    """Return how long an embedded platform waits for its clients before it stops (default 20 s).

    Raises:
        ConfigurationError: `ASYNCSDK_EMBEDDED_IDLE_S` is not a positive number.
    """
    return _number(environ, IDLE_VARIABLE, 20.0, float)


def _number(environ: Mapping[str, str], name: str, default: float, kind: Callable[[str], float]) -> float:
    text = environ.get(name)
    if not text:
        return default
    try:
        value = kind(text)
    except ValueError as error:
        raise ConfigurationError(f"{name}={text!r} is not a number") from error
    if not 0 < value < float("inf"):
        raise ConfigurationError(f"{name}={text!r} must be positive and finite")
    return value


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder where unfinished work is kept until it is finished.

    `ASYNCSDK_STATE` names it; else it is `asyncsdk` in `XDG_STATE_HOME`, or in `~/.local/state`.
    """
    named = environ.get(STATE_VARIABLE)
    if named:
        return Path(named)
    home = environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "asyncsdk"


def ca_bundle(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the file or folder of certificate authorities that the environment names, if any.

    `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE` replace the system's authorities. `SSL_CERT_FILE` and
    `SSL_CERT_DIR` need no reading here: the TLS library honours them.

    Raises:
        ConfigurationError: the variable names nothing that exists.
    """
    for name in CA_VARIABLES:
        path = environ.get(name)
        if path:
            if not os.path.exists(path):  # noqa: PTH110 - a name as the environment gives it
                raise ConfigurationError(f"{name}={path!r}: no such file or folder")
            return path
    return None


@attrs.frozen
class ProxyServer:
    """An HTTP proxy."""

    url: str
    """Its URL, without user and password."""

    authorization: str | None = attrs.field(default=None, repr=False)
    """Value of the `Proxy-Authorization` header."""


def proxy_for(scheme: str, host: str) -> ProxyServer | None:
    """Return the proxy that the environment (or the system's settings) wants for a host.

    This machine itself is never reached through a proxy.

    Args:
        scheme: `http` or `https`.
        host: name or address.

    Raises:
        ConfigurationError: the proxy is not an HTTP proxy.
    """
    if _is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    text = proxies.get(scheme) or proxies.get("all")
    if not text:
        return None
    parts = urlsplit(text if "//" in text else f"http://{text}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"the {scheme} proxy of the environment is not an http proxy")
    authorization = None
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return ProxyServer(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", authorization)


def _is_loopback(host: str) -> bool:
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
