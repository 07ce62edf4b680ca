"""Datalakes: the schema of the custom metadata."""

from __future__ import annotations

import attrs

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.custom_metadata import (
    CustomMetadataSettings,
    MetadataKey,
    MetadataSchema,
    MetadataSchemaRecord,
)
from asyncsdk.records.data import DatalakeRecord
from asyncsdk.resources.resource import Resource
from asyncsdk.wire import routes

__all__ = ["DatalakeMetadata"]


@attrs.define(eq=False, repr=False)
class DatalakeMetadata(Resource[DatalakeRecord]):
    """What the custom metadata of a datalake's data may be."""

    async def get_custom_metadata_schema(self) -> MetadataSchema:
        """Return the schema of the custom metadata.

        Example:
            >>> async def show(datalake) -> None:
            ...     schema = await datalake.get_custom_metadata_schema()
            ...     for name, key in schema.keys.items():
            ...         print(name, key.input_type, key.required)
        """
        record = await self._connection.call(
            routes.GET_CUSTOM_METADATA_SCHEMA, MetadataSchemaRecord, datalake=self.id
        )
        return MetadataSchema(
            keys=record.custom_metadata_schema or {},
            allow_extra=record.allow_extra_custom_metadata,
            indexation=record.keys or {},
        )

    async def set_custom_metadata_key(self, key: str, configuration: MetadataKey) -> MetadataKey:
        """Add a key to the schema, or replace its configuration.

        Custom metadata is checked against the schema whenever it is written; data that is there already is
        not touched.

        Args:
            key: any text of 1 to 255 characters.
            configuration: what its values may be.

        Returns:
            The configuration, as the platform keeps it.

        Raises:
            BadRequestError: the configuration breaks a rule; the text names field and rule.
            InvalidArgumentError: the key is empty, or the configuration is no `MetadataKey`.

        Example:
            >>> from asyncsdk import MetadataKey
            >>> async def set_up(datalake) -> None:
            ...     camera = MetadataKey(input_type="string", required=True, choices=["front", "rear"])
            ...     await datalake.set_custom_metadata_key("camera", camera)
        """
        if not isinstance(configuration, MetadataKey):
            raise InvalidArgumentError(f"configuration: expected a MetadataKey, got {configuration!r}")
        return await self._connection.call(
            routes.SET_CUSTOM_METADATA_KEY,
            MetadataKey,
            body=configuration,
            datalake=self.id,
            metadata_key=_checked(key),
        )

    async def delete_custom_metadata_key(self, key: str) -> None:
        """Take a key out of the schema; the values that data has of it stay.

        Args:
            key: the key.

        Raises:
            NotFoundError: the schema has no such key.
        """
        await self._connection.act(
            routes.DELETE_CUSTOM_METADATA_KEY, datalake=self.id, metadata_key=_checked(key)
        )

    async def update_custom_metadata_settings(self, *, allow_extra: bool) -> None:
        """Decide whether data may have keys that are not in the schema.

        Args:
            allow_extra: `False` refuses other keys from now on.
        """
        await self._connection.act(
            routes.UPDATE_CUSTOM_METADATA_SETTINGS,
            body=CustomMetadataSettings(allow_extra),
            datalake=self.id,
        )


def _checked(key: str) -> str:
    """Only a text that is not empty has a path of its own."""
    if not isinstance(key, str) or not key:
        raise InvalidArgumentError(f"key: expected a text of 1 to 255 characters, got {key!r}")
    return key
