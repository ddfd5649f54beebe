"""Starts other projects' SPARQL servers on loopback, where the machine has them."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PATIENCE = 120.0
"""Seconds in which a server must answer, and in which it must end."""
FUSEKI = "org.apache.jena:jena-fuseki-server:5.2.0"


@dataclass(frozen=True)
class Outside:
    """A server of another project.

    :param query: address of its SPARQL endpoint
    :param graph_store: address of its graph store
    :param update: address that takes updates
    :param user: who may write, with the same word as password; empty when everybody may
    """

    query: str
    graph_store: str
    update: str
    user: str = ""


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        try:
            httpx.get(address, timeout=10)  # whatever it answers
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        return
    raise AssertionError(f"no answer from {address}: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def running(command: list[str], folder: Path, address: str, stop: Callable[[], object] | None = None) -> Iterator[None]:
    """Run a server in a folder while the block lasts.

    :param stop: asks it to end; without it, it is sent SIGTERM
    """
    log = folder / "log"
    with log.open("wb") as output, subprocess.Popen(command, cwd=folder, stdout=output, stderr=output) as process:
        try:
            wait_for(address, process, log)
            yield
        finally:
            if process.poll() is None:
                stop() if stop else process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


VIRTUOSO = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
DirsAllowed = {folder}
NumberOfBuffers = 40000
MaxDirtyBuffers = 30000
CheckpointInterval = 0
MaxQueryMem = 1G
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 10
MaxClientConnections = 10
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryCostEstimationTime = 100000
MaxQueryExecutionTime = 300
"""


@contextmanager
def virtuoso(folder: Path) -> Iterator[Outside]:
    """Run Virtuoso with an empty database in a folder."""
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(folder=folder, sql=sql, http=http))
    shutdown = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", "exec=shutdown;"]
    base = f"http://127.0.0.1:{http}"
    command = ["virtuoso-t", "-f", "-c", str(folder / "virtuoso.ini")]
    with running(command, folder, base + "/sparql", lambda: subprocess.run(shutdown, capture_output=True, check=False, timeout=PATIENCE)):
        yield Outside(base + "/sparql", base + "/sparql-graph-crud-auth", base + "/sparql-auth", "dba")


CONFIGURATION = """PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX tdb2: <http://jena.apache.org/2016/tdb#>
[] a fuseki:Service ; fuseki:name "net" ; fuseki:dataset [ a tdb2:DatasetTDB2 ; tdb2:location "--mem--" ; tdb2:unionDefaultGraph true ] ;
  fuseki:endpoint [ fuseki:operation fuseki:query ; fuseki:name "sparql" ] ,
    [ fuseki:operation fuseki:update ; fuseki:name "update" ] , [ fuseki:operation fuseki:gsp-rw ; fuseki:name "data" ] .
"""


def fuseki_jar() -> Path | None:
    """Return Fuseki's server from Maven's own store, fetched there if it can be; nothing where there is none."""
    group, name, version = FUSEKI.split(":")
    jar = Path.home() / ".m2/repository" / group.replace(".", "/") / name / version / f"{name}-{version}.jar"
    if not jar.exists() and shutil.which("mvn"):
        fetch = ["mvn", "-q", "-B", "dependency:get", f"-Dartifact={FUSEKI}", "-Dtransitive=false"]
        subprocess.run(fetch, cwd=Path.home(), capture_output=True, check=False, timeout=PATIENCE)
    return jar if jar.exists() else None


@contextmanager
def fuseki(folder: Path, jar: Path) -> Iterator[Outside]:
    """Run Fuseki with an empty dataset in memory."""
    port = free_port()
    (folder / "net.ttl").write_text(CONFIGURATION)
    base = f"http://127.0.0.1:{port}/net"
    with running(["java", "-Xmx1g", "-jar", str(jar), "--localhost", f"--port={port}", "--conf=net.ttl"], folder, base + "/sparql"):
        yield Outside(base + "/sparql", base + "/data", base + "/update")
