"""A run's figures in Prometheus' text format, for the node exporter's textfile collector. Pure.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterator

from scraper.crawl.tally import Summary


def metrics_text(summary: Summary) -> str:
    """Return the figures of a run: gauges, so that an alert can ask when the last good run was."""
    lines: list[str] = []
    for name, help_text, values in _families(summary):
        lines += [f"# HELP scraper_{name} {help_text}", f"# TYPE scraper_{name} gauge"]
        lines += [f"scraper_{name}{labels} {value:.15g}" for labels, value in values]
    return "\n".join(lines) + "\n"


_Family = tuple[str, str, list[tuple[str, float]]]


def _families(summary: Summary) -> Iterator[_Family]:
    yield "run_finished_seconds", "When the last run ended, unix time.", [("", summary.finished.timestamp())]
    yield "run_duration_seconds", "How long the last run took.", [("", summary.seconds)]
    yield "run_exit_code", "How the last run ended.", [("", summary.exit)]
    ends = ("articles", "revisions", "rejected", "unchanged", "pending")
    yield (
        "targets",
        "Addresses of the last run by what came of them.",
        [(_labels(end=end), getattr(summary, end)) for end in ends],
    )
    yield "pages_bytes", "Bytes of the pages fetched, inflated.", [("", summary.bytes)]
    yield (
        "rejected_reason",
        "Rejections by reason.",
        [(_labels(reason=reason), count) for reason, count in sorted(summary.rejected_by_reason.items())],
    )
    for column in ("fetched", "articles", "retried"):
        yield (
            f"host_{column}",
            f"{column.capitalize()} by host.",
            [(_labels(host=host), getattr(figures, column)) for host, figures in summary.hosts.items()],
        )
    yield (
        "alarms",
        "Figures of hosts that have left what is normal for them.",
        [(_labels(host=alarm.host, what=alarm.what), alarm.now) for alarm in summary.alarms],
    )


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
