-- What each role may write. Filled anew whenever the rules are laid, from the program's one table.
CREATE TABLE IF NOT EXISTS kind_right (
    kind text NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (kind, role)
);
-- What an entry of the kind is about, and whether the role may write it of oneself only.
ALTER TABLE kind_right ADD COLUMN IF NOT EXISTS subject text NOT NULL DEFAULT '';
ALTER TABLE kind_right ADD COLUMN IF NOT EXISTS own boolean NOT NULL DEFAULT false;

CREATE TABLE IF NOT EXISTS state_right (
    subject text NOT NULL,
    was text NOT NULL,
    became text NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (subject, was, became)
);

-- The group of a role in this database: groups belong to the whole server, so they carry the database's name.
CREATE OR REPLACE FUNCTION group_of(role text) RETURNS name
LANGUAGE sql STABLE
RETURN current_database() || '_' || role;

-- Whether the person (or the agent) of this session has a role.
CREATE OR REPLACE FUNCTION has_role(role text) RETURNS boolean
LANGUAGE sql STABLE
RETURN pg_has_role(session_user, group_of(role), 'USAGE');

-- Refuses an entry of a kind that this session's roles do not allow, and says which role would; or one of another subject.
CREATE OR REPLACE FUNCTION refuse_kind(refused text, subject text, about text) RETURNS void
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    needed text;
    belongs text;
BEGIN
    SELECT string_agg(r.role, ' or ' ORDER BY r.role), min(r.subject) INTO needed, belongs FROM kind_right r WHERE r.kind = refused;
    IF needed IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = format('nobody may write an entry %s', refused);
    ELSIF NOT EXISTS (SELECT FROM kind_right r WHERE r.kind = refused AND has_role(r.role)) THEN
        RAISE insufficient_privilege USING MESSAGE = format(
            '%s asks for the role %s, which %s has not', refused, needed, session_user
        );
    ELSIF belongs IS DISTINCT FROM subject THEN
        RAISE insufficient_privilege USING MESSAGE = format('an entry %s is about a subject %s, not %s', refused, belongs, subject);
    END IF;
    RAISE insufficient_privilege USING MESSAGE = format('%s says %s of nobody else, not of %s', session_user, refused, about);
END
$$;

-- Refuses an entry of a kind that this session may not write, of this subject; asked where `roles_for` does not tell.
CREATE OR REPLACE FUNCTION check_kind(kind_said text, subject_said text, about text) RETURNS void
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    PERFORM FROM kind_right r
    WHERE r.kind = kind_said AND has_role(r.role) AND r.subject = subject_said AND (NOT r.own OR about = session_user);
    IF NOT FOUND THEN
        PERFORM refuse_kind(kind_said, subject_said, about);
    END IF;
END
$$;
DROP FUNCTION IF EXISTS refuse_kind(text);
DROP FUNCTION IF EXISTS check_rights(jsonb);
