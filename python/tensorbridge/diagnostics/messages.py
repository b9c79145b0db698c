"""The messages that people get from the bridge, and what is true of each: `messages.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from .paragraphs import fold, section, wrapped

#: What separates a message of tensorbridge from its remedy.
HINT = " — hint: "


@dataclass(frozen=True)
class Message:
    """What is known of one message."""

    #: The entry's name in the catalogue; empty for a message that is not in it.
    name: str
    #: What happened, in a line.
    title: str
    #: Who says it.
    said_by: str
    #: What it means.
    meaning: str
    #: `"no"`, `"yes"` or `"it depends"`; `"unknown"` for a message that is not known.
    harmful: str
    #: Which harm, or why there is none.
    harm: str
    #: What to do, best first.
    remedies: tuple[str, ...]
    #: How to see it: lines of Python, or of a shell when they start with `$ `.
    check: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether there is an answer."""
        return self.harmful != "unknown"

    def __str__(self) -> str:
        if not self.known:
            return f"{self.title}\n{wrapped(self.meaning)}"
        lines = [self.title, f"  said by {self.said_by}", "", wrapped(self.meaning)]
        lines += section(f"Harmful: {self.harmful}", [self.harm])
        lines += section("What to do", self.remedies)
        lines += section("How to check", self.check, verbatim=True)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


UNKNOWN = Message(
    name="",
    title="I do not know this message",
    said_by="",
    meaning=(
        "It is none of those that tensorbridge's catalogue explains, and a guess would be folklore. "
        "`tb.doctor()` looks at the environment; the last lines of the traceback name who raised it."
    ),
    harmful="unknown",
    harm="",
    remedies=(),
    check=(),
)


@cache
def catalogue() -> dict[str, tuple[Message, tuple[re.Pattern[str], ...]]]:
    """Every entry with its patterns, in the file's order."""
    text = resources.files(__package__).joinpath("messages.toml").read_text(encoding="utf-8")
    found = {}
    for name, entry in tomllib.loads(text).items():
        patterns = tuple(re.compile(each, re.IGNORECASE) for each in entry.pop("patterns"))
        entry["meaning"] = fold(entry["meaning"])
        entry["harm"] = fold(entry["harm"])
        entry["remedies"] = tuple(entry["remedies"])
        entry["check"] = tuple(entry["check"])
        found[name] = Message(name=name, **entry), patterns
    return found


def explain_text(text: str) -> Message:
    """What is known of a message: the entry with the longest match, or `UNKNOWN`."""
    folded = fold(text)
    best, length = UNKNOWN, 0
    for message, patterns in catalogue().values():
        for pattern in patterns:
            match = pattern.search(folded)
            if match and len(match[0]) > length:
                best, length = message, len(match[0])
    return best


def explain_exception(error: BaseException) -> Message:
    """What is known of an exception or warning, or of the one that it came from.

    An error of tensorbridge that the catalogue does not have brings its own remedy.
    """
    link: BaseException | None = error
    while link is not None:
        found = explain_text(str(link))
        if found.known:
            return found
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    what, hint, remedy = str(error).partition(HINT)
    if not hint:
        return UNKNOWN
    return Message(
        name="",
        title=fold(what),
        said_by="tensorbridge",
        meaning=f"A {type(error).__name__}: the request was refused before anything was written.",
        harmful="no",
        harm="Nothing was changed.",
        remedies=(fold(remedy),),
        check=(),
    )
