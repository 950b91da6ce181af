"""What all tests share: a cache of their own, so that no test reads what an earlier run left."""

import os

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """Keep meshes and basis solutions of the tests apart from the user's."""
    before = os.environ.get("FARADIC_CACHE")
    os.environ["FARADIC_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["FARADIC_CACHE"]
    else:
        os.environ["FARADIC_CACHE"] = before
