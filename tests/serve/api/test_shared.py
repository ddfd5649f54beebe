"""Files that processes share."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Callable

import pytest

from kg.serve.api.shared import SharedFile

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")  # the children do nothing but this


def child(work: Callable[[], object]) -> int:
    """Do something in a forked process; its exit code is 0 when it went well."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a forked child must never run its parent's code
        os._exit(1)


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_the_content_is_made_once_and_comes_with_its_checksum() -> None:
    made = []

    def make() -> bytes:
        made.append(1)
        return b"content"

    shared = SharedFile()
    assert shared.content(make) == b"content"
    assert shared.content(make) == b"content"
    summary = shared.summary(make)
    assert (summary.size, summary.sha256) == (7, hashlib.sha256(b"content").digest())
    assert made == [1]


def never() -> bytes:
    raise AssertionError


def test_an_empty_content_is_content_too() -> None:
    shared = SharedFile()
    assert shared.content(lambda: b"") == b""
    assert shared.summary(never).size == 0


def test_what_one_process_made_another_reads() -> None:
    shared = SharedFile()
    maker = child(lambda: shared.content(lambda: os.getpid().to_bytes(8)))
    assert ended(maker) == 0
    assert int.from_bytes(shared.content(never)) == maker


def test_processes_that_ask_at_once_make_it_once() -> None:
    reader, writer = os.pipe()

    def slow() -> bytes:
        os.write(writer, b"x")
        time.sleep(0.2)  # long enough for the others to come to the lock
        return b"content"

    shared = SharedFile()
    assert [ended(pid) for pid in [child(lambda: shared.content(slow)) for _ in range(3)]] == [0, 0, 0]
    os.close(writer)
    assert os.read(reader, 10) == b"x"
    os.close(reader)


def test_a_process_that_is_killed_while_it_makes_it_leaves_the_work_to_the_next() -> None:
    reader, writer = os.pipe()

    def stuck() -> bytes:
        os.write(writer, b"x")
        time.sleep(60)
        return b"half"

    shared = SharedFile()
    pid = child(lambda: shared.content(stuck))
    os.read(reader, 1)
    os.kill(pid, signal.SIGKILL)
    assert ended(pid) == -signal.SIGKILL
    assert shared.content(lambda: b"whole") == b"whole"
    os.close(reader)
    os.close(writer)


def test_a_failure_is_passed_on_and_the_next_one_tries_again() -> None:
    shared = SharedFile()
    with pytest.raises(AssertionError):
        shared.content(never)
    assert shared.content(lambda: b"whole") == b"whole"


def test_the_file_is_closed_with_the_object() -> None:
    shared = SharedFile()
    descriptor = shared._descriptor
    del shared
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
