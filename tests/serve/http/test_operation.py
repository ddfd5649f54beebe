"""The server as its operator knows it: options, start and stop, log, health, metrics."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import fields
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from kg.cli.main import netkg
from kg.serve.http.cache import OVERHEAD, Cache
from kg.serve.http.log import Log
from kg.serve.settings import ServeSettings
from tests.serve.http.test_wire import ENDLESS, running, until
from tests.serving import PATIENCE, Serve, Served

COMMAND = [sys.executable, "-P", "-c", "from kg.cli.main import run; run()", "serve"]


def lines(served: Served) -> list[dict[str, object]]:
    """Return the log of a server, as far as it has been written."""
    return [json.loads(line) for line in served.log.read_text().splitlines()]


def test_each_setting_has_an_option_with_its_default_and_its_meaning() -> None:
    text = " ".join(CliRunner().invoke(netkg, ["serve", "--help"]).output.split())
    for item in fields(ServeSettings):
        assert f"--{item.name.replace('_', '-')} " in text
        assert item.metadata["about"][1:] in text
    assert "Examples:" in text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--port", "70000"], "0<=x<=65535"),
        (["--timeout", "0"], "x>0"),
        (["--queries", "0"], "x>=1"),
        (["--store", "a", "--backend", "http://localhost/"], "exclude each other"),
        (["--token", "t"], "without --writable"),
        (["--writable", "--backend", "http://localhost/"], "only a store folder"),
        (["--base", "example.org"], "no public address"),
        (["--base", "https://example.org/?x"], "no public address"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: list[str], words: str) -> None:
    ended = subprocess.run([*COMMAND, "--port", "0", *options], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 2
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_server_without_a_graph_says_what_to_do(tmp_path: Path) -> None:
    ended = subprocess.run([*COMMAND, "--port", "0", "--store", str(tmp_path)], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 3
    assert "netkg build" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run([*COMMAND, "--port", port, "--store", str(tmp_path)], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 3
    assert f"port {port}" in ended.stderr


def test_a_token_is_made_up_for_those_who_give_none(serve: Serve, tmp_path: Path) -> None:
    served = serve(tmp_path / "store", "--writable")
    said = re.search(r"Authorization: (Bearer \S+)", served.log.read_text())
    assert said is not None
    assert len(said[1]) > 40
    answer = httpx.post(f"{served.address}/update", data={"update": "CLEAR ALL"}, headers={"Authorization": said[1]})
    assert answer.status_code == 204


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_running_requests_end(serve: Serve, tmp_path: Path, number: signal.Signals) -> None:
    served = serve(tmp_path / "store", "--writable", "--token", "t", "--grace", "20")
    values = " ".join(f"VALUES ?x{place} {{ {' '.join(map(str, range(100)))} }}" for place in range(3))
    answers: list[httpx.Response] = []
    query = {"query": f"SELECT (COUNT(*) AS ?n) {{ {values} }}"}
    asking = threading.Thread(target=lambda: answers.append(httpx.get(f"{served.address}/sparql", params=query, timeout=PATIENCE)))
    with httpx.Client(base_url=served.address) as idle:
        assert idle.get("/health").status_code == 200
        asking.start()
        until(lambda: int(idle.get("/health").json()["engine"]["running"]) == 1 or bool(answers))
        served.process.send_signal(number)
        assert served.process.wait(PATIENCE) == 0
    asking.join()
    assert answers[0].json()["results"]["bindings"][0]["n"]["value"] == "1000000"
    assert "Traceback" not in served.log.read_text()


def test_what_takes_too_long_is_ended_with_a_word(serve: Serve, tmp_path: Path) -> None:
    served = serve(tmp_path / "store", "--writable", "--token", "t", "--grace", "0.5")
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(httpx.get(f"{served.address}/sparql", params={"query": ENDLESS}, timeout=PATIENCE)))
    asking.start()
    until(lambda: running(served) == 1)
    assert served.stop() == 0
    asking.join()
    assert (answers[0].status_code, answers[0].json()["code"]) == (503, "STOPPING")


def test_a_second_signal_ends_it_at_once(serve: Serve, tmp_path: Path) -> None:
    served = serve(tmp_path / "store", "--writable", "--token", "t", "--grace", "600")
    asking = threading.Thread(target=lambda: httpx.get(f"{served.address}/sparql", params={"query": ENDLESS}, timeout=PATIENCE))
    asking.start()
    until(lambda: running(served) == 1)
    served.process.terminate()
    time.sleep(0.5)  # so that the two are not taken for one
    assert served.process.poll() is None
    assert served.stop() == 0
    asking.join()


def test_health_tells_the_limits_and_what_goes_on(read_only: Served) -> None:
    answer = httpx.get(f"{read_only.address}/health")
    document = answer.json()
    assert (answer.status_code, document["status"], document["writable"]) == (200, "ok", False)
    assert document["limits"] == ServeSettings().limits()
    assert document["version"] == answer.headers["netkg-version"]
    assert {"workers", "running", "waiting"} <= document["engine"].keys()


def test_what_happens_is_counted(read_only: Served) -> None:
    for _ in range(5):
        httpx.get(f"{read_only.address}/sparql", params={"query": "ASK { <a:counted> ?p ?o }"})
    with httpx.Client(base_url=read_only.address) as client:
        for _ in range(5):
            client.get("/sparql", params={"query": "ASK { <a:counted> ?p ?o }"}, headers={"Connection": "keep-alive"})
        client.get("/nowhere")
        text = client.get("/metrics")
    assert text.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value for family in text_string_to_metric_families(text.text) for sample in family.samples
    }
    assert samples["netkg_requests_total", "/sparql", "200"] >= 10
    assert samples["netkg_requests_total", "/{path:path}", "404"] >= 1
    assert samples["netkg_answers_total", "worker"] >= 1
    assert samples["netkg_answers_total", "memory"] >= 1
    assert samples["netkg_request_seconds_bucket", "+Inf", "/sparql"] >= 2
    assert samples["netkg_cache_bytes",] > 0
    assert samples["netkg_engine", "running"] == 0


def test_each_request_makes_a_line_of_the_log_and_queries_stay_out(read_only: Served) -> None:
    secret = "who-is-ill"
    httpx.get(f"{read_only.address}/sparql", params={"query": f"ASK {{ <a:{secret}> ?p ?o }}"})
    httpx.get(f"{read_only.address}/about?{secret}")
    httpx.get(f"{read_only.address}/%0A%22{{}}")
    until(lambda: any(str(line.get("path", "")).startswith("/\n") for line in lines(read_only)))
    assert secret not in read_only.log.read_text()
    line = next(line for line in lines(read_only) if line.get("path") == "/about")
    assert line.keys() == {"time", "event", "method", "path", "status", "ms", "bytes", "client", "source"}
    assert (line["event"], line["method"], line["status"], line["client"]) == ("request", "GET", 200, "127.0.0.1")


def test_an_error_that_nobody_foresaw_is_logged_under_a_number(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as stream:
        log = Log(stream)
        log.failure("12ab", ValueError("secret"))
        log.request("GET", "/" + "a" * 1000, 200, 0.00123, 5, "::1", "memory")
    failure, request = map(json.loads, (tmp_path / "log").read_text().splitlines())
    assert (failure["number"], failure["error"]) == ("12ab", "ValueError('secret')")
    assert (len(request["path"]), request["ms"], request["source"]) == (200, 1.23, "memory")


def test_the_cache_keeps_what_was_used_last_within_its_bytes() -> None:
    cache: Cache[str] = Cache(8 * (OVERHEAD + 100))
    assert cache.get("a", "1") is None
    for number in range(10):
        cache.put(number, "1", "value", 100)
        cache.get(0, "1")
    assert cache.get(0, "1") == "value"
    assert cache.get(1, "1") is None
    assert cache.bytes <= 8 * (OVERHEAD + 100)
    cache.put(0, "1", "other", 50)
    assert (cache.get(0, "1"), len(cache)) == ("other", 8)


def test_the_cache_forgets_all_when_the_graph_changes() -> None:
    cache: Cache[str] = Cache(100_000)
    cache.get("a", "1")
    cache.put("a", "1", "value", 1)
    assert cache.get("a", "2") is None
    assert (cache.bytes, len(cache)) == (0, 0)
    cache.put("a", "1", "late", 1)
    assert cache.get("a", "2") is None
    cache.put("large", "2", "value", 50_000)
    assert cache.get("large", "2") is None
