-- Refuses an entry that says of a row what is not so. What it says of a column is what the row holds now, and was made so by
-- this transaction; later changes are looked at by the guards. One statement for each entry: every command waits for it.
--
-- An entry is plain where JSON writes all that it says just as it writes its columns: texts and whole numbers. Then the row
-- with what the entry says put into it must be the row. Of every other entry the row is written out and looked at column by
-- column, which takes ten times as long.
--
-- Returns [{column: before}, {column: after}] of a plain entry, which spares the guard of its row to look at it again: whose
-- name the row comes to hold, and in which state it is, is the session's to say, too. Null of every other entry.
--
-- What stands in braces is filled in by core/store/postgresql/claims.py from the table of guards: how JSON writes the columns
-- of each subject's row; the subjects whose id is a number, and whose row must be there; for each subject what finds its
-- row; and the columns of which it is asked what the session may make of them.
DROP FUNCTION IF EXISTS is_so(text, text, text, jsonb);
CREATE FUNCTION is_so(kind_said text, subject text, about text, changes jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    kinds jsonb := {kinds}::jsonb -> subject;
    cols jsonb;
    was jsonb := '{}';
    became jsonb := '{}';
    is_plain boolean := true;
    is_there boolean;
    is_held boolean;
    pair jsonb;
    kind text;
    col text;
BEGIN
    IF subject = ANY ({numbered}) THEN
        IF about !~ '^[1-9][0-9]{0,8}$' THEN
            RAISE insufficient_privilege USING MESSAGE = format('%L is the number of no %s', about, subject);
        END IF;
    ELSIF length(about) > 200 OR about ~ '[[:cntrl:]]' THEN
        RAISE insufficient_privilege USING MESSAGE = 'what an entry is about has at most 200 plain characters';
    END IF;
    IF kinds IS NULL THEN
        RETURN NULL;
    END IF;
    cols := jsonb_path_query_array(changes, '$.keyvalue().key');
    FOR n IN 0 .. jsonb_array_length(cols) - 1 LOOP
        col := cols ->> n;
        pair := changes -> col;
        kind := kinds ->> col;
        is_plain := jsonb_typeof(pair -> 0) IN ('null', kind) AND jsonb_typeof(pair -> 1) IN ('null', kind)
            AND (kind = 'string' OR pair::text NOT LIKE '%.%');
        EXIT WHEN is_plain IS NOT TRUE;
        was := was || jsonb_build_object(col, pair -> 0);
        became := became || jsonb_build_object(col, pair -> 1);
    END LOOP;
    col := NULL;
    {rows}
    END IF;
    IF is_held THEN
        IF changes ?| {asked} AND EXISTS (
            SELECT FROM jsonb_each(changes) c WHERE CASE
                WHEN c.key LIKE '%\_by' THEN coalesce(c.value ->> 1, '') NOT IN ('', session_user)
                WHEN c.key = 'state' THEN beyond_role(subject, about, c.value ->> 0, c.value ->> 1) IS NOT NULL
                ELSE c.key = 'by'
            END
        ) THEN
            RETURN NULL;
        END IF;
        RETURN jsonb_build_array(was, became);
    ELSIF is_there IS NULL THEN
        IF subject = ANY ({numbered}) THEN
            RAISE insufficient_privilege USING MESSAGE = format('there is no %s %s', subject, about);
        END IF;
        SELECT c.key INTO col FROM jsonb_each(changes) c
        WHERE c.value -> 1 <> 'null' AND kind_said LIKE subject || '.%' LIMIT 1;
    END IF;
    IF col IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = format('an entry says of %s %s what is not so: its %s', subject, about, col);
    END IF;
    RETURN NULL;
END
$$;
DROP FUNCTION IF EXISTS is_plain(jsonb, text);

-- Refuses an entry that says beside the columns of its subject's row what is not so: a step of a run that stands
-- otherwise, an order that nobody gave, a run that is not about the incident or request, another catalog than the one in force. Each
-- must have come about in this transaction. Asked only for the kinds of entry that say such things.
CREATE OR REPLACE FUNCTION check_beside(kind_said text, about text, changes jsonb) RETURNS void
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    ours xid := pg_current_xact_id()::xid;
    number integer := CASE WHEN about ~ '^[1-9][0-9]{0,8}$' THEN about::integer END;
    is_fine boolean := true;
BEGIN
    IF kind_said LIKE 'run.step\_%' THEN
        is_fine := EXISTS (
            SELECT FROM run_step s WHERE s.run = number AND to_jsonb(s.n) = changes -> 'step' -> 1 AND s.xmin = ours
            AND s.state = changes -> 'step_state' ->> 1 AND kind_said = 'run.step_' || s.state
            AND coalesce(changes -> 'exit_code' -> 1, 'null') = coalesce(to_jsonb(s.exit_code), 'null')
        );
    ELSIF kind_said LIKE 'run.%\_ordered' THEN
        is_fine := EXISTS (
            SELECT FROM run_order o WHERE o.run = number AND kind_said = 'run.' || o.kind || '_ordered' AND o.by = session_user
            AND coalesce(changes -> 'step' -> 1, '0') = to_jsonb(o.n) AND o.xmin = ours
        );
    ELSIF kind_said IN ('incident.run_begun', 'incident.run_ended') THEN
        is_fine := EXISTS (
            SELECT FROM run r WHERE r.incident = number AND to_jsonb(r.id) = changes -> 'run' -> 1 AND r.xmin = ours
            AND coalesce(changes -> 'run_state' ->> 1, r.state) = r.state
        );
    ELSIF kind_said IN ('request.run_begun', 'request.run_ended') THEN
        is_fine := EXISTS (
            SELECT FROM run r WHERE r.request = number AND to_jsonb(r.id) = changes -> 'run' -> 1 AND r.xmin = ours
            AND coalesce(changes -> 'run_state' ->> 1, r.state) = r.state
        );
    ELSIF kind_said = 'catalog.loaded' THEN
        is_fine := EXISTS (
            SELECT FROM catalog_state c WHERE coalesce(changes -> 'digest' ->> 1, c.digest) = c.digest AND c.xmin = ours
        );
    END IF;
    IF NOT is_fine THEN
        RAISE insufficient_privilege USING MESSAGE = format('an entry %s says of %s what is not so', kind_said, about);
    END IF;
END
$$;
