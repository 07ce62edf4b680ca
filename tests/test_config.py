from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk import config
from asyncsdk.config import (
    HOSTED_PLATFORM,
    Limits,
    ProxyServer,
    Retry,
    Settings,
    Timeouts,
    ca_bundle,
    check_host,
    expand_token,
    idle_seconds,
    proxy_for,
    state_folder,
)
from asyncsdk.errors import ConfigurationError

NUMBERS = [(kind, field.name) for kind in (Timeouts, Retry, Limits) for field in attrs.fields(kind)]


@pytest.mark.parametrize(("kind", "name"), NUMBERS)
@pytest.mark.parametrize("value", [-1, float("inf"), float("nan")])
def test_every_number_is_finite_and_not_negative(kind, name, value):
    with pytest.raises(ConfigurationError, match=name):
        kind(**{name: value})


@pytest.mark.parametrize(("kind", "name"), NUMBERS)
def test_settings_are_frozen_and_by_name(kind, name):
    settings = kind()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(settings, name, 1)
    with pytest.raises(TypeError):
        kind(1)


def test_zero_is_allowed_where_it_means_something():
    assert Retry(base_s=0, cap_s=0, budget=0, budget_floor=0).budget == 0
    for name in ("attempts",):
        with pytest.raises(ConfigurationError):
            Retry(**{name: 0})
    assert Settings() == Settings()


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("https://app.picsellia.com", HOSTED_PLATFORM),
        (" app.picsellia.com ", HOSTED_PLATFORM),
        ("https://app.picsellia.com/some/path?x#y", HOSTED_PLATFORM),
        ("HTTP://LocalHost:8080/", "http://localhost:8080"),
        ("//example.org", None),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
        ("localhost:8080", "https://localhost:8080"),
    ],
)
def test_table_of_hosts(host, origin):
    if origin is None:
        with pytest.raises(ConfigurationError):
            check_host(host)
    else:
        assert check_host(host) == origin


@pytest.mark.parametrize(
    "host",
    [
        "",
        "ftp://x",
        "http://",
        "http://user:pw@x",
        "http://user@x",
        "http://x:99999",
        "http://x:y",
        "file:///etc",
        "http://[::1",
        "http://user:pw@[::1",
        "http://user:pw@x:99999",
        "ftp://user:pw@x",
        "http://ex\u2100mple",
        None,
        5,
    ],
)
def test_what_is_no_host(host):
    with pytest.raises(ConfigurationError) as caught:
        check_host(host)
    assert "pw" not in str(caught.value)


def test_the_token_of_the_environment_is_for_the_hosted_platform_only():
    environ = {"PICSELLIA_TOKEN": "from-env"}
    assert expand_token(HOSTED_PLATFORM, None, environ) == "from-env"
    assert expand_token(HOSTED_PLATFORM, "mine", environ) == "mine"
    assert expand_token("http://x", "mine", environ) == "mine"
    with pytest.raises(ConfigurationError, match="pass api_token"):
        expand_token("http://x", None, environ)
    with pytest.raises(ConfigurationError, match="PICSELLIA_TOKEN"):
        expand_token(HOSTED_PLATFORM, None, {})
    with pytest.raises(ConfigurationError):
        expand_token(HOSTED_PLATFORM, "", {})


@pytest.mark.parametrize("token", ["a b", "a\nb", "tök", "a\x7f", b"bytes"])
def test_a_token_that_no_header_carries_is_refused_without_showing_it(token):
    with pytest.raises(ConfigurationError) as caught:
        expand_token("http://x", token, {})
    assert str(token) not in str(caught.value)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1))
def test_other_tokens_are_taken_as_they_are(token):
    assert expand_token("http://x", token, {}) == token


@pytest.mark.parametrize(("text", "seconds"), [(None, 20), ("", 20), ("5", 5), ("0.5", 0.5)])
def test_idle_seconds(text, seconds):
    environ = {} if text is None else {"ASYNCSDK_EMBEDDED_IDLE_S": text}
    assert idle_seconds(environ) == seconds


@pytest.mark.parametrize("text", ["x", "0", "-1", "inf", "nan"])
def test_idle_seconds_must_be_a_number(text):
    with pytest.raises(ConfigurationError, match="ASYNCSDK_EMBEDDED_IDLE_S"):
        idle_seconds({"ASYNCSDK_EMBEDDED_IDLE_S": text})


def test_the_bundle_of_the_environment(tmp_path):
    bundle, other = tmp_path / "ca.pem", tmp_path / "other.pem"
    bundle.touch()
    other.touch()
    assert ca_bundle({}) is None
    assert ca_bundle({"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": str(other)}) == str(other)
    assert ca_bundle({"REQUESTS_CA_BUNDLE": str(bundle), "CURL_CA_BUNDLE": str(other)}) == str(bundle)
    assert ca_bundle({"REQUESTS_CA_BUNDLE": str(tmp_path)}) == str(tmp_path)
    with pytest.raises(ConfigurationError, match="REQUESTS_CA_BUNDLE"):
        ca_bundle({"REQUESTS_CA_BUNDLE": str(tmp_path / "none")})


@pytest.fixture
def environ(monkeypatch):
    def set_proxies(**values):
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            monkeypatch.delenv(name.upper(), raising=False)
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_proxies


@pytest.mark.parametrize(
    ("values", "proxy"),
    [
        ({}, None),
        ({"https_proxy": "http://p:3128"}, ProxyServer("http://p:3128")),
        ({"HTTPS_PROXY": "http://p:3128/"}, ProxyServer("http://p:3128")),
        ({"https_proxy": "p:3128"}, ProxyServer("http://p:3128")),
        ({"all_proxy": "http://p"}, ProxyServer("http://p")),
        ({"http_proxy": "http://p"}, None),
        ({"https_proxy": "http://p", "no_proxy": "x.example"}, None),
        ({"https_proxy": "http://p", "no_proxy": ".example,other"}, None),
        ({"https_proxy": "http://p", "no_proxy": "*"}, None),
        ({"https_proxy": "http://p", "no_proxy": "y.example"}, ProxyServer("http://p")),
        ({"https_proxy": "http://u%40:p%3A@p:1"}, ProxyServer("http://p:1", "Basic dUA6cDo=")),
    ],
)
def test_table_of_proxies(environ, values, proxy):
    environ(**values)
    assert proxy_for("https", "x.example") == proxy


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_reached_without_proxy(environ, host):
    environ(http_proxy="http://p")
    assert proxy_for("http", host) is None
    assert proxy_for("http", "10.0.0.1") == ProxyServer("http://p")


@pytest.mark.parametrize("url", ["socks5://u:secret@p", "http://", "ftp://p"])
def test_other_kinds_of_proxies_are_refused_without_showing_them(environ, url):
    environ(https_proxy=url)
    with pytest.raises(ConfigurationError, match="not an http proxy") as caught:
        proxy_for("https", "x.example")
    assert "secret" not in str(caught.value)


def test_the_login_of_a_proxy_is_not_shown():
    assert "dUA" not in repr(ProxyServer("http://p", "Basic dUA6cDo="))


def test_the_list_of_names_is_true():
    assert [name for name in config.__all__ if not hasattr(config, name)] == []


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({}, Path.home() / ".local" / "state" / "asyncsdk"),
        ({"XDG_STATE_HOME": "/x"}, Path("/x/asyncsdk")),
        ({"XDG_STATE_HOME": "/x", "ASYNCSDK_STATE": "/y"}, Path("/y")),
    ],
)
def test_the_folder_of_unfinished_work(environ, folder):
    assert state_folder(environ) == folder
