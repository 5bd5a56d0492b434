"""How a command ended, as a number that a script can act on."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every verb; the second half of each line is what `--help` says."""

    DONE = 0, "done"
    NOTHING = 1, "nothing usable came of it, or some of the inputs failed"
    USAGE = 2, "the command line or the configuration is wrong"
    PARTIAL = 3, "done, but some hosts or sources could not be read"
    NOTHING_NEW = 4, "done; no new article, and none has changed"
    UNWRITABLE = 5, "results cannot be written; everything before is intact"
    LOCKED = 6, "another run is writing to the same folder; nothing was touched"
    SUSPICIOUS = 7, "done, but a site gives much less than it used to; look at the samples"
    BUG = 70, "a bug in scraper; the message says where the traceback is"
    INTERRUPTED = 130, "interrupted; what was finished is written"

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Exit:
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member
