from __future__ import annotations

import email
import email.policy

import pytest

from asyncsdk.transport.bodies import Upload, form_upload


async def whole(upload):
    data = b"".join([piece async for piece in upload.pieces()])
    assert len(data) == upload.size_bytes
    return data


@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 700_000])
async def test_bytes_can_be_read_again(size):
    upload = Upload.of(bytes(size))
    assert await whole(upload) == await whole(upload) == bytes(size)


async def test_the_form_is_as_the_protocol_has_it():
    fields = {"key": "data/7f.png", "Content-Type": "wrong", "x-ticket": "1f", "n": 5}
    content_type, form = form_upload(
        Upload.of(b"BYTES\r\n"), fields=fields, object_name='data/é"x".png', content_type="image/png"
    )
    boundary = content_type.partition("boundary=")[2]

    def part(head, value):
        return f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n"

    expected = (
        part('name="key"', "data/7f.png")
        + part('name="x-ticket"', "1f")
        + part('name="n"', "5")
        + part('name="Content-Type"', "image/png")
        + part('name="file"; filename="data/é%22x%22.png"', "BYTES\r\n")
        + f"--{boundary}--\r\n"
    )
    assert (await whole(form)).decode() == expected
    assert await whole(form) == await whole(form)


async def test_an_independent_reader_understands_the_form():
    content_type, form = form_upload(
        Upload.of(b"a"), fields={"a": "1"}, object_name="o", content_type="text/plain"
    )
    text = f"Content-Type: {content_type}\r\n\r\n".encode() + await whole(form)
    message = email.message_from_bytes(text, policy=email.policy.HTTP)
    parts = [
        (part.get_param("name", header="content-disposition"), part.get_content().strip())
        for part in message.iter_parts()
    ]
    assert parts == [("a", "1"), ("Content-Type", "text/plain"), ("file", "a")]


async def test_names_cannot_break_out_of_the_form():
    _, form = form_upload(
        Upload.of(b""), fields={'a"\r\nX-Evil: 1': "v"}, object_name="o\r\n\r\nx", content_type="t"
    )
    text = (await whole(form)).decode()
    assert 'name="a%22%0D%0AX-Evil: 1"' in text
    assert 'filename="o%0D%0A%0D%0Ax"' in text
