"""What is different between two runs, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scraper.report.amounts import listed
from scraper.report.run_values import RunShown


def tell_changes(before: RunShown, last: RunShown) -> Iterator[str]:
    """Yield a sentence for each thing that came, went, broke or healed since the run before."""
    well = set(last.hosts) - set(last.failed_hosts)
    for sentence, found in (
        ("Gives no page any more: {}.", _only(last.failed_hosts, before.failed_hosts)),
        ("Gives pages again: {}.", sorted(well & set(before.failed_hosts))),
        ("Cannot be read any more: {}.", _only(last.errors, before.errors)),
        ("Hosts that the run before did not meet: {}.", _only(last.hosts, before.hosts)),
        ("Hosts that only the run before met: {}.", _only(before.hosts, last.hosts)),
        ("Reasons for rejection that the run before did not have: {}.", _only(last.reasons, before.reasons)),
        ("Reasons that are gone: {}.", _only(before.reasons, last.reasons)),
    ):
        if found:
            yield sentence.format(listed(found))
    if before.version != last.version:
        yield f"Version {last.version} instead of {before.version}."


def _only(here: Iterable[str], there: Iterable[str]) -> list[str]:
    return sorted(set(here) - set(there))
