import unittest
from unittest import mock

import pytest
from shelf import events
from shelf.events import Bell, Event, later, name_of, record, remember, send, slow, tell

HEARD = []
ALWAYS = mock.MagicMock()


def test_send_fails(event):
    assert send(event) is None


@pytest.mark.skip
def test_send_skipped(event):
    assert send(event)


def test_send_refuses():
    with pytest.raises(TypeError):
        send(3)


@pytest.mark.parametrize("name", ["opened"])
def test_send(name, tmp_path, whole_session):
    assert send(Event(name))


def test_name(event, tmp_path, monkeypatch, caplog, capsys, request, record_property, whole_session):
    monkeypatch.setenv("SHELF", str(tmp_path))
    record_property("name", event.name)
    request.getfixturevalue("tmp_path_factory")
    caplog.set_level("INFO")
    print("a line")
    listener = mock.MagicMock()
    listener(name_of(event))
    assert name_of(event) == "OPENED"


def test_later(event):
    assert later(event) == ["OPENED"]


def test_slow(event):
    assert slow(event)


def test_remember():
    assert remember("one") == "one"


def test_record():
    assert record("one")
    events._calls.clear()


def test_tell(event):
    assert tell(event, HEARD.append)


def test_tell_a_mock(event):
    assert tell(event, ALWAYS)


class TestBells(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.event = Event("opened")

    def setUp(self):
        self.bell = Bell(self.event)

    def test_ring(self):
        self.assertTrue(self.bell.ring())


class TestWaiting(unittest.IsolatedAsyncioTestCase):
    async def test_wait(self):
        self.assertEqual(await Bell(Event("opened")).wait(), "opened")
