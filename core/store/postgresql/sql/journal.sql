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

-- Whether this session's person is the owner of this house, or one of its members.
CREATE OR REPLACE FUNCTION is_owner() RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (SELECT pg_has_role(session_user, c.relowner, 'MEMBER') FROM pg_class c WHERE c.oid = 'journal'::regclass);
END
$$;

-- Whether this session says itself what was when, and by whom: its owner may, and only while it asks for it ('told').
-- Who moves a database here ('on') also writes rows whose entries came long before. The setting is no identity: of
-- anybody but the owner it is not looked at.
CREATE OR REPLACE FUNCTION is_trusted() RETURNS boolean
LANGUAGE sql STABLE
RETURN CASE WHEN coalesce(current_setting('watchfloor.trusted', true), '') IN ('on', 'told') THEN is_owner() ELSE false END;

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

-- Whether a text is what an entry holds: [{field: [before, after]}, note].
CREATE OR REPLACE FUNCTION is_body(body jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN CASE
    WHEN jsonb_typeof(body) = 'array' AND jsonb_array_length(body) = 2
        AND jsonb_typeof(body -> 0) = 'object' AND jsonb_typeof(body -> 1) = 'string'
    THEN NOT jsonb_path_exists(body, 'strict $[0].* ? (@.type() <> "array" || @.size() <> 2)')
    ELSE false
END;

-- Through which door this session comes, whatever it says: the agent's own account always as the agent, nobody else ever
-- so, and nobody but the owner as an import.
CREATE OR REPLACE FUNCTION own_way(claimed text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF has_role('agent') THEN
        RETURN CASE WHEN has_role('operator') THEN claimed ELSE 'agent' END; -- who has every role is a superuser
    ELSIF claimed IN ('agent', 'import') THEN
        RAISE insufficient_privilege USING MESSAGE = format('%s does not write as %s', session_user, claimed);
    END IF;
    RETURN claimed;
END
$$;

-- Adds entries, each [actor, kind, subject's kind, subject's id, body, cause, within]: gives them their numbers, their
-- instant, their actor and their hash, and rings the bell. `within` names a cause among the entries themselves (from 1).
-- What is hashed is what core/journal/chain.py hashes: each text behind its length in bytes.
--
-- Every command waits here for the one before: what is said is looked at before the head is locked, and as little as can
-- be is done after it. Each expression costs a little in every transaction anew, each statement ten times that. Where
-- there is no entry, nothing is locked.
CREATE OR REPLACE FUNCTION journal_append(said_at bigint, through text, tx_key text, entries jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    trusted boolean := is_trusted();
    house text := current_database() || '_';
    said jsonb;
    body jsonb;
    who text := session_user;
    kind_said text;
    is_fine boolean;
    cause_seq bigint;
    entry_key text := tx_key;
    n integer := 0;
    told_again text[];
    first_seq bigint;
    head_at bigint;
    head_hash text;
    own_first bigint;
BEGIN
    IF NOT trusted AND jsonb_array_length(entries) > 1 THEN -- an import tells of thousands: only what is told of twice is compared
        SELECT array_agg(e.about) INTO told_again FROM (
            SELECT format('%s:%s', each ->> 2, each ->> 3) AS about FROM jsonb_array_elements(entries) each
            GROUP BY 1 HAVING count(*) > 1
        ) e;
    END IF;
    IF through IS NULL OR through NOT IN ('console', 'cli', 'agent', 'import') OR tx_key = '' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'an entry comes through console, cli, agent or import, and with a key that is not empty';
    ELSIF NOT trusted AND (through IN ('agent', 'import') OR pg_has_role(session_user, (house || 'agent')::name, 'USAGE')) THEN
        through := own_way(through);
    END IF;
    LOOP
        said := entries -> n;
        EXIT WHEN said IS NULL;
        body := said ->> 4;
        IF is_body(body) IS NOT TRUE THEN
            RAISE invalid_parameter_value USING MESSAGE = 'an entry holds what changed, each with what it was and what it is, and a text';
        ELSIF NOT trusted THEN
            kind_said := said ->> 1;
            PERFORM FROM kind_right r
            WHERE r.kind = kind_said AND pg_has_role(session_user, (house || r.role)::name, 'USAGE')
            AND r.subject = said ->> 2 AND (NOT r.own OR said ->> 3 = session_user);
            IF NOT FOUND THEN
                PERFORM refuse_kind(kind_said, said ->> 2, said ->> 3);
            END IF;
            is_fine := is_so(kind_said, said ->> 2, said ->> 3, CASE WHEN (format('%s:%s', said ->> 2, said ->> 3) = ANY (told_again)) IS NOT TRUE THEN body -> 0 ELSE (body -> 0) - coalesce((
                SELECT array_agg(k) FROM jsonb_array_elements(entries) WITH ORDINALITY later(e, place),
                    jsonb_object_keys(told(later.e ->> 4)) k
                WHERE later.place > n + 1 AND later.e ->> 2 = said ->> 2 AND later.e ->> 3 = said ->> 3
            ), '{}') END);
            IF kind_said LIKE 'run.%' OR kind_said LIKE 'incident.run\_%' OR kind_said LIKE 'request.run\_%' OR kind_said = 'catalog.loaded' THEN
                PERFORM check_beside(kind_said, said ->> 3, body -> 0);
            END IF;
        END IF;
        n := n + 1;
    END LOOP;
    IF n = 0 THEN
        RETURN NULL;
    END IF;
    n := 0;
    SELECT h.seq + 1, h.hash, CASE WHEN h.tx = pg_current_xact_id() THEN h.first ELSE h.seq + 1 END,
           greatest(h.at, CASE WHEN trusted THEN said_at ELSE (extract(epoch FROM clock_timestamp()) * 1000000)::bigint END)
    INTO STRICT first_seq, head_hash, own_first, head_at
    FROM journal_head h WHERE h.id = 1 FOR UPDATE;
    LOOP
        said := entries -> n;
        EXIT WHEN said IS NULL;
        IF trusted THEN
            who := said ->> 0;
        END IF;
        cause_seq := coalesce(first_seq - 1 + (said ->> 6)::bigint, (said ->> 5)::bigint);
        IF cause_seq NOT BETWEEN 1 AND first_seq + n - 1 THEN
            RAISE invalid_parameter_value USING MESSAGE = format('entry %s is no cause of entry %s: only an earlier one can be', cause_seq, first_seq + n);
        END IF;
        head_hash := encode(sha256(convert_to(format(
            '%s|%s|%s|%s:%s|%s:%s|%s:%s|%s:%s|%s:%s|%s:%s|%s:%s|%s:%s', head_hash, first_seq + n, head_at,
            octet_length(who), who, octet_length(through), through, octet_length(said ->> 1), said ->> 1,
            octet_length(said ->> 2), said ->> 2, octet_length(said ->> 3), said ->> 3, octet_length(said ->> 4), said ->> 4,
            octet_length(coalesce(cause_seq::text, '')), cause_seq, octet_length(coalesce(entry_key, '')), entry_key
        ), 'UTF8')), 'hex');
        INSERT INTO journal (seq, at, actor, via, kind, subject_kind, subject_id, body, cause, key, hash)
        VALUES (first_seq + n, head_at, who, through, said ->> 1, said ->> 2, said ->> 3, said ->> 4, cause_seq, entry_key, head_hash);
        entry_key := NULL;
        n := n + 1;
    END LOOP;
    PERFORM check_program();
    UPDATE journal_head
    SET seq = first_seq + n - 1, at = head_at, hash = head_hash, tx = pg_current_xact_id(), first = own_first WHERE id = 1
    RETURNING pg_notify('watchfloor', seq::text)::text INTO who;
    RETURN first_seq;
END
$$;
DROP FUNCTION IF EXISTS chained(text);
