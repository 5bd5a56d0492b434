"""The tables, and the steps by which an older file becomes one of today. A step that was released never changes."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x41525453
"""Marks the file as ours (`PRAGMA application_id`): another program's database is never touched."""

_HOST: Final = """
CREATE TABLE host (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- the line it stands in: `turn_at` is the time from which it may be asked, NULL if nothing of it waits
    next_due REAL, turn_at REAL, leased_at REAL NOT NULL DEFAULT 0, turns INTEGER NOT NULL DEFAULT 0,
    -- how it behaves
    parked_until REAL NOT NULL DEFAULT 0, strikes INTEGER NOT NULL DEFAULT 0, latency_s REAL,
    failures INTEGER NOT NULL DEFAULT 0, last_ok REAL, probe BLOB, probed_at REAL, counters BLOB
)"""

_URL: Final = """
CREATE TABLE url (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    host INTEGER NOT NULL,
    status INTEGER NOT NULL DEFAULT 0,
    rank INTEGER NOT NULL DEFAULT 0, -- the priority, negated: an index is read upwards
    due_at REAL,
    run INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0, checks INTEGER NOT NULL DEFAULT 0, changes INTEGER NOT NULL DEFAULT 0,
    first_seen REAL NOT NULL, last_fetched REAL, last_changed REAL,
    reason TEXT, etag TEXT, last_modified TEXT, content_hash BLOB, article_id BLOB,
    source TEXT NOT NULL, place INTEGER, depth INTEGER NOT NULL DEFAULT 0,
    published TEXT, modified TEXT, title TEXT,
    url TEXT NOT NULL
)"""

# Counted where it happens: whatever changes a row, the sums stay true.
_TALLY: Final = (
    "CREATE TABLE tally (host INTEGER, status INTEGER, n INTEGER NOT NULL, PRIMARY KEY (host, status)) WITHOUT ROWID",
    """
CREATE TRIGGER url_added AFTER INSERT ON url BEGIN
    INSERT INTO tally VALUES (new.host, new.status, 1) ON CONFLICT (host, status) DO UPDATE SET n = n + 1;
END""",
    """
CREATE TRIGGER url_moved AFTER UPDATE OF status ON url WHEN old.status <> new.status BEGIN
    UPDATE tally SET n = n - 1 WHERE host = old.host AND status = old.status;
    INSERT INTO tally VALUES (new.host, new.status, 1) ON CONFLICT (host, status) DO UPDATE SET n = n + 1;
END""",
    """
CREATE TRIGGER url_dropped AFTER DELETE ON url BEGIN
    UPDATE tally SET n = n - 1 WHERE host = old.host AND status = old.status;
END""",
)

_FIRST: Final = (
    _HOST,
    "CREATE INDEX host_turn ON host (turn_at, turns) WHERE turn_at IS NOT NULL",
    "CREATE TABLE place (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    _URL,
    # What may be leased, in the order in which it is; a leased row is not in it.
    "CREATE INDEX url_waiting ON url (host, rank, due_at) WHERE due_at IS NOT NULL AND status <> 1",
    "CREATE INDEX url_leased ON url (host) WHERE status = 1",
    *_TALLY,
    """
CREATE TABLE resource (
    url TEXT PRIMARY KEY, host INTEGER NOT NULL, etag TEXT, last_modified TEXT, fetched_at REAL, body_hash BLOB,
    checks INTEGER NOT NULL DEFAULT 0, changes INTEGER NOT NULL DEFAULT 0, next_due REAL,
    stamps INTEGER NOT NULL DEFAULT 0, useful INTEGER NOT NULL DEFAULT 0, stamped_now INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID""",
    "CREATE INDEX resource_host ON resource (host)",
    """
CREATE TABLE robots (
    origin TEXT PRIMARY KEY, host INTEGER NOT NULL, status INTEGER, body BLOB NOT NULL,
    fetched_at REAL NOT NULL, expires_at REAL NOT NULL
)""",
    "CREATE INDEX robots_host ON robots (host)",
    """
CREATE TABLE part (
    sink TEXT, file TEXT, length INTEGER NOT NULL, records INTEGER NOT NULL, published INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sink, file)
) WITHOUT ROWID""",
    """
CREATE TABLE article (
    id INTEGER PRIMARY KEY, article_id BLOB NOT NULL UNIQUE, revision INTEGER NOT NULL, content_hash BLOB,
    fields BLOB NOT NULL, url_key BLOB NOT NULL, first_seen REAL NOT NULL, last_changed REAL NOT NULL
)""",
    "CREATE INDEX article_content ON article (content_hash) WHERE content_hash IS NOT NULL",
    "CREATE TABLE near_text (article INTEGER PRIMARY KEY, signature BLOB NOT NULL)",
    "CREATE TABLE near_band (band INTEGER, article INTEGER, PRIMARY KEY (band, article)) WITHOUT ROWID",
    """
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT, started REAL NOT NULL, finished REAL, exit INTEGER, figures BLOB
)""",
    "CREATE TABLE history (host INTEGER, run INTEGER, figures BLOB NOT NULL, PRIMARY KEY (host, run)) WITHOUT ROWID",
)

# Where a part stands, if not in the folder that the state is in: the next run may write to another one.
_SECOND: Final = ("ALTER TABLE part ADD COLUMN folder TEXT NOT NULL DEFAULT ''",)

# Where a feed or sitemap has moved for good, and when its old address said so last.
_THIRD: Final = ("ALTER TABLE resource ADD COLUMN moved_to TEXT", "ALTER TABLE resource ADD COLUMN moved_at REAL")

# How far the revisions of an article had come that was forgotten: should it come again, it counts on.
_FOURTH: Final = (
    """
CREATE TABLE forgotten (
    article_id BLOB PRIMARY KEY, revision INTEGER NOT NULL, content_hash BLOB,
    fields BLOB NOT NULL, url_key BLOB NOT NULL, first_seen REAL NOT NULL, last_changed REAL NOT NULL
) WITHOUT ROWID""",
    "CREATE INDEX forgotten_url ON forgotten (url_key)",
)

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_FIRST, _SECOND, _THIRD, _FOURTH)
"""Step n leads from version n to n + 1 (`PRAGMA user_version`); an empty file is version 0."""
