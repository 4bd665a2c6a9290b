-- Refuses an entry that says of a row what is not so; true otherwise. What it says of a column is what the row holds now,
-- and was made so by this transaction; later changes are looked at by the guards. One statement for each entry: every
-- command waits for it.
--
-- What stands in braces is filled in by core/store/postgresql/claims.py from the table of guards: the subjects whose id
-- is a number, and whose row must be there; and for each subject what finds its row.
CREATE OR REPLACE FUNCTION is_so(kind_said text, subject text, about text, changes jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    is_there boolean;
    col text;
BEGIN
    IF subject = ANY ({numbered}) AND about !~ '^[1-9][0-9]{0,8}$' THEN
        RAISE insufficient_privilege USING MESSAGE = format('%L is the number of no %s', about, subject);
    ELSIF length(about) > 200 OR about ~ '[[:cntrl:]]' THEN
        RAISE insufficient_privilege USING MESSAGE = 'what an entry is about has at most 200 plain characters';
    END IF;
    {rows}
    ELSE
        RETURN true;
    END IF;
    IF is_there IS NULL THEN
        IF subject = ANY ({numbered}) THEN
            RAISE insufficient_privilege USING MESSAGE = format('there is no %s %s', subject, about);
        END IF;
        SELECT c.key INTO col FROM jsonb_each(changes) c
        WHERE c.value -> 1 <> 'null' AND kind_said LIKE subject || '.%' LIMIT 1;
    END IF;
    IF col IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = format('an entry says of %s %s what is not so: its %s', subject, about, col);
    END IF;
    RETURN true;
END
$$;
