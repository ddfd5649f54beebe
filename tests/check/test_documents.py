"""The pages about quality: complete, and generated parts up to date."""

from __future__ import annotations

import re
import subprocess
import sys

from kg.check.outside import outside_checks
from kg.check.rules import all_rules
from kg.settings import Sources

MIRO = {"A": 6, "B": 3, "C": 3, "D": 3, "E": 11, "F": 3, "G": 5}
"""Section → number of its items (MIRO, 2017)."""


def test_every_item_of_miro_is_answered_under_a_heading_of_its_own(sources: Sources) -> None:
    text = (sources.root / "docs" / "miro.md").read_text(encoding="utf-8")
    parts = re.split(r"^### ([A-G]\.[0-9]+) .*\([MSO]\)$", text, flags=re.MULTILINE)[1:]
    assert parts[::2] == [f"{section}.{number}" for section, count in MIRO.items() for number in range(1, count + 1)]
    assert all(answer.strip() for answer in parts[1::2])
    assert [len(re.findall(rf"^### .* \({mark}\)$", text, re.MULTILINE)) for mark in "MSO"] == [28, 4, 2]


def test_the_generated_parts_are_up_to_date(sources: Sources) -> None:
    done = subprocess.run([sys.executable, "scripts/describe-quality", "--check"], cwd=sources.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_rule_and_every_outside_check_stands_in_the_page(sources: Sources) -> None:
    text = (sources.root / "docs" / "quality.md").read_text(encoding="utf-8")
    assert [name for name in all_rules() if f"| `{name}` |" not in text] == []
    assert [check.id for check in outside_checks() if f"| {check.id} | {check.weight} |" not in text] == []
