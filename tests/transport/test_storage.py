from __future__ import annotations

import asyncio
import base64
import hashlib
import io

import attrs
import pytest

from asyncsdk.config import Retry, Settings, Timeouts
from asyncsdk.errors import (
    BadRequestError,
    ConfigurationError,
    ConnectionFailedError,
    ForbiddenError,
    MissingFileError,
    NotFoundError,
    NotSupportedError,
    ProtocolError,
    ServerError,
)
from asyncsdk.records.storage import PresignedRequest, PresignedUpload
from asyncsdk.transport.bodies import Upload
from asyncsdk.transport.failures import AttemptError, ExpiredUrlError
from asyncsdk.transport.storage import StorageTransport
from asyncsdk.wire.checksums import Checksum
from asyncsdk.wire.retry import Outcome

SIGNED = "/b/o%2Fa.jpg?X-Sig=a%2Fb+c=&é=%7E~&empty="
ON_THE_WIRE = "/b/o%2Fa.jpg?X-Sig=a%2Fb+c=&é=%7E~&empty=".encode().decode("latin-1")
XML = b"<Error><Code>SignatureDoesNotMatch</Code><Message>no match</Message><StringToSign>S3CRET</StringToSign></Error>"
DATA = bytes(range(256)) * 8192  # 2 MiB


@pytest.fixture
async def storage(time, other_tasks):
    settings = Settings(retry=Retry(attempts=3, base_s=1, cap_s=10))
    storage = StorageTransport(settings, timing=time.timing)
    yield storage
    await storage.aclose()
    assert [limiter.in_flight for limiter in storage.limiters._by_host.values()].count(0) == len(
        storage.limiters._by_host
    )
    await asyncio.sleep(0)
    assert [task for task in other_tasks() if "_serve" not in task.get_coro().__qualname__] == []


@pytest.fixture
def hurry(storage, time):
    """A function that lets the next try end soon, but not what comes after a wait: `hurry(stall_s=0.1)`."""

    def hurry(**timeouts):
        patient, sleep = storage._settings, time.sleep

        def use(settings):
            storage._settings = settings
            storage._requests._timeouts = settings.timeouts

        async def wait(seconds):
            use(patient)
            await sleep(seconds)

        use(attrs.evolve(patient, timeouts=Timeouts(**timeouts)))
        storage.retrier._timing = attrs.evolve(time.timing, sleep=wait)

    return hurry


def presigned(server, kind="minio", fields=None):
    return PresignedUpload(kind, PresignedRequest(f"{server.origin}/up?sig=a%2Fb", fields or {}))


async def read(storage, url, **options):
    async with storage.open_download(url, **options) as body:
        return b"".join([chunk async for chunk in body])


async def fetch(storage, url, *, max_bytes=1_000):
    """Reads an object as the client does, with retries."""

    async def attempt(_):
        async with storage.open_download(url) as body:
            return await body.read(max_bytes)

    return await storage.retrier.run(attempt, route="GET", timeout_s=10)


def assert_anonymous(request):
    assert not {"authorization", "content-type", "x-picsellia-organization", "cookie"} & set(
        map(str.lower, request.headers)
    )


# Uploads


@pytest.mark.parametrize("kind", ["aws", "MinIO", "google"])
async def test_a_form_is_posted(storage, server, wire, kind):
    server.plays(wire.reply(204, b""))
    content = Upload.of(DATA)
    await storage.upload(
        presigned(server, kind, {"key": "o/a.jpg"}), content, object_name="o/a.jpg", content_type="image/jpeg"
    )
    [sent] = server.requests
    assert (sent.method, sent.target) == ("POST", "/up?sig=a%2Fb")
    assert sent.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert "Transfer-Encoding" not in sent.headers
    assert DATA in sent.body
    assert sent.body.index(b'name="key"') < sent.body.index(b'name="Content-Type"') < sent.body.index(DATA)
    assert "Authorization" not in sent.headers


async def test_azure_takes_a_put(storage, server, wire):
    server.plays(wire.reply(201, b""))
    await storage.upload(
        presigned(server, "azure", {"x-ms-date": "today"}),
        Upload.of(b"bytes"),
        object_name="o",
        content_type="image/png",
    )
    [sent] = server.requests
    assert (sent.method, sent.body) == ("PUT", b"bytes")
    assert sent.headers["x-ms-blob-type"] == "BlockBlob"
    assert sent.headers["x-ms-date"] == "today"
    assert sent.headers.getall("Content-Type") == ["image/png"]


async def test_other_storages_are_not_supported(storage, server):
    with pytest.raises(NotSupportedError, match="ftp"):
        await storage.upload(presigned(server, "ftp"), Upload.of(b""), object_name="o", content_type="t")
    assert server.requests == []


@pytest.mark.parametrize("data", [b"", b"part", DATA])
async def test_a_part_gives_its_etag(storage, server, wire, data):
    server.plays(wire.reply(200, b"", {"ETag": '"aa11"'}))
    assert await storage.put_part(server.origin + SIGNED, Upload.of(data)) == '"aa11"'
    [sent] = server.requests
    assert (sent.method, sent.target, sent.body) == ("PUT", ON_THE_WIRE, data)
    assert sent.headers["Content-Length"] == str(len(data))
    assert_anonymous(sent)


async def test_a_part_without_etag_is_an_error(storage, server, wire):
    server.plays(wire.reply(200, b""))
    with pytest.raises(ProtocolError, match="no ETag"):
        await storage.put_part(f"{server.origin}/p?sig=x", Upload.of(b"1"))


async def test_slices_of_a_resumable_upload(storage, server, wire):
    server.plays(wire.reply(308, b""), wire.reply(200, b""))
    url = f"{server.origin}/up"
    await storage.put_slice(url, Upload.of(b"12345"), start=0, total=8)
    await storage.put_slice(url, Upload.of(b"678"), start=5, total=8)
    assert [request.headers["Content-Range"] for request in server.requests] == ["bytes 0-4/8", "bytes 5-7/8"]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_upload_that_is_refused_for_now_is_repeated_whole(storage, server, wire, time, status):
    server.plays(
        wire.reply(status, XML, {"Retry-After": "4"}), wire.Cut(), wire.reply(200, b"", {"ETag": "e"})
    )
    await storage.put_part(f"{server.origin}/p", Upload.of(DATA))
    assert [request.body for request in server.requests] == [DATA] * 3
    assert sum(time.slept) == pytest.approx(5.05, abs=0.1)


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, BadRequestError), (403, ExpiredUrlError), (404, NotFoundError), (301, Exception)],
)
async def test_an_upload_that_is_refused_for_good_is_told_without_secrets(
    storage, server, wire, status, error
):
    server.plays(wire.reply(status, XML))
    with pytest.raises(error, match="SignatureDoesNotMatch: no match") as caught:
        await storage.put_part(f"{server.origin}/p?X-Sig=S3CRET", Upload.of(b"1"))
    assert len(server.requests) == 1
    assert "S3CRET" not in str(caught.value) + repr(caught.value) + repr(vars(caught.value))
    assert caught.value.route == f"PUT {server.origin}/p"


async def test_an_upload_follows_to_where_the_bucket_is(storage, server, other_server, wire):
    server.plays(wire.reply(307, b"", {"Location": f"{other_server.origin}/there?sig=a%2Fb"}))
    other_server.plays(wire.reply(200, b"", {"ETag": "e"}))
    assert await storage.put_part(f"{server.origin}/p", Upload.of(DATA)) == "e"
    assert other_server.requests[0].target == "/there?sig=a%2Fb"
    assert other_server.requests[0].body == DATA
    server.plays(wire.reply(307, b"", {"Location": "/p"}))
    with pytest.raises(ProtocolError, match="redirects"):
        await storage.put_part(f"{server.origin}/p", Upload.of(b""))


async def test_a_source_that_fails_is_told_and_not_repeated(storage, server, wire):
    server.plays(wire.reply(200))

    async def pieces():
        yield b"12345"
        raise MissingFileError("a.jpg: no such file")

    with pytest.raises(MissingFileError, match=r"a\.jpg"):
        await storage.put_part(f"{server.origin}/p", Upload(10, pieces))
    assert server.connections == 1


async def test_an_upload_that_stalls_is_repeated(storage, server, wire, hurry):
    server.plays(wire.reply(200, b"", {"ETag": "e"}))

    def slowly_then_fast():
        tries.append(1)

        async def pieces():
            yield b"1"
            if len(tries) == 1:
                await asyncio.Event().wait()
            yield b"2"

        return pieces()

    tries = []
    hurry(stall_s=0.01, connect_s=0.02)
    assert await storage.put_part(f"{server.origin}/p", Upload(2, slowly_then_fast)) == "e"
    assert len(tries) == 2


async def test_an_upload_without_answer_is_repeated(storage, server, wire, time_is_up):
    def too_late(_):
        asyncio.get_running_loop().call_soon(time_is_up, storage._requests._session)
        return wire.Stall()

    server.plays(too_late, wire.reply(200, b"", {"ETag": "e"}))
    assert await storage.put_part(f"{server.origin}/p", Upload.of(b"1")) == "e"


async def test_an_answer_to_an_upload_that_breaks_off(storage, server, wire):
    server.plays(
        wire.Cut(wire.reply(200, b"x", {"ETag": "a"}, length=9)), wire.reply(200, b"", {"ETag": "b"})
    )
    assert await storage.put_part(f"{server.origin}/p", Upload.of(b"1")) == "b"


# Downloads


async def test_a_download_as_it_goes_out(storage, server, wire):
    server.plays(wire.reply(body=DATA, headers={"ETag": '"v1"'}))
    async with storage.open_download(server.origin + SIGNED) as body:
        assert (body.start, body.size, body.validator, body.checksum) == (0, len(DATA), '"v1"', None)
        assert b"".join([chunk async for chunk in body]) == DATA
        assert body.received == len(DATA)
    [sent] = server.requests
    assert (sent.method, sent.target) == ("GET", ON_THE_WIRE)
    assert sent.headers.getall("Accept-Encoding") == ["identity"]
    assert "Range" not in sent.headers
    assert_anonymous(sent)
    await read(storage, server.origin + SIGNED)
    assert server.connections == 1


async def test_a_body_is_never_decompressed(storage, server, wire):
    server.plays(wire.reply(body=b"not gzip at all", headers={"Content-Encoding": "gzip"}))
    assert await read(storage, server.origin) == b"not gzip at all"


@pytest.mark.parametrize(
    ("headers", "facts"),
    [
        ({"ETag": 'W/"v1"'}, (None, None)),
        ({}, (None, None)),
        (
            {"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(DATA).digest()).decode()},
            (None, Checksum("sha256", hashlib.sha256(DATA).hexdigest())),
        ),
        (
            {"Content-MD5": base64.b64encode(hashlib.md5(DATA).digest()).decode(), "ETag": '"x"'},
            ('"x"', Checksum("md5", hashlib.md5(DATA).hexdigest())),
        ),
    ],
)
async def test_what_the_storage_tells(storage, server, wire, headers, facts):
    server.plays(wire.reply(body=DATA, headers=headers))
    async with storage.open_download(server.origin) as body:
        assert (body.validator, body.checksum) == facts


async def test_without_content_length_all_is_well(storage, server, wire):
    server.plays(wire.reply(body=DATA, headers={"ETag": '"v1"'}, length=False))
    async with storage.open_download(server.origin) as body:
        assert (body.size, body.validator) == (None, None)
        assert await body.read(len(DATA)) == DATA


async def test_going_on(storage, server, wire):
    headers = {"Content-Range": f"bytes 1000-{len(DATA) - 1}/{len(DATA)}", "ETag": '"v1"'}
    server.plays(wire.reply(206, DATA[1000:], headers))
    async with storage.open_download(server.origin, start=1000, validator='"v1"') as body:
        assert (body.start, body.size, body.validator) == (1000, len(DATA), '"v1"')
        assert b"".join([chunk async for chunk in body]) == DATA[1000:]
    [sent] = server.requests
    assert (sent.headers["Range"], sent.headers["If-Range"]) == ("bytes=1000-", '"v1"')


async def test_a_changed_object_comes_from_its_beginning(storage, server, wire):
    server.plays(wire.reply(body=b"new", headers={"ETag": '"v2"'}))
    async with storage.open_download(server.origin, start=1000, validator='"v1"') as body:
        assert (body.start, body.validator) == (0, '"v2"')
        assert await body.read(10) == b"new"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (416, {"Content-Range": "bytes */3"}),
        (206, {"Content-Range": "bytes 1-2/3", "ETag": '"v2"'}),
        (206, {"Content-Range": "bytes 0-2/3", "ETag": '"v1"'}),
        (206, {"Content-Range": "bytes 1-2/*", "ETag": '"v1"'}),
        (206, {"ETag": '"v1"'}),
    ],
)
async def test_an_answer_that_does_not_go_on_is_asked_for_anew(storage, server, wire, status, headers):
    server.plays(wire.reply(status, b"ew", headers), wire.reply(body=b"new", headers={"ETag": '"v2"'}))
    async with storage.open_download(server.origin, start=1, validator='"v1"') as body:
        assert body.start == 0
        assert await body.read(10) == b"new"
    assert "Range" not in server.requests[1].headers


async def test_no_range_is_asked_without_a_validator(storage, server, wire):
    server.plays(wire.reply(body=b"all"))
    assert await read(storage, server.origin, start=2) == b"all"
    assert "Range" not in server.requests[0].headers


async def test_a_part_that_nobody_asked_for_is_an_error(storage, server, wire):
    server.plays(wire.reply(206, b"ew", {"Content-Range": "bytes 1-2/3"}))
    with pytest.raises(AttemptError, match="206"):
        await read(storage, server.origin)


async def test_a_download_follows_redirects_byte_for_byte(storage, server, other_server, wire):
    server.plays(wire.reply(302, b"", {"Location": f"{other_server.origin}/x?sig=a%2Fb%20c"}))
    other_server.plays(wire.reply(body=b"there"))
    assert await read(storage, server.origin) == b"there"
    assert other_server.requests[0].target == "/x?sig=a%2Fb%20c"
    server.plays(wire.reply(302, b"", {"Location": "/"}))
    with pytest.raises(ProtocolError, match="redirects"):
        await read(storage, server.origin)


@pytest.mark.parametrize(
    "url",
    ["http://[::1/a", "http://h:99999/a", f"http://{'h' * 64}/a", "\udcff"],
    ids=["bracket", "port", "name", "surrogate"],
)
async def test_an_address_that_is_none_is_told(storage, server, wire, url):
    server.plays(wire.reply(302, b"", {"Location": "http://h:99999/a"}))
    address = url if url.endswith("/a") else f"{server.origin}/{url}"
    with pytest.raises(ConfigurationError, match="not an http"):
        await storage.put_part(address, Upload.of(b""))
    with pytest.raises(AttemptError, match="not an http") as caught:
        await read(storage, address)
    assert caught.value.outcome is Outcome.PERMANENT
    assert server.requests == []
    with pytest.raises(ProtocolError, match="no address"):
        await read(storage, server.origin)


BROKEN = {
    "truncated": lambda wire: wire.Cut(wire.reply(body=DATA[:100], length=200)),
    "reset": lambda wire: wire.Cut(wire.reply(body=DATA[:100], length=200), reset=True),
    "truncated chunks": lambda wire: wire.Cut(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" + DATA[:100] + b"\r\n"
    ),
    "no answer": lambda wire: wire.Cut(),
    "stalled": lambda wire: wire.Stall(wire.reply(body=DATA[:100], length=200)),
    "502": lambda wire: wire.reply(502, b"<html>"),
}


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_broken_download_is_worth_repeating(storage, server, wire, time, hurry, fault):
    if fault == "stalled":
        hurry(stall_s=0.05)
    server.plays(BROKEN[fault](wire))
    with pytest.raises(AttemptError) as caught:
        await read(storage, server.origin)
    assert not caught.value.progressed
    server.plays(BROKEN[fault](wire), wire.reply(body=b"whole"))
    assert await fetch(storage, server.origin) == b"whole"
    assert time.slept == [0.5]


async def test_a_break_after_progress_does_not_count(storage, server, wire, hurry):
    hurry(stall_s=0.5)
    for headers, progressed in (({"ETag": '"v1"'}, True), ({"ETag": 'W/"v1"'}, False)):
        server.plays(wire.Stall(wire.reply(body=DATA, headers=headers, length=len(DATA) + 1)))
        with pytest.raises(AttemptError, match="stalls") as caught:
            await read(storage, server.origin)
        assert caught.value.progressed is progressed


async def test_a_trickle_is_a_stall(storage, server, hurry):
    ended = asyncio.Event()

    async def trickle(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.005)
        except ConnectionError:
            writer.close()
        ended.set()

    slow = await asyncio.start_server(trickle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{slow.sockets[0].getsockname()[1]}/"
    hurry(stall_s=0.3)
    with pytest.raises(AttemptError, match=r"stalls: fewer than 1024 bytes in 0.3 s"):
        await read(storage, url)
    slow.close()
    await storage.aclose()
    await ended.wait()
    await asyncio.sleep(0)


async def test_a_slow_reader_is_no_stall(storage, server, wire, hurry):
    hurry(stall_s=0.3)
    server.plays(wire.reply(body=DATA))
    async with storage.open_download(server.origin) as body:
        async for _ in body:
            await asyncio.sleep(0.4)
            break
        rest = [chunk async for chunk in body]
    assert rest


async def test_headers_that_do_not_come(storage, server, wire, hurry):
    hurry(stall_s=0.05)
    server.plays(wire.Stall())
    with pytest.raises(AttemptError, match="no whole answer in time"):
        await read(storage, server.origin)


async def test_an_expired_url_is_told_at_once(storage, server, wire, time):
    server.plays(
        wire.reply(403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
    )
    with pytest.raises(ExpiredUrlError, match="Request has expired") as caught:
        await fetch(storage, f"{server.origin}/o?sig=S3CRET")
    assert isinstance(caught.value, ForbiddenError)
    assert "S3CRET" not in str(caught.value)
    assert time.slept == []


@pytest.mark.parametrize(("status", "error"), [(404, NotFoundError), (500, ServerError)])
async def test_what_the_storage_refuses(storage, server, wire, status, error):
    server.plays(wire.reply(status, b""))
    with pytest.raises(error, match=f"the storage answered with status {status}"):
        await fetch(storage, server.origin)


async def test_a_body_is_read_up_to_a_size(storage, server, wire):
    server.plays(wire.reply(body=b"12345"))
    assert await fetch(storage, server.origin, max_bytes=5) == b"12345"
    with pytest.raises(ProtocolError, match="more than 4 bytes"):
        await fetch(storage, server.origin, max_bytes=4)
    server.plays(wire.reply(body=b"12345", length=False))
    with pytest.raises(ProtocolError, match="more than 4 bytes"):
        await fetch(storage, server.origin, max_bytes=4)


async def test_a_connection_error_hides_the_signature(storage, server, wire):
    server.plays(wire.Cut(reset=True))
    error = None
    with pytest.raises(ConnectionFailedError) as caught:
        await storage.put_part(f"{server.origin}/p?X-Sig=S3CRET", Upload.of(DATA))
    error = caught.value
    while error is not None:
        assert "S3CRET" not in f"{error}{error!r}{vars(error)}"
        error = error.__cause__ or error.__context__


async def test_leaving_a_download_early_frees_everything(storage, server, wire):
    server.plays(wire.reply(body=DATA))
    async with storage.open_download(server.origin) as body:
        await anext(body)
    with pytest.raises(io.UnsupportedOperation):
        async with storage.open_download(server.origin) as body:
            raise io.UnsupportedOperation
    assert storage.limiters.of(server.origin).in_flight == 0


async def test_slowing_down_is_learnt(storage, server, wire):
    server.plays(wire.reply(503, b"", {"Retry-After": "1"}), wire.reply(body=b"x"))
    await fetch(storage, server.origin)
    assert storage.limiters.of(server.origin).limit == 8
