"""The SQL that makes the tables of the ledger and brings an older ledger up to date; `store` alone runs it."""

_TABLES = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;

CREATE TABLE run (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, key TEXT NOT NULL UNIQUE, at TEXT NOT NULL,
  list_sha256 TEXT NOT NULL, list_place TEXT NOT NULL, options TEXT NOT NULL, folder TEXT NOT NULL,
  versions TEXT NOT NULL, plan_digest TEXT NOT NULL
) STRICT;

CREATE TABLE leaflet (
  run INTEGER NOT NULL REFERENCES run, number INTEGER NOT NULL,
  drug TEXT NOT NULL, audience TEXT NOT NULL, lang TEXT NOT NULL, paper TEXT NOT NULL,
  version TEXT NOT NULL, source TEXT NOT NULL, allowed TEXT NOT NULL,
  content_id TEXT NOT NULL, sheet TEXT NOT NULL, pages INTEGER NOT NULL,
  PRIMARY KEY (run, number)
) WITHOUT ROWID, STRICT;

CREATE TABLE part (
  run INTEGER NOT NULL REFERENCES run, number INTEGER NOT NULL,
  destination TEXT NOT NULL, name TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  sha256 TEXT NOT NULL, size INTEGER NOT NULL, pages INTEGER NOT NULL, sheets INTEGER NOT NULL,
  PRIMARY KEY (run, number)
) WITHOUT ROWID, STRICT;

CREATE TABLE copy (
  run INTEGER NOT NULL REFERENCES run, serial INTEGER NOT NULL,
  line INTEGER NOT NULL, leaflet INTEGER NOT NULL, part INTEGER NOT NULL, patient BLOB,
  state TEXT NOT NULL CHECK (state IN ('planned','rendered','written','sent','printed','spoiled','cancelled')),
  replaces INTEGER,
  PRIMARY KEY (run, serial)
) WITHOUT ROWID, STRICT;

CREATE UNIQUE INDEX replaced_once ON copy (run, replaces) WHERE replaces IS NOT NULL;

CREATE TABLE event (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, run TEXT NOT NULL, kind TEXT NOT NULL,
  serials TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER event_kept BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the history is only added to'); END;

CREATE TRIGGER event_fixed BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the history is only added to'); END;

CREATE TRIGGER copy_kept BEFORE DELETE ON copy BEGIN SELECT RAISE(ABORT, 'a copy is never taken out'); END;

CREATE TRIGGER copy_fixed BEFORE UPDATE OF run, serial, line, leaflet, part, patient, replaces ON copy
BEGIN SELECT RAISE(ABORT, 'a copy never changes its serial'); END;

CREATE TRIGGER copy_forward BEFORE UPDATE OF state ON copy WHEN instr(
  CASE OLD.state
    WHEN 'planned' THEN 'rendered cancelled'
    WHEN 'rendered' THEN 'written cancelled'
    WHEN 'written' THEN 'sent printed spoiled cancelled'
    WHEN 'sent' THEN 'printed spoiled cancelled'
    WHEN 'printed' THEN 'spoiled'
    ELSE '' END, NEW.state) = 0
BEGIN SELECT RAISE(ABORT, 'a copy only moves forward'); END;
"""


_TYPE_SIZE = "ALTER TABLE leaflet ADD COLUMN form TEXT NOT NULL DEFAULT 'standard'"

_ACCOUNTS = """
CREATE TABLE new_copy (
  run INTEGER NOT NULL REFERENCES run, serial INTEGER NOT NULL,
  line INTEGER NOT NULL, leaflet INTEGER NOT NULL, part INTEGER NOT NULL, patient BLOB,
  state TEXT NOT NULL CHECK (state IN
    ('planned','rendered','written','sent','unprinted','printed','spoiled','cancelled')),
  replaces INTEGER, row BLOB,
  PRIMARY KEY (run, serial)
) WITHOUT ROWID, STRICT;

INSERT INTO new_copy SELECT run, serial, line, leaflet, part, patient, state, replaces, NULL FROM copy;

DROP TABLE copy;

ALTER TABLE new_copy RENAME TO copy;

CREATE UNIQUE INDEX replaced_once ON copy (run, replaces) WHERE replaces IS NOT NULL;

CREATE TRIGGER copy_kept BEFORE DELETE ON copy BEGIN SELECT RAISE(ABORT, 'a copy is never taken out'); END;

CREATE TRIGGER copy_fixed BEFORE UPDATE OF run, serial, line, leaflet, part, patient, replaces, row ON copy
BEGIN SELECT RAISE(ABORT, 'a copy never changes its serial'); END;

CREATE TRIGGER copy_forward BEFORE UPDATE OF state ON copy WHEN instr(
  CASE OLD.state
    WHEN 'planned' THEN 'rendered cancelled'
    WHEN 'rendered' THEN 'written cancelled'
    WHEN 'written' THEN 'sent unprinted printed spoiled cancelled'
    WHEN 'sent' THEN 'unprinted printed spoiled cancelled'
    WHEN 'unprinted' THEN 'spoiled cancelled'
    WHEN 'printed' THEN 'spoiled'
    WHEN 'spoiled' THEN 'cancelled'
    ELSE '' END, NEW.state) = 0
BEGIN SELECT RAISE(ABORT, 'a copy only moves forward'); END;

CREATE TRIGGER replaced_kept BEFORE UPDATE OF state ON copy
WHEN NEW.state = 'cancelled' AND OLD.state IN ('unprinted', 'spoiled')
  AND EXISTS (SELECT 1 FROM copy WHERE run = OLD.run AND replaces = OLD.serial)
BEGIN SELECT RAISE(ABORT, 'a copy that was replaced is not cancelled'); END;

CREATE TABLE left_out (
  run INTEGER NOT NULL REFERENCES run, line INTEGER NOT NULL, number INTEGER NOT NULL, copies INTEGER NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('refused','failed','made')), row BLOB, runs TEXT NOT NULL,
  waived INTEGER NOT NULL CHECK (waived IN (0, 1)),
  PRIMARY KEY (run, line, number)
) WITHOUT ROWID, STRICT;

CREATE TRIGGER left_out_kept BEFORE DELETE ON left_out
BEGIN SELECT RAISE(ABORT, 'a row that was left out is never taken out'); END;

CREATE TRIGGER left_out_fixed BEFORE UPDATE OF run, line, number, copies, why, row, runs ON left_out
BEGIN SELECT RAISE(ABORT, 'a row that was left out never changes'); END;

CREATE TRIGGER left_out_forward BEFORE UPDATE OF waived ON left_out WHEN NEW.waived < OLD.waived
BEGIN SELECT RAISE(ABORT, 'a row that was waived stays so'); END;

ALTER TABLE run ADD COLUMN rejects_of TEXT NOT NULL DEFAULT '';

INSERT INTO fact SELECT 'begun', '1' WHERE EXISTS (SELECT 1 FROM run);
"""
"""Sheets that never reached paper, rows by which a copy is recognised, and rows of a list that were left out."""

_ORIGINS = """
ALTER TABLE leaflet ADD COLUMN origins TEXT NOT NULL DEFAULT '';

CREATE INDEX leaflet_of_drug ON leaflet (drug, origins);
"""
"""Whose the texts of leaflets are, found by the name of a drug; empty for runs of earlier versions."""

_VOUCHED = "ALTER TABLE leaflet ADD COLUMN vouched TEXT NOT NULL DEFAULT ''"
"""Who vouched for the words of leaflets; empty for drafts, and for runs of earlier versions."""

_STEPS = (_TABLES, _TYPE_SIZE, _ACCOUNTS, _ORIGINS, _VOUCHED)

VERSION = len(_STEPS)
"""The number in the file's `user_version`; a ledger with a higher one was written by a later leaflet."""


def statements(version: int) -> tuple[str, ...]:
    """The statements, for one transaction, that bring a ledger of an earlier version (0: an empty file) to this one."""
    parts = (part.strip() for step in _STEPS[version:] for part in step.split("\n\n"))
    return tuple(filter(None, parts))
