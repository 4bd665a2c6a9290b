-- A row changes only together with an entry that says so: looked at when the transaction commits, whatever program
-- changed the row. The entries of this transaction are those that the journal's head names.
--
-- Arguments: the subject's kind, the column with its id, and how much an entry must say:
--   told EXCEPT   the new value of every column that changed, but for those of EXCEPT (divided by blanks)
--   touched       only that the subject was acted on
CREATE OR REPLACE FUNCTION guard_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    head journal_head;
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    about text := coalesce(coalesce(new_row, old_row) ->> TG_ARGV[1], '');
    except_columns text[];
    untold text;
    needed text;
BEGIN
    IF is_trusted() THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND old_row ->> TG_ARGV[1] <> about THEN
        RAISE insufficient_privilege USING MESSAGE = format('%s keeps its name: it was %s', TG_TABLE_NAME, old_row ->> TG_ARGV[1]);
    END IF;
    IF TG_ARGV[2] = 'told' THEN
        except_columns := string_to_array(TG_ARGV[3], ' ');
        IF TG_OP = 'UPDATE' AND NOT EXISTS (
            SELECT FROM jsonb_each(new_row) c
            WHERE c.value IS DISTINCT FROM old_row -> c.key AND c.key <> ALL (except_columns)
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    -- Who did it is who the session is; or, where something is taken back, who it had been.
    SELECT c.key INTO untold FROM jsonb_each_text(new_row) c
    WHERE c.key LIKE '%\_by' AND c.value IS DISTINCT FROM coalesce(old_row ->> c.key, '') AND c.value NOT IN ('', session_user)
    AND NOT EXISTS (
        SELECT FROM journal j WHERE j.subject_kind = TG_ARGV[0] AND j.subject_id = about
        AND j.body::jsonb -> 0 -> c.key ->> 0 = c.value
    )
    LIMIT 1;
    IF untold IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = format(
            '%s %s: %s is not %s, who does this', TG_TABLE_NAME, about, untold, session_user
        );
    END IF;
    IF new_row -> 'state' IS DISTINCT FROM old_row -> 'state' THEN
        SELECT r.role INTO needed FROM state_right r
        WHERE r.subject = TG_ARGV[0] AND r.was IN ('*', old_row ->> 'state') AND r.became IN ('*', new_row ->> 'state')
        AND NOT has_role(r.role) LIMIT 1;
        IF needed IS NOT NULL THEN
            RAISE insufficient_privilege USING MESSAGE = format(
                '%s %s from %s to %s asks for the role %s, which %s has not',
                TG_ARGV[0], about, coalesce(old_row ->> 'state', 'nothing'), new_row ->> 'state', needed, session_user
            );
        END IF;
    END IF;
    SELECT * INTO head FROM journal_head WHERE id = 1;
    IF head.tx IS NOT DISTINCT FROM pg_current_xact_id() THEN
        IF TG_ARGV[2] = 'touched' OR TG_OP = 'DELETE' THEN
            IF EXISTS (
                SELECT FROM journal j WHERE j.seq BETWEEN head.first AND head.seq
                AND j.subject_kind = TG_ARGV[0] AND j.subject_id = about
            ) THEN
                RETURN NULL;
            END IF;
        ELSE
            SELECT c.key INTO untold FROM jsonb_each(new_row) c
            WHERE c.key <> ALL (except_columns)
            AND c.value IS DISTINCT FROM coalesce(old_row -> c.key, 'null'::jsonb)
            AND NOT EXISTS (
                SELECT FROM journal j WHERE j.seq BETWEEN head.first AND head.seq
                AND j.subject_kind = TG_ARGV[0] AND j.subject_id = about
                AND j.body::jsonb -> 0 -> c.key -> 1 = c.value
            )
            LIMIT 1;
            IF untold IS NULL THEN
                RETURN NULL;
            END IF;
        END IF;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = format(
        'no entry of this transaction says that %s %s was changed%s', TG_TABLE_NAME, about,
        CASE WHEN untold IS NOT NULL THEN ' in ' || untold ELSE '' END
    );
END
$$;

-- Nothing in the journal is ever changed or removed, by whomever.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'the journal is only ever added to';
END
$$;
CREATE OR REPLACE TRIGGER journal_stays BEFORE UPDATE OR DELETE ON journal
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER journal_stays_whole BEFORE TRUNCATE ON journal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One run at a time acts on a component.
CREATE UNIQUE INDEX IF NOT EXISTS run_one_active ON run (component) WHERE state IN ('waiting', 'running', 'held');
