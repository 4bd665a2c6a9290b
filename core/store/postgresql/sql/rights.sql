-- What each role may write. Filled anew whenever the rules are laid, from the program's one table.
CREATE TABLE IF NOT EXISTS kind_right (
    kind text NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (kind, role)
);

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

-- Refuses entries of kinds that this session's roles do not allow.
CREATE OR REPLACE FUNCTION check_rights(entries jsonb) RETURNS void
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    house text := current_database() || '_';
    n integer := 0;
    refused text;
    needed text;
BEGIN
    LOOP
        refused := entries -> n ->> 1;
        EXIT WHEN refused IS NULL;
        n := n + 1;
        PERFORM FROM kind_right r WHERE r.kind = refused AND pg_has_role(session_user, (house || r.role)::name, 'USAGE');
        EXIT WHEN NOT FOUND;
    END LOOP;
    IF refused IS NULL THEN
        RETURN;
    END IF;
    SELECT string_agg(r.role, ' or ' ORDER BY r.role) INTO needed FROM kind_right r WHERE r.kind = refused;
    IF needed IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = format('nobody may write an entry %s', refused);
    END IF;
    RAISE insufficient_privilege USING MESSAGE = format(
        '%s asks for the role %s, which %s has not', refused, needed, session_user
    );
END
$$;
