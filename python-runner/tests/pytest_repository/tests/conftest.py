import pytest
from shelf.events import Event


@pytest.fixture
def event():
    return Event("opened")


@pytest.fixture(scope="session")
def whole_session():
    return []
