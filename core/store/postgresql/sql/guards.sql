-- A row changes only together with an entry that says so: looked at when the transaction commits, whatever program
-- changed the row. The entries of this transaction are those that the journal's head names.
--
-- Arguments: the subject's kind, the column with its id, and how much an entry must say:
--   told EXCEPT   the new value of every column that changed, but for those of EXCEPT (divided by blanks)
--   touched       only that the subject was acted on
--
-- `said_row` is the row before with every new value that the entries say. Where that is the new row, and neither a state
-- nor anybody's name was changed, all is said: most changes end there, without a look at each column.
CREATE OR REPLACE FUNCTION guard_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END;
    about text := coalesce(CASE WHEN TG_OP = 'DELETE' THEN old_row ELSE new_row END ->> TG_ARGV[1], '');
    unsaid text[] := string_to_array(TG_ARGV[3], ' ');
    said_row jsonb := old_row;
    is_said boolean := false;
    is_plain boolean := TG_OP = 'UPDATE' AND TG_ARGV[2] = 'told';
    col text;
    val jsonb;
    problem text;
    beyond text;
BEGIN
    FOR col, val IN
        SELECT c.key, c.value -> 1
        FROM journal_head h
        CROSS JOIN LATERAL (
            SELECT j.body::jsonb -> 0 AS changes FROM journal j
            WHERE j.subject_kind = TG_ARGV[0] AND j.subject_id = about AND j.seq BETWEEN h.first AND h.seq
            OFFSET 0 -- looked up for the head that was read, whatever the statistics say
        ) e
        LEFT JOIN LATERAL jsonb_each(e.changes) c ON true
        WHERE h.id = 1 AND h.tx = pg_current_xact_id()
    LOOP
        is_said := true;
        is_plain := is_plain AND NOT coalesce(col = 'state' OR col LIKE '%\_by', false);
        IF new_row -> col = val THEN
            said_row := jsonb_set(said_row, ARRAY[col], val);
        END IF;
    END LOOP;
    IF is_plain AND said_row - unsaid = new_row - unsaid AND old_row ->> TG_ARGV[1] = about THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND old_row ->> TG_ARGV[1] <> about THEN
        problem := format('%s keeps its name: it was %s', TG_TABLE_NAME, old_row ->> TG_ARGV[1]);
    END IF;
    IF (TG_ARGV[2] = 'touched' OR TG_OP = 'DELETE') AND NOT is_said THEN
        problem := format('no entry of this transaction says that %s %s was changed', TG_TABLE_NAME, about);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        FOR col, val IN
            SELECT c.key, c.value FROM jsonb_each(new_row) c
            WHERE c.value IS DISTINCT FROM coalesce(old_row -> c.key, 'null'::jsonb)
        LOOP
            IF TG_ARGV[2] = 'told' AND NOT col = ANY (unsaid) AND said_row -> col IS DISTINCT FROM val THEN
                problem := format('no entry of this transaction says that %s %s was changed in %s', TG_TABLE_NAME, about, col);
            ELSIF col LIKE '%\_by' AND NOT is_who(TG_ARGV[0], about, col, val #>> '{}') THEN
                beyond := format('%s %s: %s is not %s, who does this', TG_TABLE_NAME, about, col, session_user);
            ELSIF col = 'state' AND NOT is_trusted() THEN
                beyond := coalesce(beyond, beyond_role(TG_ARGV[0], about, old_row ->> col, val #>> '{}'));
            END IF;
        END LOOP;
    END IF;
    IF beyond IS NOT NULL AND NOT is_trusted() THEN
        RAISE insufficient_privilege USING MESSAGE = beyond;
    END IF;
    IF problem IS NOT NULL AND NOT (current_setting('watchfloor.trusted', true) IS NOT DISTINCT FROM 'on' AND is_trusted()) THEN
        RAISE insufficient_privilege USING MESSAGE = problem;
    END IF;
    RETURN NULL;
END
$$;

-- Whether a row may name somebody: who the session is; nobody; or, where something is taken back, who it had been.
CREATE OR REPLACE FUNCTION is_who(subject text, about text, col text, named text) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN coalesce(named, '') IN ('', session_user) OR EXISTS (
        SELECT FROM journal j WHERE j.subject_kind = subject AND j.subject_id = about
        AND j.body::jsonb -> 0 -> col ->> 0 = named
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
