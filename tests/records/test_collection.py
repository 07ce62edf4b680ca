from __future__ import annotations

import gc

import pytest

from asyncsdk.records.collection import rare_collection


@pytest.fixture(autouse=True)
def thresholds():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_garbage_is_collected_rarely_until_the_last_user_leaves():
    gc.set_threshold(700, 10, 10)
    with rare_collection():
        with rare_collection():
            assert gc.get_threshold()[0] > 700
        assert gc.get_threshold()[0] > 700
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("own", [0, 1_000_000])
def test_who_collects_more_rarely_or_not_at_all_is_left_alone(own):
    gc.set_threshold(own, 10, 10)
    with rare_collection():
        assert gc.get_threshold() == (own, 10, 10)
    assert gc.get_threshold() == (own, 10, 10)


def test_a_threshold_set_meanwhile_stays():
    gc.set_threshold(700, 10, 10)
    with rare_collection():
        gc.set_threshold(123, 4, 5)
    assert gc.get_threshold() == (123, 4, 5)


def test_an_error_ends_it_too():
    gc.set_threshold(700, 10, 10)
    with pytest.raises(ZeroDivisionError), rare_collection():
        raise ZeroDivisionError
    assert gc.get_threshold() == (700, 10, 10)
