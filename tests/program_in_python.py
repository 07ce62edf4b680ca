"""A processing as a Python function."""

from __future__ import annotations


async def count_assets(context):
    """Count the assets of a version with the package's own client."""
    async with context.client() as client:
        version = await client.get_dataset_version_by_id(context.target_id)
        context.progress(0.5)
        print("counting", flush=True)
        return {"assets": len(await version.list_assets()), "user": client.username, **context.parameters}
