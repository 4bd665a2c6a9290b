-- Whether the owner moves a database here: rows come whose entries came long before.
CREATE OR REPLACE FUNCTION is_moving() RETURNS boolean
LANGUAGE sql STABLE
RETURN CASE WHEN current_setting('watchfloor.trusted', true) = 'on' THEN is_owner() ELSE false END;

-- What an entry says that changed; nothing of one that cannot be read (an older house let it in).
CREATE OR REPLACE FUNCTION told(body text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    RETURN body::jsonb -> 0;
EXCEPTION WHEN data_exception THEN
    RETURN '{}';
END
$$;

-- The first column of which the entries of this transaction say that it was what it was not, before them or between them;
-- `old_row` is the row as it was when the transaction began.
CREATE OR REPLACE FUNCTION untrue_before(subject text, about text, old_row jsonb, new_row jsonb) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT said.col FROM (
        SELECT c.key AS col, c.value -> 0 AS was, lag(c.value -> 1) OVER (PARTITION BY c.key ORDER BY j.seq) AS became
        FROM journal_head h
        JOIN journal j ON j.subject_kind = subject AND j.subject_id = about AND j.seq BETWEEN h.first AND h.seq
        CROSS JOIN LATERAL jsonb_each(told(j.body)) c
        WHERE h.id = 1 AND h.tx = pg_current_xact_id()
    ) said
    WHERE (old_row ? said.col OR new_row ? said.col) AND said.was <> coalesce(said.became, old_row -> said.col, 'null')
    LIMIT 1
$$;

-- Whether a row may name somebody: who the session is; nobody; or, where something is taken back, whom the row had named:
-- an entry of an earlier transaction says that it came to name them, and no such entry says what is not so.
CREATE OR REPLACE FUNCTION is_who(subject text, about text, col text, named text) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN coalesce(named, '') IN ('', session_user) OR EXISTS (
        SELECT FROM journal j WHERE j.subject_kind = subject AND j.subject_id = about
        AND strpos(j.body, named) > 0 AND told(j.body) -> col ->> 1 = named
        AND j.seq < (SELECT CASE WHEN h.tx = pg_current_xact_id() THEN h.first ELSE h.seq + 1 END FROM journal_head h WHERE h.id = 1)
    );
END
$$;

-- Whether the hand that a run's row names is the session's; a step may also name whose order it was.
CREATE OR REPLACE FUNCTION is_hand(tab text, held jsonb, named text) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN coalesce(named, '') IN ('', session_user) OR tab = 'run_step' AND EXISTS (
        SELECT FROM run_order o WHERE o.run = (held ->> 'run')::integer AND o.by = named
    );
END
$$;

-- What is said to a session that brings a subject into or out of a state that only another role may.
CREATE OR REPLACE FUNCTION beyond_role(what text, about text, before text, after text) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT format(
        '%s %s from %s to %s asks for the role %s, which %s has not',
        what, about, coalesce(before, 'nothing'), after, r.role, session_user
    )
    FROM state_right r
    WHERE r.subject = what AND r.was IN ('*', before) AND r.became IN ('*', after) AND NOT has_role(r.role) LIMIT 1
$$;

-- Nothing in the journal is ever changed or removed, by whomever.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'the journal and its seals are only ever added to';
END
$$;
CREATE OR REPLACE TRIGGER journal_stays BEFORE UPDATE OR DELETE ON journal
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER journal_stays_whole BEFORE TRUNCATE ON journal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE OR REPLACE TRIGGER seal_stays BEFORE UPDATE OR DELETE ON seal
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER seal_stays_whole BEFORE TRUNCATE ON seal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One run at a time acts on a component.
CREATE UNIQUE INDEX IF NOT EXISTS run_one_active ON run (component) WHERE state IN ('waiting', 'running', 'held');

-- Refuses a row that holds more than any of ours: nobody who may write is to burden all who read. What is said of a row in
-- entries is bounded by those; this is for what no entry says. Who moves a database here brings what it has.
CREATE OR REPLACE FUNCTION check_size(tab text, held jsonb) RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF pg_column_size(held) > 4194304 AND NOT is_trusted() THEN
        RAISE string_data_right_truncation USING MESSAGE = format('a row of %s holds at most 4 MB', tab);
    END IF;
END
$$;

-- For tables that no entry guards and that people may write.
CREATE OR REPLACE FUNCTION bound_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM check_size(TG_TABLE_NAME, to_jsonb(NEW));
    RETURN NEW;
END
$$;
