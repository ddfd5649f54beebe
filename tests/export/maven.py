"""Programs of others from Maven: their jars, from Maven's own store on this machine, fetched there when they can be."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

PATIENCE = 300
"""Seconds that Maven, or a reader, may take."""
CLASSPATH = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath"
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>net.kg</groupId><artifactId>judges</artifactId><version>1</version>
  <dependencies>{}</dependencies>
</project>
"""
PART = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"


def jars(folder: Path, *artifacts: str) -> str:
    """Return the class path of some artifacts and all that they need; skip the test where they cannot be had.

    :param folder: for Maven's own files
    :param artifacts: ``group:name:version`` each
    """
    for program in ("java", "mvn"):
        if not shutil.which(program):
            pytest.skip(f"{artifacts[0]} needs {program}")
    (folder / "pom.xml").write_text(POM.format("".join(PART.format(*artifact.split(":")) for artifact in artifacts)), encoding="utf-8")
    found = folder / "classpath"
    for offline in (["-o"], []):
        command = ["mvn", *offline, "-q", "-B", CLASSPATH, f"-Dmdep.outputFile={found}"]
        subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=PATIENCE)
        if found.exists():
            return found.read_text(encoding="utf-8").strip()
    pytest.skip(f"Maven cannot find {artifacts[0]}, here or on Maven Central")
