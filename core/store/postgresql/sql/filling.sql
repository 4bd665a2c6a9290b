-- While another database is moved into this one nobody writes here but who moves it, whatever their program last read.
-- The triggers that call this stand on every table from the first entry that is moved until the database is whole.
CREATE OR REPLACE FUNCTION refuse_while_filled() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
    IF NOT is_trusted() THEN
        RAISE object_not_in_prerequisite_state
        USING MESSAGE = 'another database is being moved into this one, and until it is whole nobody works in it';
    END IF;
    RETURN NULL;
END
$$;
