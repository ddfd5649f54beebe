"""The pool with real processes: answers, limits, crashes, fairness, and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from kg.errors import StoreError
from kg.serve.calls import Reply
from kg.serve.engine.job import Job
from kg.serve.engine.pool import Pool
from kg.serve.settings import ServeSettings
from tests.serve.engine.conftest import DEEP, ENDLESS, GREEDY, SIZE, descendants, ours, problem_of, running, sparql, until

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def test_a_job_is_answered_from_the_graph(store: Path) -> None:
    async def scenario() -> None:
        async with running(store) as pool:
            reply = await pool.run(sparql(COUNT))
            assert reply.media_type.startswith("text/csv")
            assert reply.body.split() == [b"n", str(SIZE).encode()]
            assert pool.version

    asyncio.run(scenario())


def test_many_jobs_at_once_each_get_their_own_answer(store: Path) -> None:
    async def scenario() -> None:
        async with running(store) as pool:
            replies = await asyncio.gather(*(pool.run(sparql(f"SELECT ('{number}' AS ?x) {{}}")) for number in range(200)))
            assert [reply.body.split()[1] for reply in replies] == [str(number).encode() for number in range(200)]
            assert pool.health()["running"] == 0

    asyncio.run(scenario())


def test_an_answer_of_many_megabytes_and_a_question_of_some_arrive_whole(store: Path) -> None:
    async def scenario() -> None:
        text = "x" * 3_000_000
        async with running(store) as pool:
            reply = await pool.run(sparql(f"SELECT ?c ('{text}' AS ?x) WHERE {{ ?a ?b ?c }} LIMIT 4"))
            assert reply.body.count(text.encode()) == 4
            assert len(reply.body) > 12_000_000

    asyncio.run(scenario())


def test_the_tag_is_the_same_after_a_restart(store: Path) -> None:
    async def tag() -> str:
        async with running(store) as pool:
            return pool.version

    assert asyncio.run(tag()) == asyncio.run(tag())


@pytest.mark.parametrize("content", [None, "graph-9", "nonsense"])
def test_a_store_that_cannot_be_opened_is_an_error_and_leaves_no_process(tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / "current").write_text(content)
    with pytest.raises(StoreError):
        asyncio.run(Pool(str(tmp_path), ServeSettings()).start())
    assert not ours()


def test_a_job_past_its_limit_is_stopped_and_its_client_told_why(store: Path) -> None:
    async def scenario() -> None:
        async with running(store, timeout=1.0) as pool:
            start = time.monotonic()
            problem = await problem_of(pool.run(sparql(ENDLESS)))
            assert time.monotonic() - start < 2
            assert (problem.status, problem.code) == (504, "TIME-LIMIT")
            assert problem.extra["limit"] == 1.0
            assert isinstance(problem.extra["elapsed"], float)
            assert (await pool.run(sparql())).body == b"true"

    asyncio.run(scenario())


def test_a_job_may_have_less_time_than_the_server_gives_but_not_more(store: Path) -> None:
    async def scenario() -> None:
        async with running(store, timeout=0.5) as pool:
            problems = await asyncio.gather(problem_of(pool.run(sparql(ENDLESS, timeout=0.1))), problem_of(pool.run(sparql(ENDLESS, timeout=60))))
            assert [problem.extra["limit"] for problem in problems] == [0.1, 0.5]

    asyncio.run(scenario())


def test_a_query_that_crashes_the_engine_costs_its_client_an_error_and_nobody_else_anything(store: Path) -> None:
    async def scenario() -> None:
        async with running(store) as pool:
            crash = asyncio.create_task(problem_of(pool.run(sparql(DEEP))))
            replies = await asyncio.gather(*(pool.run(sparql()) for _ in range(50)))
            assert {reply.body for reply in replies} == {b"true"}
            problem = await crash
            assert (problem.status, problem.code) == (500, "ENGINE-CRASH")
            assert problem.hint
            assert pool.health()["ended_engine_crash"] == 1
            await until(lambda: pool.health()["idle"] == 3 or pool.health()["workers"] == 2)
            assert (await pool.run(sparql())).body == b"true"

    asyncio.run(scenario())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such limit")
def test_jobs_that_stand_before_and_behind_a_crash_are_answered(store: Path) -> None:
    async def scenario() -> None:
        async with running(store) as pool:
            texts = [f"SELECT ('{number}' AS ?x) {{}}" for number in range(60)]
            jobs = [asyncio.create_task(pool.run(sparql(DEEP if number % 20 == 10 else text))) for number, text in enumerate(texts)]
            found = await asyncio.gather(*jobs, return_exceptions=True)
            codes = [getattr(answer, "code", "") for answer in found]
            assert [number for number, code in enumerate(codes) if code] == [10, 30, 50]
            assert {code for code in codes if code} == {"ENGINE-CRASH"}
            assert all(answer.body.split()[1] == str(number).encode() for number, answer in enumerate(found) if isinstance(answer, Reply))

    asyncio.run(scenario())


def test_small_jobs_sent_behind_a_large_one_are_done_by_others(store: Path) -> None:
    async def scenario() -> None:
        async with running(store, timeout=20.0) as pool:
            large = [asyncio.create_task(problem_of(pool.run(sparql(ENDLESS)))) for _ in range(3)]
            start = time.monotonic()
            replies = await asyncio.gather(*(pool.run(sparql()) for _ in range(40)))
            assert {reply.body for reply in replies} == {b"true"}
            assert time.monotonic() - start < 10
            assert not any(job.done() for job in large)
            for job in large:
                job.cancel()
            await asyncio.gather(*large, return_exceptions=True)

    asyncio.run(scenario())


def test_a_query_that_wants_too_much_memory_is_told_so(store: Path) -> None:
    async def scenario() -> None:
        async with running(store, memory_bytes=64 << 20) as pool:
            problem = await problem_of(pool.run(sparql(GREEDY)))
            assert (problem.status, problem.code) == (507, "MEMORY-LIMIT")
            assert (await pool.run(sparql())).body == b"true"

    asyncio.run(scenario())


def test_an_answer_past_its_limit_is_an_error_and_not_cut(store: Path) -> None:
    async def scenario() -> None:
        async with running(store) as pool:
            problem = await problem_of(pool.run(sparql("SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }", limit_bytes=10_000)))
            assert (problem.status, problem.code, problem.extra) == (507, "RESULT-LIMIT", {"limit": 10_000})

    asyncio.run(scenario())


def test_a_fault_in_a_call_goes_to_the_log_and_not_to_the_client(store: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with running(store) as pool:
            problem = await problem_of(pool.run(Job("no-such-call")))
            assert (problem.status, problem.code) == (500, "INTERNAL")
            assert "no-such-call" not in str(problem.document())
            assert "KeyError" in caplog.text
            assert (await pool.run(sparql())).body == b"true"

    asyncio.run(scenario())


def test_when_the_client_is_gone_the_work_stops(store: Path) -> None:
    async def scenario() -> None:
        async with running(store, queries=1) as pool:
            running_one, waiting = (asyncio.create_task(pool.run(sparql(ENDLESS))) for _ in range(2))
            await until(lambda: pool.health()["running"] == 1 and pool.health()["waiting"] == 1)
            for task in (waiting, running_one):
                task.cancel()
            await asyncio.gather(running_one, waiting, return_exceptions=True)
            await until(lambda: pool.health()["running"] == 0)
            assert pool.health()["ended_cancelled"] == 2
            assert (await pool.run(sparql())).body == b"true"

    asyncio.run(scenario())


def test_a_long_job_makes_room_and_gives_way(store: Path) -> None:
    async def scenario() -> None:
        async with running(store, queries=4) as pool:
            long = [asyncio.create_task(pool.run(sparql(ENDLESS, client=client))) for client in ("a", "b")]
            await until(lambda: pool.health()["slow"] == 2)
            nices = [os.getpriority(os.PRIO_PROCESS, pid) for pid in ours()]
            assert sorted(nices)[-2:] == [10, 10]
            assert {reply.body for reply in await asyncio.gather(*(pool.run(sparql()) for _ in range(20)))} == {b"true"}
            for task in long:
                task.cancel()
            await asyncio.gather(*long, return_exceptions=True)

    asyncio.run(scenario())


def test_when_all_slow_places_are_taken_small_jobs_still_get_through(store: Path) -> None:
    async def scenario() -> None:
        async with running(store, queries=3, timeout=60) as pool:
            long = [asyncio.create_task(pool.run(sparql(ENDLESS, client=f"client {number}"))) for number in range(6)]
            await until(lambda: (pool.health()["slow"], pool.health()["waiting"]) == (1, 5))
            assert {reply.body for reply in await asyncio.gather(*(pool.run(sparql(client="small")) for _ in range(20)))} == {b"true"}
            assert (pool.health()["slow"], pool.health()["waiting"]) == (1, 5)
            for task in long:
                task.cancel()
            await asyncio.gather(*long, return_exceptions=True)

    asyncio.run(scenario())


def test_a_shelved_job_is_done_in_the_end(store: Path) -> None:
    async def scenario() -> None:
        heavy = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . { SELECT * WHERE { ?g ?h ?i } LIMIT 100 } FILTER(?c != ?i) }"
        async with running(store, queries=2, timeout=60, patience=60) as pool:
            replies = await asyncio.gather(*(pool.run(sparql(heavy)) for _ in range(3)))
            assert len({reply.body for reply in replies}) == 1
            assert int(pool.health()["ended_shelved"]) >= 1

    asyncio.run(scenario())


def test_one_client_does_not_get_all_slow_places(store: Path) -> None:
    async def scenario() -> None:
        async with running(store, queries=5, timeout=60) as pool:  # two or three slow places
            places = 5 - min(ServeSettings().workers, 4)
            greedy = [asyncio.create_task(pool.run(sparql(ENDLESS, client="greedy"))) for _ in range(6)]
            await until(lambda: (pool.health()["slow"], pool.health()["waiting"]) == (places - 1, 7 - places))
            other = asyncio.create_task(pool.run(sparql(ENDLESS, client="other")))
            await until(lambda: pool.health()["slow"] == places)
            for task in (*greedy, other):
                task.cancel()
            await asyncio.gather(*greedy, other, return_exceptions=True)

    asyncio.run(scenario())


def test_clients_take_turns(store: Path) -> None:
    async def scenario() -> None:
        done: list[str] = []

        async def ask(pool: Pool, client: str) -> None:
            await pool.run(sparql(client=client))
            done.append(client)

        async with running(store) as pool:
            await asyncio.gather(*(ask(pool, "many") for _ in range(200)), ask(pool, "one"))
        assert done.index("one") < 100

    asyncio.run(scenario())


def test_when_too_much_waits_the_client_with_most_is_refused(store: Path) -> None:
    async def scenario() -> None:
        async with running(store, queries=1, waiting=3) as pool:
            blocker = asyncio.create_task(pool.run(sparql(ENDLESS)))
            await until(lambda: pool.health()["running"] == 1)
            many = [asyncio.create_task(pool.run(sparql(client="many"))) for _ in range(3)]
            await until(lambda: pool.health()["waiting"] == 3)
            problem = await problem_of(pool.run(sparql(client="many")))
            assert (problem.status, problem.code) == (503, "BUSY")
            assert problem.headers["Retry-After"]
            one = asyncio.create_task(pool.run(sparql(client="one")))
            await until(many[-1].done)
            assert not one.done()
            blocker.cancel()
            assert (await one).body == b"true"
            outcomes = await asyncio.gather(*many, return_exceptions=True)
            assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, False, True]

    asyncio.run(scenario())


def test_nobody_waits_longer_than_the_patience(store: Path) -> None:
    async def scenario() -> None:
        async with running(store, queries=1, patience=0.3) as pool:
            blocker = asyncio.create_task(pool.run(sparql(ENDLESS)))
            await until(lambda: pool.health()["running"] == 1)
            problem = await problem_of(pool.run(sparql(client="other")))
            assert (problem.status, problem.code) == (503, "BUSY")
            blocker.cancel()
            await asyncio.gather(blocker, return_exceptions=True)

    asyncio.run(scenario())


def test_when_the_nursery_dies_it_is_started_again_and_no_job_is_lost(store: Path) -> None:
    async def scenario() -> None:
        async with running(store) as pool:
            [nursery] = [pid for pid in ours() if b"nursery" in Path(f"/proc/{pid}/cmdline").read_bytes() and parent(pid) == os.getpid()]
            jobs = [asyncio.create_task(pool.run(sparql("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"))) for _ in range(2)]
            await until(lambda: pool.health()["running"] == 2)
            os.kill(nursery, signal.SIGKILL)
            assert {reply.body.split()[1] for reply in await asyncio.gather(*jobs)} == {str(SIZE**3).encode()}
            assert pool.health()["ended_nursery"] == 1

    asyncio.run(scenario())


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_closing_answers_those_who_wait_and_leaves_no_process(store: Path) -> None:
    async def scenario() -> None:
        pool = Pool(str(store), ServeSettings(queries=1))
        await pool.start()
        tasks = [asyncio.create_task(problem_of(pool.run(sparql(ENDLESS)))) for _ in range(3)]
        await until(lambda: pool.health()["waiting"] == 2)
        await pool.close()
        assert {problem.code for problem in await asyncio.gather(*tasks)} == {"STOPPING"}
        assert not ours()

    asyncio.run(scenario())


FRONT = """
import asyncio, sys
from tests.serve.engine.conftest import ENDLESS, sparql, update
from kg.serve.engine.pool import Pool
from kg.serve.settings import ServeSettings

async def main():
    pool = Pool(sys.argv[1], ServeSettings(writable=sys.argv[2] == "writable", timeout=600))
    await pool.start()
    jobs = [asyncio.create_task(pool.run(sparql(ENDLESS))) for _ in range(4)]
    if pool._writing:
        jobs.append(asyncio.create_task(pool.write(update("INSERT { ?a ?b ?l } USING <https://example.org/g> WHERE " + ENDLESS[ENDLESS.index("{"):]))))
    await asyncio.sleep(0.5)
    print("busy", flush=True)
    await asyncio.gather(*jobs)

asyncio.run(main())
"""


@pytest.mark.parametrize("mode", ["read-only", "writable"])
def test_when_the_front_is_killed_no_process_is_left(store: Path, tmp_path: Path, mode: str) -> None:
    folder = store if mode == "read-only" else tmp_path / "store"
    if mode == "writable":
        from kg.build import _replace
        from tests.serve.engine.conftest import quads

        _replace(folder, quads())
    with subprocess.Popen([sys.executable, "-c", FRONT, str(folder), mode], stdout=subprocess.PIPE) as front:
        assert front.stdout
        assert front.stdout.readline() == b"busy\n"
        below = descendants(front.pid)
        assert len(below) >= 5
        front.kill()
    deadline = time.monotonic() + 10
    while below & alive():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive() -> set[int]:
    return descendants(1) | descendants(0)


def test_the_nursery_has_one_thread(store: Path) -> None:
    async def scenario() -> None:
        async with running(store):
            for pid in ours():
                assert len(list(Path(f"/proc/{pid}/task").iterdir())) == 1

    asyncio.run(scenario())


def test_an_argument_that_is_no_plain_value_is_a_mistake_of_ours(store: Path) -> None:
    async def scenario() -> None:
        async with running(store) as pool:
            with pytest.raises(ValueError, match="marshal"):
                await pool.run(Job("sparql", {"query": object()}))
            assert pool.health()["running"] == 0

    asyncio.run(scenario())


def test_a_worker_that_died_unused_costs_nobody_anything(store: Path) -> None:
    async def scenario() -> None:
        async with running(store) as pool:
            await pool.run(sparql())
            await until(lambda: len(workers()) >= 2)
            for pid in workers():
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.3)
            assert {reply.body for reply in await asyncio.gather(*(pool.run(sparql()) for _ in range(10)))} == {b"true"}

    asyncio.run(scenario())


def workers() -> list[int]:
    return [pid for pid in ours() if parent(pid) != os.getpid()]


def test_after_the_end_nothing_is_begun(store: Path) -> None:
    async def scenario() -> None:
        async with running(store) as pool:
            pass
        assert (await problem_of(pool.run(sparql()))).code == "STOPPING"

    asyncio.run(scenario())


class Behind(BaseHTTPRequestHandler):
    """A SPARQL server that takes its time when the query asks for it."""

    gone = threading.Event()

    def do_POST(self) -> None:
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        if "slow" in query:
            self.connection.settimeout(30)
            if self.connection.recv(1) == b"":
                self.gone.set()
            return
        body = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"behind"}}]}}'
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Be silent."""


def test_a_server_behind_is_asked_and_left_when_it_takes_too_long() -> None:
    async def scenario(address: str) -> None:
        async with running(address, timeout=1.0) as pool:
            assert (await pool.run(sparql("SELECT ?x { ?x ?y ?z }"))).body.split() == [b"x", b"behind"]
            assert (await problem_of(pool.run(sparql("SELECT ?slow { ?x ?y ?z }")))).code == "TIME-LIMIT"
            assert await asyncio.to_thread(Behind.gone.wait, 10)
            problem = await problem_of(pool.run(sparql("SELECT * { SERVICE <http://127.0.0.1/> { ?x ?y ?z } }")))
            assert "SERVICE is refused" in problem.title
            assert pool.version != pool.version

    with ThreadingHTTPServer(("127.0.0.1", 0), Behind) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            asyncio.run(scenario(f"http://127.0.0.1:{server.server_port}/sparql"))
        finally:
            server.shutdown()
            thread.join()
