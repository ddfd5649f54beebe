"""The writer with real processes: whole writes or none, copies for readers, one writer at a time."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build import _replace
from kg.errors import StoreError
from kg.serve.engine.pool import Pool
from kg.serve.settings import ServeSettings
from kg.store import open_folder
from tests.serve.engine.conftest import ENDLESS, EX, SIZE, graph_store, ours, problem_of, quads, running, sparql, until, update

VALUES = "SELECT ?o WHERE { ?s ?p ?o } ORDER BY ?o"
ENDLESS_UPDATE = f"INSERT {{ GRAPH <{EX}boom> {{ ?a ?b ?l }} }} USING <{EX}g> {ENDLESS[ENDLESS.index('WHERE') :]}"


def insert(value: str, graph: str = "g") -> str:
    return f"INSERT DATA {{ GRAPH <{EX}{graph}> {{ <{EX}s> <{EX}p> '{value}' }} }}"


async def values(pool: Pool) -> list[str]:
    return (await pool.run(sparql(VALUES))).body.decode().split()[1:]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store folder with the small graph."""
    _replace(tmp_path / "store", quads())
    return tmp_path / "store"


def test_an_empty_store_is_made_written_to_and_read(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path / "new" / "store", writable=True) as pool:
            assert await values(pool) == []
            tags = [pool.version]
            for value in ("one", "two"):
                await pool.write(update(insert(value)))
                tags.append(pool.version)
            assert await values(pool) == ["one", "two"]
            assert len(set(tags)) == 3

    asyncio.run(scenario())
    assert len(list(open_folder(tmp_path / "new" / "store").quads())) == 2


def test_what_was_written_is_there_after_a_restart_and_has_the_same_tag(folder: Path) -> None:
    async def first() -> str:
        async with running(folder, writable=True) as pool:
            await pool.write(update("CLEAR ALL ; " + insert("kept")))
            return pool.version

    async def again(*, writable: bool) -> str:
        async with running(folder, writable=writable) as pool:
            assert await values(pool) == ["kept"]
            return pool.version

    tag = asyncio.run(first())
    assert asyncio.run(again(writable=True)) == tag
    assert asyncio.run(again(writable=False)) == tag


def test_a_failed_write_changes_neither_graph_nor_tag(folder: Path) -> None:
    async def scenario() -> None:
        async with running(folder, writable=True) as pool:
            tag = pool.version
            assert (await problem_of(pool.write(update(insert("x") + "; INSERT")))).extra["line"] == 1
            assert (await problem_of(pool.write(graph_store("PUT", EX + "g", "<a> <b>")))).status == 400
            assert (await problem_of(pool.write(graph_store("DELETE", EX + "h")))).status == 404
            assert len(await values(pool)) == SIZE
            assert pool.version == tag

    asyncio.run(scenario())


def test_a_read_only_server_takes_no_write(folder: Path) -> None:
    async def scenario() -> None:
        async with running(folder) as pool:
            assert (await problem_of(pool.write(update(insert("x"))))).status == 403

    asyncio.run(scenario())


def test_the_default_graph_is_the_union_unless_the_server_says_otherwise(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path / "store", writable=True) as pool:
            await pool.write(update(insert("named")))
            assert await values(pool) == ["named"]
            assert (await pool.run(sparql(VALUES, union=False))).body.split() == [b"o"]

    asyncio.run(scenario())


def test_a_write_past_its_limit_leaves_nothing_and_the_next_one_works(folder: Path) -> None:
    async def scenario() -> None:
        async with running(folder, writable=True, write_timeout=1.0) as pool:
            problem = await problem_of(pool.write(update(insert("x", "h") + " ; " + ENDLESS_UPDATE)))
            assert (problem.status, problem.code) == (504, "TIME-LIMIT")
            assert len(await values(pool)) == SIZE
            await pool.write(update(insert("y", "h")))
            assert len(await values(pool)) == SIZE + 1

    asyncio.run(scenario())


def test_a_write_whose_client_is_gone_is_undone(folder: Path) -> None:
    async def scenario() -> None:
        async with running(folder, writable=True) as pool:
            write = asyncio.create_task(pool.write(update(insert("x", "h") + " ; " + ENDLESS_UPDATE)))
            await asyncio.sleep(0.3)
            write.cancel()
            await asyncio.gather(write, return_exceptions=True)
            await pool.write(update(insert("y", "h")))
            assert len(await values(pool)) == SIZE + 1

    asyncio.run(scenario())


def test_reads_go_on_while_a_write_goes_on(folder: Path) -> None:
    async def scenario() -> None:
        async with running(folder, writable=True) as pool:
            await pool.write(update(insert("first")))
            write = asyncio.create_task(pool.write(update(insert("second") + " ; " + ENDLESS_UPDATE)))
            await asyncio.sleep(0.2)
            assert len(await values(pool)) == SIZE + 1
            assert not write.done()
            write.cancel()
            await asyncio.gather(write, return_exceptions=True)

    asyncio.run(scenario())


def test_a_writer_that_is_killed_in_the_middle_leaves_the_graph_as_it_was(folder: Path) -> None:
    async def scenario() -> None:
        async with running(folder, writable=True) as pool:
            write = asyncio.create_task(problem_of(pool.write(update(insert("x", "h") + " ; " + ENDLESS_UPDATE))))
            await asyncio.sleep(0.3)
            os.kill(writer(), signal.SIGKILL)
            assert (await write).code == "MEMORY-LIMIT"  # as when the system kills it for want of memory
            assert len(await values(pool)) == SIZE
            await pool.write(update(insert("y", "h")))
            assert len(await values(pool)) == SIZE + 1

    asyncio.run(scenario())


def writer() -> int:
    [found] = [below for below in ours() if b"kg.serve.engine.writer" in Path(f"/proc/{below}/cmdline").read_bytes()]
    return found


def test_an_update_that_crashes_the_engine_is_an_error_and_the_next_one_works(folder: Path) -> None:
    async def scenario() -> None:
        async with running(folder, writable=True) as pool:
            deep = "INSERT { ?s ?p ?o } WHERE " + "{" * 60_000 + "}" * 60_000
            problem = await problem_of(pool.write(update(deep)))
            assert (problem.status, problem.code) == (500, "ENGINE-CRASH")
            await pool.write(update(insert("y", "h")))
            assert len(await values(pool)) == SIZE + 1

    asyncio.run(scenario())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such limit")
def test_an_update_that_wants_too_much_memory_is_told_so(folder: Path) -> None:
    async def scenario() -> None:
        async with running(folder, writable=True, memory_bytes=96 << 20) as pool:
            long = f"STRDT(CONCAT(?c, ?f, ?i), <{EX}t>)"
            everything = f"INSERT {{ GRAPH <{EX}h> {{ ?a ?e ?k }} }} USING <{EX}g> WHERE {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND({long} AS ?k) }}"
            assert (await problem_of(pool.write(update(everything)))).code == "MEMORY-LIMIT"
            assert len(await values(pool)) == SIZE

    asyncio.run(scenario())


def test_readers_see_a_write_whole_or_not_at_all(tmp_path: Path) -> None:
    async def scenario() -> None:
        seen: set[tuple[str, ...]] = set()
        done = asyncio.Event()

        async def write(pool: Pool) -> None:
            for number in range(40):
                body = "\n".join(f"<s{row}> <p> 'v{number}' ." for row in range(200))
                await pool.write(graph_store("PUT", EX + "g", body))
            done.set()

        async def read(pool: Pool) -> None:
            while not done.is_set():
                found = await values(pool)
                assert len(found) in (0, 200)
                seen.add(tuple(set(found)))

        async with running(tmp_path / "store", writable=True) as pool:
            await asyncio.gather(write(pool), read(pool), read(pool))
            assert set(await values(pool)) == {"v39"}
        assert all(len(found) <= 1 for found in seen)
        assert len(seen) > 2

    asyncio.run(scenario())


def test_writes_at_once_are_done_one_after_the_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        count = f"DELETE {{ <{EX}n> <{EX}p> ?n }} INSERT {{ <{EX}n> <{EX}p> ?m }} WHERE {{ <{EX}n> <{EX}p> ?n BIND(?n + 1 AS ?m) }}"
        async with running(tmp_path / "store", writable=True) as pool:
            await pool.write(update(f"INSERT DATA {{ <{EX}n> <{EX}p> 0 }}"))
            await asyncio.gather(*(pool.write(update(count)) for _ in range(20)))
            assert await values(pool) == ["20"]

    asyncio.run(scenario())


def test_too_many_waiting_writes_are_refused(folder: Path) -> None:
    async def scenario() -> None:
        async with running(folder, writable=True, waiting=1, patience=0.3) as pool:
            first = asyncio.create_task(pool.write(update(ENDLESS_UPDATE)))
            await asyncio.sleep(0.05)
            second, third = (asyncio.create_task(problem_of(pool.write(update(insert("x"))))) for _ in range(2))
            assert [(await problem).code for problem in (second, third)] == ["BUSY", "BUSY"]
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)

    asyncio.run(scenario())


def test_a_second_writer_and_a_build_are_refused_meanwhile(folder: Path) -> None:
    async def scenario() -> None:
        async with running(folder, writable=True):
            with pytest.raises(StoreError, match="another process"):
                await Pool(str(folder), ServeSettings(writable=True)).start()
            with pytest.raises(StoreError, match="another process"):
                _replace(folder, quads(1))

    asyncio.run(scenario())
    _replace(folder, quads(1))


def test_a_server_behind_cannot_be_written_to() -> None:
    with pytest.raises(StoreError, match="cannot be written to"):
        asyncio.run(Pool("http://127.0.0.1:1/", ServeSettings(writable=True)).start())


def test_copies_are_removed_when_nobody_reads_them(folder: Path) -> None:
    copies = folder / "checkpoints"
    (copies / "left-by-a-crash").mkdir(parents=True)

    async def scenario() -> None:
        async with running(folder, writable=True) as pool:
            for number in range(5):
                await pool.write(update(insert(f"x{number}")))
                assert len(await values(pool)) == SIZE + 1 + number
            await until(lambda: len(list(copies.iterdir())) == 1)

    asyncio.run(scenario())
    assert not copies.exists()


def test_a_long_read_keeps_its_copy(folder: Path) -> None:
    async def scenario() -> None:
        slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        async with running(folder, writable=True) as pool:
            reading = asyncio.create_task(pool.run(sparql(slow)))
            await until(lambda: pool.health()["running"] == 1)
            await pool.write(update("CLEAR ALL"))
            assert await values(pool) == []
            assert (await reading).body.split()[1] == str(SIZE**3).encode()
            await until(lambda: len(list((folder / "checkpoints").iterdir())) == 1)

    asyncio.run(scenario())


def test_a_damaged_pointer_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "current").write_text("nonsense")
    with pytest.raises(StoreError, match="pointer is damaged"):
        asyncio.run(Pool(str(tmp_path), ServeSettings(writable=True)).start())
    assert not ours()


def test_a_lost_pointer_hides_no_graph(tmp_path: Path) -> None:
    ox.Store(str(tmp_path / "graph-3"))

    async def scenario() -> None:
        async with running(tmp_path, writable=True):
            assert (tmp_path / "current").read_text().strip() == "graph-4"

    asyncio.run(scenario())
