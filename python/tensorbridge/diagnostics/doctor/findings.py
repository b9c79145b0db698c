"""What the doctor found: findings, the facts beside them, and how both are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ..paragraphs import wrapped

Severity = Literal["ok", "note", "warning", "error"]

MARKS: dict[Severity, str] = {
    "ok": "ok     ",
    "note": "note   ",
    "warning": "WARNING",
    "error": "ERROR  ",
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    #: `"ok"`, `"note"`, `"warning"` or `"error"`.
    severity: Severity
    #: What is the case, in a line.
    title: str
    #: What was seen that shows it.
    evidence: str = ""
    #: What follows from it.
    consequence: str = ""
    #: What to do: the exact command where there is one.
    remedy: str = ""

    def __str__(self) -> str:
        lines = [f"  {MARKS[self.severity]}  {self.title}"]
        if self.severity == "ok":
            return lines[0]
        for label, text in (
            ("seen", self.evidence),
            ("means", self.consequence),
            ("do", self.remedy),
        ):
            if text:
                lines.append(wrapped(text, " " * 18).replace(" " * 18, f"{label:>15}:  ", 1))
        return "\n".join(lines)


@dataclass
class Section:
    """What one probe says: facts, which are the case, and findings, which are judged."""

    title: str
    facts: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def ok(self, title: str) -> None:
        """Adds something that is as it should be."""
        self.findings.append(Finding("ok", title))

    def add(
        self,
        severity: Severity,
        title: str,
        *,
        evidence: str = "",
        consequence: str = "",
        remedy: str = "",
    ) -> None:
        """Adds something that deserves a word."""
        self.findings.append(Finding(severity, title, evidence, consequence, remedy))

    def __str__(self) -> str:
        lines = [self.title, "-" * len(self.title)]
        width = max((len(name) for name in self.facts), default=0)
        for name, value in self.facts.items():
            shown = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
            indent = " " * (width + 4)
            lines.append(wrapped(shown or "-", indent).replace(indent, f"  {name:<{width}}  ", 1))
        return "\n".join([*lines, *map(str, self.findings)])


@dataclass
class Report:
    """Everything the doctor says. Prints as text; `to_dict` is plain data."""

    sections: list[Section] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """All findings, section by section."""
        return [finding for section in self.sections for finding in section.findings]

    def of(self, *severities: Severity) -> list[Finding]:
        """The findings of some severities."""
        return [finding for finding in self.findings if finding.severity in severities]

    @property
    def healthy(self) -> bool:
        """Whether there is no error and no warning."""
        return not self.of("warning", "error")

    def status(self, *, strict: bool = False) -> int:
        """An exit status: 1 with errors, or, when strict, with warnings; else 0."""
        return int(bool(self.of("error", "warning") if strict else self.of("error")))

    def to_dict(self) -> dict[str, Any]:
        """Facts and findings as plain data."""
        return {
            "healthy": self.healthy,
            "sections": [
                {
                    "title": section.title,
                    "facts": section.facts,
                    "findings": [asdict(finding) for finding in section.findings],
                }
                for section in self.sections
            ],
        }

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __str__(self) -> str:
        errors, warnings = len(self.of("error")), len(self.of("warning"))
        verdict = "Nothing is wrong." if self.healthy else f"{errors} errors, {warnings} warnings."
        return "\n\n".join([*map(str, self.sections), verdict])

    def __repr__(self) -> str:
        return str(self)
