"""Has nothing left in a file of what was taken out of its rows.

SQLite leaves what a row held in the parts of the file that are free again, an index of words leaves it in its older
segments, and the log beside the file holds every page as it was. All three are written anew.
"""

from __future__ import annotations

import sqlite3

LEFT = "what was taken out may still stand in free parts of the file"
AGAIN = "`watchfloor redact --scour` does that part again"


def scour(raw: sqlite3.Connection) -> str:
    """Writes the file anew and empties its log, outside of any transaction; returns what may be left, and why.

    It takes room for the file a second time, and as long as it takes to write it; readers are not held up, writers are.
    """
    names = raw.execute("SELECT name FROM sqlite_schema WHERE sql LIKE '%USING fts5(%'").fetchall()
    try:
        for (name,) in names:
            raw.execute(f"INSERT INTO {name} ({name}) VALUES ('optimize')")  # noqa: S608  (of our own names)
        raw.execute("VACUUM")
        busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        return f"{LEFT}: {error}. {AGAIN}"
    return f"{LEFT}: somebody reads it, and so its log stays. {AGAIN}" if busy else ""
