from __future__ import annotations

import asyncio

import pytest


@pytest.fixture
def other_tasks():
    """Gives a function that lists the tasks that run beside the test and its runner."""

    def running():
        return [
            task
            for task in asyncio.all_tasks()
            if task is not asyncio.current_task() and "TestRunner" not in task.get_coro().__qualname__
        ]

    return running
