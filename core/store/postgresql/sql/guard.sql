-- A row changes only together with an entry that says so: looked at when the transaction commits, whatever program
-- changed the row. The entries of this transaction are those that the journal's head names.
--
-- Arguments: the subject's kind (or `:` and the column that holds it), the column with its id, and how much an entry must say:
--   told EXCEPT   the new value of every column that changed, but for those of EXCEPT (divided by blanks)
--   touched       only that the subject was acted on
--
-- What stands in braces is filled in by core/store/postgresql/guarding.py: a table whose rows are looked at most has a
-- function of its own, which begins with the short look at a plain change.
--
-- `said_row` is the row before with every change that an entry says just as it was, from what to what. Where that is the
-- new row, and neither a state nor anybody's name was changed, all is said: most changes end there, without a look at
-- each column. A row with a version counts up by one with every change, and never without; who changes what has moved on
-- since they read it is told to do it again.
--
-- What an entry says of a column and is no part of this change is either part of another one in the same transaction, or
-- untrue: the row's first change looks which of the two it is.
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    {plainly}
    DECLARE
        old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}'::jsonb ELSE to_jsonb(OLD) END;
        new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}'::jsonb ELSE to_jsonb(NEW) END;
        subject text := CASE
            WHEN TG_ARGV[0] LIKE ':%' THEN CASE WHEN TG_OP = 'DELETE' THEN old_row ELSE new_row END ->> substr(TG_ARGV[0], 2)
            ELSE TG_ARGV[0]
        END;
        about text := coalesce(CASE WHEN TG_OP = 'DELETE' THEN old_row ELSE new_row END ->> TG_ARGV[1], '');
        unsaid text[] := string_to_array(TG_ARGV[3], ' ');
        said_row jsonb := old_row;
        is_said boolean := false;
        is_odd boolean := false;
        is_plain boolean := TG_OP = 'UPDATE' AND TG_ARGV[2] = 'told';
        col text;
        was jsonb;
        val jsonb;
        step bigint := CASE WHEN TG_ARGV[2] = 'told' THEN (new_row ->> 'version')::bigint - coalesce((old_row ->> 'version')::bigint, 0) END;
        problem text;
        beyond text;
        problem_of_seat text;
    BEGIN
        IF pg_column_size(new_row) > 4194304 THEN
            PERFORM check_size(TG_TABLE_NAME, new_row);
        END IF;
        FOR col, was, val IN
            SELECT c.key, c.value -> 0, c.value -> 1
            FROM journal_head h
            CROSS JOIN LATERAL (
                SELECT j.body::jsonb -> 0 AS changes FROM journal j
                WHERE j.subject_kind = subject AND j.subject_id = about AND j.seq BETWEEN h.first AND h.seq
                OFFSET 0 -- looked up for the head that was read, whatever the statistics say
            ) e
            LEFT JOIN LATERAL jsonb_each(e.changes) c ON true
            WHERE h.id = 1 AND h.tx = pg_current_xact_id()
        LOOP
            is_said := true;
            is_plain := is_plain AND NOT coalesce(col = 'state' OR col LIKE '%\_by', false);
            IF new_row -> col = val AND coalesce(old_row -> col, 'null') = was THEN
                said_row := jsonb_set(said_row, ARRAY[col], val);
            ELSIF old_row ? col OR new_row ? col THEN
                is_odd := true;
            END IF;
        END LOOP;
        IF is_odd AND TG_ARGV[2] = 'told' AND NOT coalesce(TG_OP <> 'INSERT' AND OLD.xmin = pg_current_xact_id()::xid, false) THEN
            col := untrue_before(TG_ARGV[0], about, old_row, new_row);
            IF col IS NOT NULL AND NOT is_trusted() THEN
                RAISE insufficient_privilege USING MESSAGE = format(
                    'an entry says of %s %s what was not so: its %s', TG_ARGV[0], about, col
                );
            END IF;
        END IF;
        IF is_plain AND said_row - unsaid = new_row - unsaid AND old_row ->> TG_ARGV[1] = about
            AND (step IS NULL OR step = 1 AND is_said OR step = 0 AND old_row - unsaid = new_row - unsaid)
        THEN
            RETURN NULL;
        END IF;
        IF NOT is_said AND (step <> 0 OR TG_ARGV[2] = 'touched' OR TG_OP = 'DELETE') THEN
            problem := format('no entry of this transaction says that %s %s was changed', TG_TABLE_NAME, about);
        END IF;
        IF TG_OP = 'UPDATE' AND old_row ->> TG_ARGV[1] <> about THEN
            problem := format('%s keeps its name: it was %s', TG_TABLE_NAME, old_row ->> TG_ARGV[1]);
        ELSIF TG_OP = 'UPDATE' AND TG_ARGV[0] LIKE ':%' AND old_row ->> substr(TG_ARGV[0], 2) <> subject THEN
            problem := format('%s keeps its name: it was of %s', TG_TABLE_NAME, old_row ->> substr(TG_ARGV[0], 2));
        END IF;
        IF TG_OP <> 'DELETE' THEN
            FOR col, val IN
                SELECT c.key, c.value FROM jsonb_each(new_row) c
                WHERE c.value IS DISTINCT FROM coalesce(old_row -> c.key, 'null'::jsonb)
            LOOP
                IF TG_ARGV[2] = 'told' AND NOT col = ANY (unsaid) AND said_row -> col IS DISTINCT FROM val THEN
                    problem := format('no entry of this transaction says that %s %s was changed in %s', TG_TABLE_NAME, about, col);
                END IF;
                IF NOT (CASE
                    WHEN col LIKE '%\_by' THEN is_who(subject, about, col, val #>> '{}')
                    WHEN col = 'by' THEN is_hand(TG_TABLE_NAME, new_row, val #>> '{}')
                    WHEN TG_TABLE_NAME = 'operating' AND col = 'actor' THEN val #>> '{}' = session_user
                    ELSE true
                END) THEN
                    beyond := format('%s %s: %s is not %s, who does this', TG_TABLE_NAME, about, col, session_user);
                ELSIF col = 'state' AND NOT is_trusted() THEN
                    beyond := coalesce(beyond, beyond_role(subject, about, old_row ->> col, val #>> '{}'));
                END IF;
            END LOOP;
        END IF;
        IF TG_TABLE_NAME = 'operating' AND TG_OP = 'INSERT' THEN
            SELECT format('the seat %s is of %s, not of %s', p.seat, p.actor, session_user) INTO problem_of_seat
            FROM presence p WHERE p.seat = new_row ->> 'seat' AND p.actor <> session_user;
            beyond := coalesce(beyond, problem_of_seat);
        ELSIF TG_TABLE_NAME = 'operating' AND about <> session_user
            AND (old_row ->> 'until')::bigint > extract(epoch FROM clock_timestamp()) * 1000000
        THEN
            beyond := format('the seat %s is of %s, not of %s', old_row ->> 'seat', about, session_user);
        END IF;
        IF beyond IS NOT NULL AND NOT is_trusted() THEN
            RAISE insufficient_privilege USING MESSAGE = beyond;
        END IF;
        IF is_said AND step <> 1 AND (step <> 0 OR old_row - unsaid <> new_row - unsaid) AND NOT is_moving() THEN
            RAISE serialization_failure USING MESSAGE = format(
                '%s %s has moved on meanwhile, or its version does not count on by one', TG_TABLE_NAME, about
            );
        END IF;
        IF problem IS NOT NULL AND NOT is_moving() THEN
            RAISE insufficient_privilege USING MESSAGE = problem;
        END IF;
        RETURN NULL;
    END;
END
$$;
