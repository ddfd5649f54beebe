"""What a load found: counts, and each problem with file, line, column, value and what would be allowed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file."""

    file: str
    line: int
    column: str
    value: str
    message: str
    allowed: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" + (f" [{self.column}]" if self.column else "")
        value = f" {self.value!r}" if self.value else ""
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        return f"{where}{value}: {self.message}{allowed}"


@dataclass(slots=True)
class Report:
    """Counts and problems of a load.

    :param rows: table → number of rows read
    :param loaded: table → number of rows that went into the graph
    """

    rows: dict[str, int] = field(default_factory=dict)
    loaded: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Note a problem."""
        self.problems.append(problem)

    def bad_lines(self, file: str) -> set[int]:
        """Return the lines of a file that have a problem; line 1 is the header."""
        return {problem.line for problem in self.problems if problem.file == file}

    def summary(self, limit: int = 50) -> str:
        """Return the problems as text, at most ``limit`` of them."""
        shown = [str(problem) for problem in self.problems[:limit]]
        if len(self.problems) > limit:
            shown.append(f"… and {len(self.problems) - limit} more")
        return "\n".join(shown)
