"""The words of requests and incidents are kept beside them and looked up; pages of what is open are read from indexes of it alone."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_OPEN = {
    "request": "state NOT IN ('cancelled', 'closed', 'merged', 'refused')",
    "incident": "state <> 'closed'",
}
_ORDERS = {
    "priority": "priority, id, owner, state",
    "age": "opened_at, id, owner, state",
    "owner": "owner, priority, id, state",
    "service": "service, priority, id, owner, state",
    "customer": "customer, priority, id, owner, state",
}


def upgrade() -> None:
    """Adds tables and indexes and fills them; older programs go on reading, and write no more: they would keep no words."""
    for name in ("request", "incident"):
        op.create_table(
            f"{name}_words",
            sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
            sa.Column("own", sa.Text(), nullable=False),
            sa.Column("said", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("id"),
        )
    for name, columns in _ORDERS.items():
        op.execute(f"CREATE INDEX request_open_{name} ON request ({columns}) WHERE {_OPEN['request']}")
    op.execute("CREATE INDEX request_all_age ON request (opened_at, id)")
    op.execute(f"CREATE INDEX incident_open ON incident (id) WHERE {_OPEN['incident']}")
    embedded = op.get_bind().dialect.name == "sqlite"
    for name in ("request", "incident"):
        (_index_here if embedded else _index_there)(name)
    from core.desk.finding.keeping import rebuild

    rebuild(op.get_bind())
    op.execute("UPDATE schema_info SET version = 19, min_writer = 19")


def _index_here(name: str) -> None:
    """Words are folded and parted already: the index cuts at spaces alone."""
    op.execute(
        f"CREATE VIRTUAL TABLE {name}_found USING fts5(text, content='{name}_text', content_rowid='id', "
        "detail='none', prefix='3 4', tokenize='ascii')"
    )
    op.execute(f"CREATE VIRTUAL TABLE {name}_found_words USING fts5vocab({name}_found, row)")
    op.execute(f"CREATE VIEW {name}_text AS SELECT id, own || ' ' || said AS text FROM {name}_words")  # noqa: S608  (of our own names)
    old = f"INSERT INTO {name}_found ({name}_found, rowid, text) VALUES ('delete', OLD.id, OLD.own || ' ' || OLD.said);"  # noqa: S608
    new = f"INSERT INTO {name}_found (rowid, text) VALUES (NEW.id, NEW.own || ' ' || NEW.said);"  # noqa: S608
    for event, done in (("INSERT", new), ("DELETE", old), ("UPDATE", old + new)):
        op.execute(
            f"CREATE TRIGGER {name}_words_{event.lower()} AFTER {event} ON {name}_words BEGIN {done} END"
        )


def _index_there(name: str) -> None:
    op.execute(
        f"ALTER TABLE {name}_words ADD COLUMN tokens tsvector GENERATED ALWAYS AS "
        "(array_to_tsvector(array_remove(string_to_array(own || ' ' || said, ' '), ''))) STORED"
    )
    op.execute(f"CREATE INDEX {name}_found ON {name}_words USING gin (tokens)")
    op.execute(f"ALTER TABLE {name}_words ALTER COLUMN tokens SET STATISTICS 1000")
