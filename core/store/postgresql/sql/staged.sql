-- What a reviewer has staged is theirs alone: nobody stages for another, or takes away what another staged.
CREATE OR REPLACE FUNCTION keep_staged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
    whose text := CASE WHEN TG_OP = 'DELETE' THEN OLD.reviewer ELSE NEW.reviewer END;
BEGIN
    IF whose <> session_user AND NOT is_trusted() THEN
        RAISE insufficient_privilege USING MESSAGE = format('what is staged is of %s, not of %s', whose, session_user);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER staged_is_ones_own BEFORE INSERT OR UPDATE OR DELETE ON access_staged
FOR EACH ROW EXECUTE FUNCTION keep_staged();
