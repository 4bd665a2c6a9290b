-- The journal's head: one row, the one lock that orders all writers, taken last in every transaction.
-- While a transaction holds it, `tx`, `first` and `seq` tell its triggers which entries are its own. Where its last entry is
-- plain (is_so, in claims.sql) and short, `plainly_of` is that entry's subject, and `plainly` what its columns were and what they are.
CREATE TABLE IF NOT EXISTS journal_head (
    id integer PRIMARY KEY CHECK (id = 1),
    seq bigint NOT NULL,
    at bigint NOT NULL,
    hash text NOT NULL,
    tx xid8,
    first bigint NOT NULL
) WITH (fillfactor = 50);
ALTER TABLE journal_head ADD COLUMN IF NOT EXISTS plainly_of text;
ALTER TABLE journal_head ADD COLUMN IF NOT EXISTS plainly jsonb;

-- Who appends stands in line here, before the head: it holds no row, nobody but the appending function gets at it. Who waits for a
-- changed row is woken twice, and then follows all that became of the row meanwhile.
CREATE TABLE IF NOT EXISTS journal_turn ();

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

-- The hash of an entry, as core/journal/chain.py makes it: each text behind its length in bytes.
CREATE OR REPLACE FUNCTION entry_hash(
    before text, seq bigint, at bigint, who text, through text, kind text, subject text, about text, body text, cause bigint, key text
) RETURNS text
LANGUAGE sql STABLE
RETURN encode(sha256(convert_to(format(
    '%s|%s|%s|%s:%s|%s:%s|%s:%s|%s:%s|%s:%s|%s:%s|%s:%s|%s:%s', before, seq, at,
    octet_length(who), who, octet_length(through), through, octet_length(kind), kind,
    octet_length(subject), subject, octet_length(about), about, octet_length(body), body,
    octet_length(coalesce(cause::text, '')), cause, octet_length(coalesce(key, '')), key
), 'UTF8')), 'hex');

-- Adds entries, each [actor, kind, subject's kind, subject's id, body, cause, within]: gives them their numbers, their
-- instant, their actor and their hash, and rings the bell. `within` names a cause among the entries themselves (from 1).
--
-- Every command waits here for the one before: what is said is looked at before the head is locked, and as little as can
-- be is done after it. Each function that an expression names costs a little in every transaction anew, each statement ten
-- times that: so each text is taken out of an entry once, and what locks the head changes it. Where there is no entry,
-- nothing is locked.
--
-- Nobody appends whose program an upgrade shut out meanwhile, or while the database is moved away: that is asked once the
-- journal is held. The program says its own schema, which keeps it from mistakes and nobody from anything.
CREATE OR REPLACE FUNCTION journal_append(said_at bigint, through text, tx_key text, entries jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    trusted boolean := is_trusted();
    many integer := jsonb_array_length(entries);
    house text := current_database() || '_';
    said jsonb;
    who text := session_user;
    kind_said text;
    subject text;
    about text;
    body text;
    held jsonb;
    roles jsonb;
    plain jsonb;
    cause_seq bigint;
    within integer;
    entry_key text := tx_key;
    told_again text[];
    head_seq bigint;
    head_hash text;
    rung text;
    is_outdated boolean;
BEGIN
    IF through IS NULL OR through NOT IN ('console', 'cli', 'agent', 'import') OR tx_key = '' OR octet_length(tx_key) > 200 THEN
        RAISE invalid_parameter_value
        USING MESSAGE = 'an entry comes through console, cli, agent or import, and with a key that is not empty and has at most 200 bytes';
    ELSIF many = 0 THEN
        RETURN NULL;
    ELSIF NOT trusted THEN
        IF through IN ('agent', 'import') OR pg_has_role(session_user, (house || 'agent')::name, 'USAGE') THEN
            through := own_way(through);
        END IF;
        IF many > 1 THEN -- an import tells of thousands: only what is told of twice is compared
            SELECT array_agg(e.about) INTO told_again FROM (
                SELECT format('%s:%s', each ->> 2, each ->> 3) AS about FROM jsonb_array_elements(entries) each
                GROUP BY 1 HAVING count(*) > 1
            ) e;
        END IF;
        said_at := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    END IF;
    FOR n IN 1 .. many LOOP
        said := entries -> n - 1;
        kind_said := said ->> 1;
        subject := said ->> 2;
        about := said ->> 3;
        body := said ->> 4;
        IF octet_length(body) > 4194304 AND NOT trusted THEN -- core/journal/body.py
            RAISE string_data_right_truncation USING MESSAGE = format('an entry says at most 4,194,304 bytes, not %s', octet_length(body));
        END IF;
        held := body;
        IF is_body(held) IS NOT TRUE THEN
            RAISE invalid_parameter_value USING MESSAGE = 'an entry holds what changed, each with what it was and what it is, and a text';
        ELSIF trusted THEN
            who := said ->> 0;
        ELSE
            roles := roles_for(kind_said, subject);
            IF pg_has_role(session_user, (house || (roles ->> 0))::name, 'USAGE') IS NOT TRUE THEN
                IF pg_has_role(session_user, (house || (roles ->> 1))::name, 'USAGE') IS NOT TRUE THEN
                    PERFORM check_kind(kind_said, subject, about);
                END IF;
            END IF;
            held := held -> 0;
            IF told_again IS NULL THEN -- an expression by itself: a statement costs ten times as much
                plain := is_so(kind_said, subject, about, held);
            ELSE
                plain := is_so(kind_said, subject, about, CASE WHEN (format('%s:%s', subject, about) = ANY (told_again)) IS NOT TRUE THEN held ELSE held - coalesce((
                    SELECT array_agg(k) FROM jsonb_array_elements(entries) WITH ORDINALITY later(e, place),
                        jsonb_object_keys(told(later.e ->> 4)) k
                    WHERE later.place > n AND later.e ->> 2 = subject AND later.e ->> 3 = about
                ), '{}') END);
            END IF;
            IF kind_said ~ '^(run[.]|incident[.]run_|request[.]run_|catalog[.]loaded$)' THEN
                PERFORM check_beside(kind_said, about, held);
            END IF;
        END IF;
    END LOOP;
    within := said ->> 6;
    cause_seq := said ->> 5;
    LOCK TABLE journal_turn IN SHARE UPDATE EXCLUSIVE MODE;
    UPDATE journal_head h SET
        seq = h.seq + many, at = greatest(h.at, said_at), tx = pg_current_xact_id(),
        first = CASE WHEN h.tx = pg_current_xact_id() THEN h.first ELSE h.seq + 1 END,
        plainly = CASE WHEN many = 1 AND octet_length(body) < 1000 THEN plain END, plainly_of = subject || ':' || about,
        hash = CASE
            WHEN many = 1 THEN entry_hash(h.hash, h.seq + 1, greatest(h.at, said_at), who, through, kind_said, subject, about, body, cause_seq, entry_key)
            ELSE h.hash
        END
    WHERE h.id = 1
    RETURNING h.seq - many, h.at, h.hash, pg_notify('watchfloor', h.seq::text)::text INTO STRICT head_seq, said_at, head_hash, rung;
    FOR n IN 1 .. many LOOP
        head_seq := head_seq + 1;
        IF many > 1 THEN
            said := entries -> n - 1;
            kind_said := said ->> 1;
            subject := said ->> 2;
            about := said ->> 3;
            body := said ->> 4;
            IF trusted THEN
                who := said ->> 0;
            END IF;
            within := said ->> 6;
            cause_seq := coalesce(head_seq - n + within, (said ->> 5)::bigint);
            head_hash := entry_hash(head_hash, head_seq, said_at, who, through, kind_said, subject, about, body, cause_seq, entry_key);
        END IF;
        IF cause_seq NOT BETWEEN 1 AND head_seq - 1 OR within NOT BETWEEN 1 AND n - 1 THEN
            RAISE invalid_parameter_value USING MESSAGE = format(
                'entry %s is no cause of entry %s: only an earlier one can be', coalesce(cause_seq, head_seq - n + within), head_seq
            );
        END IF;
        INSERT INTO journal (seq, at, actor, via, kind, subject_kind, subject_id, body, cause, key, hash)
        VALUES (head_seq, said_at, who, through, kind_said, subject, about, body, cause_seq, entry_key, head_hash)
        RETURNING (
            SELECT s.min_writer > nullif(current_setting('watchfloor.schema', true), '')::integer FROM schema_info s
        ) INTO is_outdated;
        IF is_outdated THEN
            RAISE object_not_in_prerequisite_state USING MESSAGE = 'this database is written by newer programs only';
        END IF;
        entry_key := NULL;
    END LOOP;
    IF many > 1 THEN
        UPDATE journal_head SET hash = head_hash WHERE id = 1;
    END IF;
    RETURN head_seq - many + 1;
END
$$;
DROP FUNCTION IF EXISTS chained(text);
DROP FUNCTION IF EXISTS check_program();
