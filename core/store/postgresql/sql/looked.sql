-- How far somebody has looked is theirs alone to say, at the server's own instant, and never ahead of the journal.
CREATE OR REPLACE FUNCTION keep_looked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    IF NOT is_trusted() THEN
        IF NEW.person <> session_user OR (TG_OP = 'UPDATE' AND OLD.person <> NEW.person) THEN
            RAISE insufficient_privilege USING MESSAGE = format('%s is not %s, who says this', NEW.person, session_user);
        END IF;
        IF NEW.seq < 0 OR NEW.seq > (SELECT h.seq FROM journal_head h WHERE h.id = 1) THEN
            RAISE insufficient_privilege USING MESSAGE = format('there is no entry %s yet', NEW.seq);
        END IF;
        NEW.at := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER looked_is_ones_own BEFORE INSERT OR UPDATE ON looked
FOR EACH ROW EXECUTE FUNCTION keep_looked();
