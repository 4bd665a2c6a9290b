-- The journal's head: one row, the one lock that orders all writers, taken last in every transaction.
-- While a transaction holds it, `tx`, `first` and `seq` tell its triggers which entries are its own.
CREATE TABLE IF NOT EXISTS journal_head (
    id integer PRIMARY KEY CHECK (id = 1),
    seq bigint NOT NULL,
    at bigint NOT NULL,
    hash text NOT NULL,
    tx xid8,
    first bigint NOT NULL
) WITH (fillfactor = 50);

INSERT INTO journal_head (id, seq, at, hash, first)
SELECT 1, coalesce(max(seq), 0), coalesce(max(at), 0),
       coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), ''), coalesce(max(seq), 0) + 1
FROM journal
ON CONFLICT DO NOTHING;

-- A text as the chain covers it: its length in bytes, then itself, so that no two entries share their bytes.
CREATE OR REPLACE FUNCTION chained(part text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '|' || octet_length(part) || ':' || part;

-- Whether this session says itself what was when, and by whom: its owner may, and only while it asks for it ('told').
-- Who moves a database here ('on') also writes rows whose entries came long before. The setting is no identity: of
-- anybody but the owner it is not looked at.
CREATE OR REPLACE FUNCTION is_trusted() RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF coalesce(current_setting('watchfloor.trusted', true), '') NOT IN ('on', 'told') THEN
        RETURN false;
    END IF;
    RETURN (SELECT pg_has_role(session_user, c.relowner, 'MEMBER') FROM pg_class c WHERE c.oid = 'journal'::regclass);
END
$$;

-- Lets nobody append whose program an upgrade shut out meanwhile; the program says its own schema, which keeps it from
-- mistakes and nobody from anything. Asked once the journal is held: no upgrade ends between this and the commit.
CREATE OR REPLACE FUNCTION check_program() RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    IF (SELECT s.min_writer FROM schema_info s) > nullif(current_setting('watchfloor.schema', true), '')::integer THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = 'this database is written by newer programs only';
    END IF;
END
$$;

-- Adds entries, each [actor, kind, subject's kind, subject's id, body, cause, within]: gives them their numbers, their
-- instant, their actor and their hash, and rings the bell. `within` names a cause among the entries themselves (from 1).
CREATE OR REPLACE FUNCTION journal_append(said_at bigint, through text, tx_key text, entries jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    head journal_head;
    trusted boolean := is_trusted();
    said jsonb;
    who text := session_user;
    cause_seq bigint;
    entry_key text := tx_key;
    n integer := 0;
    first_seq bigint;
BEGIN
    IF NOT trusted THEN
        PERFORM check_rights(entries);
    END IF;
    SELECT * INTO STRICT head FROM journal_head WHERE id = 1 FOR UPDATE;
    IF head.tx IS DISTINCT FROM pg_current_xact_id() THEN
        head.tx := pg_current_xact_id();
        head.first := head.seq + 1;
    END IF;
    first_seq := head.seq + 1;
    IF trusted THEN
        head.at := greatest(head.at, said_at);
    ELSE
        head.at := greatest(head.at, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    END IF;
    LOOP
        said := entries -> n;
        EXIT WHEN said IS NULL;
        n := n + 1;
        head.seq := head.seq + 1;
        IF trusted THEN
            who := said ->> 0;
        END IF;
        cause_seq := coalesce(first_seq - 1 + (said ->> 6)::bigint, (said ->> 5)::bigint);
        head.hash := encode(sha256(convert_to(
            head.hash || '|' || head.seq || '|' || head.at || chained(who) || chained(through)
            || chained(said ->> 1) || chained(said ->> 2) || chained(said ->> 3) || chained(said ->> 4)
            || chained(coalesce(cause_seq::text, '')) || chained(coalesce(entry_key, '')), 'UTF8'
        )), 'hex');
        INSERT INTO journal (seq, at, actor, via, kind, subject_kind, subject_id, body, cause, key, hash)
        VALUES (head.seq, head.at, who, through, said ->> 1, said ->> 2, said ->> 3, said ->> 4,
                cause_seq, entry_key, head.hash);
        entry_key := NULL;
    END LOOP;
    UPDATE journal_head
    SET seq = head.seq, at = head.at, hash = head.hash, tx = head.tx, first = head.first WHERE id = 1;
    PERFORM check_program();
    PERFORM pg_notify('watchfloor', head.seq::text);
    RETURN first_seq;
END
$$;
