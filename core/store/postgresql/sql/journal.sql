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

-- Whether this session says itself what was when, and by whom: who moves a database here does, as its owner, and only
-- while it asks for it. The setting is no identity: of anybody else it is not looked at.
CREATE OR REPLACE FUNCTION is_trusted() RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT coalesce(current_setting('watchfloor.trusted', true), '') = 'on' AND pg_has_role(session_user, c.relowner, 'MEMBER')
    FROM pg_class c WHERE c.oid = 'journal'::regclass
$$;

-- Adds entries: gives them their numbers, their instant, their actor and their hash, and rings the bell.
-- `within` names a cause among the entries themselves (from 1), 0 where there is none.
CREATE OR REPLACE FUNCTION journal_append(
    said_at bigint, said_actor text[], through text, tx_key text,
    kinds text[], subject_kinds text[], subject_ids text[], bodies text[], causes bigint[], within integer[],
    OUT first_seq bigint, OUT last_hash text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    head journal_head;
    trusted boolean := is_trusted();
    entry_actor text;
    entry_cause bigint;
    entry_key text := tx_key;
BEGIN
    FOR n IN 1 .. cardinality(kinds) LOOP
        PERFORM check_right(kinds[n]);
    END LOOP;
    SELECT * INTO STRICT head FROM journal_head WHERE id = 1 FOR UPDATE;
    IF head.tx IS DISTINCT FROM pg_current_xact_id() THEN
        head.tx := pg_current_xact_id();
        head.first := head.seq + 1;
    END IF;
    first_seq := head.seq + 1;
    head.at := greatest(
        head.at,
        CASE WHEN trusted AND said_at IS NOT NULL THEN said_at
             ELSE (extract(epoch FROM clock_timestamp()) * 1000000)::bigint END
    );
    FOR n IN 1 .. cardinality(kinds) LOOP
        head.seq := head.seq + 1;
        entry_actor := CASE WHEN trusted THEN said_actor[n] ELSE session_user::text END;
        entry_cause := CASE WHEN within[n] > 0 THEN first_seq + within[n] - 1 ELSE causes[n] END;
        head.hash := encode(sha256(convert_to(
            head.hash || '|' || head.seq || '|' || head.at || chained(entry_actor) || chained(through)
            || chained(kinds[n]) || chained(subject_kinds[n]) || chained(subject_ids[n]) || chained(bodies[n])
            || chained(coalesce(nullif(entry_cause, 0)::text, '')) || chained(coalesce(entry_key, '')), 'UTF8'
        )), 'hex');
        INSERT INTO journal (seq, at, actor, via, kind, subject_kind, subject_id, body, cause, key, hash)
        VALUES (head.seq, head.at, entry_actor, through, kinds[n], subject_kinds[n], subject_ids[n], bodies[n],
                entry_cause, entry_key, head.hash);
        entry_key := NULL;
    END LOOP;
    UPDATE journal_head
    SET seq = head.seq, at = head.at, hash = head.hash, tx = head.tx, first = head.first WHERE id = 1;
    last_hash := head.hash;
    PERFORM pg_notify('watchfloor', head.seq::text);
END
$$;
