"""Who took a picture: told apart from what the picture shows, in the lines below it."""

from __future__ import annotations

import re
from typing import Final

from scraper.extractors.cues import starts_with_cue

_CREDIT: Final = re.compile(
    r"[(\[]?\s*((?:\b(?:[Pp]hoto(?:graph)?|[Pp]icture|[Ii]mage|[Cc]redit|[Ff]oto|[Bb]ild|[Qq]uelle|[Cc]rédit)s?\b"
    r"(?:\s+\w{2,10})?\s*(?:[:©|/]|(?<=\s)(?:by|von|par)\b(?=\s+[^\Wa-z]))|©)[^)\]]{2,100})[)\]]?\s*$"
)
_SIGNS: Final = ("oto", "icture", "mage", "redit", "rédit", "ild", "uelle", "©")
"""One of these stands in what _CREDIT finds, and is looked for ten times as fast."""
_AGENCY: Final = (
    r"(?:Getty(?: [Ii]mages)?|AP(?: Photo| Images)?|(?:The )?Associated Press|AFP|Reuters|REUTERS|dpa|DPA|EPA|EFE|ANSA"
    r"|APA|PA(?: Wire| Media)?|SWNS|TASS|Xinhua|Kyodo|Alamy"
    r"|Shutterstock|iStock(?:photo)?|Unsplash|Pexels|Pixabay|Depositphotos|Keystone|KEYSTONE"
    r"|imago|Imago|IMAGO|[Pp]icture[ -][Aa]lliance|Bloomberg|Bettmann)"
)
_NAME: Final = r"[A-ZÀ-ÖØ-Þ][\w.'’&+-]*(?:\s(?:[A-ZÀ-ÖØ-Þ][\w.'’&+-]*|for|of|van|de|von|via|al|the)){0,5}"
_AGENT: Final = re.compile(rf"{_AGENCY}(?![\w-])")
_NAMED: Final = re.compile(
    rf"(?:{_NAME}\s?//?\s?)?(?:{_NAME}\s?/\s?)?(?:{_NAME}\svia\s)?{_AGENCY}(?:\s(?:via|for)\s{_NAME}|\s?[/|]\s?{_NAME})*"
    rf"(?:,\s(?:[Ff]ile|FILE))?[.)\]]*"
)
"""A photographer and an agency, or an agency alone, and nothing else."""
_SLASHED: Final = re.compile(rf"(?=\S+[\s/]+\S+[\s/]+\S){_NAME}\s?/\s?{_NAME}[.)\]]*")
"""A photographer and an agency or a paper that nobody has to know."""
_TAIL: Final = re.compile(
    r"(?:\.(?![A-Z]\.)\s*|[!?…»”’\"')]\s*|\s+[|–—-]\s+|\s*[(\[]?(?<![\w-])[^\W\d]{2,14}:\s*|\s*[(\[]\s*)"
    r"(?=((?![|–—])(?:[^.!?…(\[]|(?<=\b[A-Z])\.){2,90}[.)\]]*$))"
)
"""What may end a caption before a credit; the group is what follows to the end."""
_ANNOUNCED: Final = re.compile(r"\s*[(\[]?\s*\b\w*(?:[Ff]oto|[Pp]hoto|[Pp]icture|[Ii]mage|[Bb]ild|[Cc]redit):\s*$")
"""What is left at a caption's end where it announced the credit."""
_RIGHTS: Final = re.compile(r"^(?:©|\(c\)|[Cc]opyright\b)\s*")
_BEFORE_SLASH: Final = re.compile(r"(?:\b[A-Z][\w&]*\s){1,2}$")
_SIGNED: Final = re.compile(r"\s*[:：©/|–—-]")
_COUNTED: Final = re.compile(r"\s*\d{1,2}\s?[:.)]")
"""Behind "image" it says which one it is, and what follows what it shows."""
_MAX_CREDIT_CHARS: Final = 220
_MAX_LINE_CHARS: Final = 120
_MAX_CAPTION_CHARS: Final = 4_000
"""In what is longer no credit is looked for: it is no caption, and looking takes long."""
_MAX_WORDS_UNSIGNED: Final = 10
"""More words after "photo", without a colon between, tell what the photo shows."""


def ends_with_credit(text: str, *, sure: bool) -> bool:
    """Whether a short text names a picture's photographer, at its end or as a whole; if `sure` of body, at its end."""
    if len(text) > _MAX_CREDIT_CHARS:
        return False
    named = any(sign in text for sign in _SIGNS) and _CREDIT.search(text) is not None
    return named or (not sure and starts_with_cue("photo", text) is not None)


def is_credit(text: str) -> bool:
    """Whether a text is nothing but a picture's credit ("Photo: Jane Doe")."""
    return len(text) <= _MAX_LINE_CHARS and any(sign in text for sign in _SIGNS) and bool(_CREDIT.match(text))


def split_credit(texts: list[str]) -> tuple[str | None, str | None]:
    """Return (caption, credit) of the lines below a picture.

    >>> split_credit(["The mast, from the quay. (AP Photo/Ines Falk)"])
    ('The mast, from the quay.', 'AP Photo/Ines Falk')
    """
    lines = _join_cut(list(dict.fromkeys(told for t in texts if (told := " ".join(t.split())))))
    credit = next((t for t in lines if len(t) <= _MAX_LINE_CHARS and _NAMED.fullmatch(t)), None)
    credit = credit or next((t for t in lines if _is_cued(t)), None)
    rest = " ".join(t for t in lines if t != credit)
    if len(rest) <= _MAX_CAPTION_CHARS and (credit is None or _AGENT.search(credit)):
        rest, found = _cut_credit(rest)
        rest, again = _cut_credit(rest) if found else (rest, None)
        credit = credit or max((found, again), key=lambda c: len(c or ""))
    return _ANNOUNCED.sub("", rest).strip() or None, _clean_credit(credit) if credit else None


def _join_cut(lines: list[str]) -> list[str]:
    """Return the lines, those that end in a colon or a bracket with the next."""
    joined: list[str] = []
    for line in lines:
        if joined and joined[-1].rstrip().endswith((":", "(")):
            joined[-1] = f"{joined[-1].rstrip()} {line}"
        else:
            joined.append(line)
    return joined


def _is_cued(line: str) -> bool:
    """Whether a line starts with "photo" or the like, and goes on as a credit does."""
    cue = starts_with_cue("photo", line)
    if cue is None or len(line) > _MAX_LINE_CHARS or _COUNTED.match(line, len(cue)):
        return False
    return (
        cue.endswith(":") or bool(_SIGNED.match(line, len(cue))) or len(line[len(cue) :].split()) <= _MAX_WORDS_UNSIGNED
    )


def _cut_credit(text: str) -> tuple[str, str | None]:
    """Return a caption without the credit at its end, and the credit."""
    if (match := _CREDIT.search(text)) and match.start() > 0:
        start = match.start(1)
        before = _BEFORE_SLASH.search(text, 0, start) if re.match(r"\w+\s?/", text[start:]) else None
        start = before.start() if before else start
        return text[:start].rstrip(" (|[–—-"), text[start : match.end(1)]
    for tail in _TAIL.finditer(text):
        found = tail[1].strip()
        if (_AGENT.search(found) and _NAMED.fullmatch(found)) or ("/" in found and _SLASHED.fullmatch(found)):
            ended = text[: tail.start() + 1] if text[tail.start()] in ".!?…»”’\"')" else text[: tail.start()]
            return ended.rstrip(), found
    return text, None


def _clean_credit(credit: str) -> str | None:
    """Return who is named; None for a line that only announces it, such as a link that says "Source"."""
    credit = _RIGHTS.sub("", credit.lstrip(" (["))
    cue = None if _AGENT.match(credit) else starts_with_cue("photo", credit)
    rest = credit[len(cue) :].lstrip(" :：—–|-") if cue else credit
    named = _RIGHTS.sub("", credit if rest.startswith("/") else rest).strip(" ()[]-")
    return f"{named})" if named.count("(") > named.count(")") else named or None
