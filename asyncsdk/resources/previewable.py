"""What notebooks show as a card, and with pictures when these are asked for."""

from __future__ import annotations

from asyncsdk.markup.blocks import note
from asyncsdk.markup.elements import Html, element, joined

__all__ = ["Previewable"]


class Previewable:
    """An object with a `preview` method, which has pictures; what a notebook shows of itself does no I/O."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return joined([self._card(), note("for pictures: ", element("code", "await ….preview()"))])

    def _card(self) -> Html:
        raise NotImplementedError
