-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY);
-- rows
INSERT INTO t VALUES (1);
-- to
CREATE FUNCTION is_short(cost text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN length(cost) < 9;
CREATE FUNCTION is_cheap(cost bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT cost < 9 $$;
CREATE FUNCTION is_known(cost bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE cost t%ROWTYPE;
BEGIN
    SELECT * INTO cost FROM t LIMIT 1;
    RETURN cost IS NOT NULL;
END $$;
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, CONSTRAINT is_cheap CHECK (is_cheap(id)));
CREATE TABLE cost (
    id bigint NOT NULL PRIMARY KEY,
    name text,
    CONSTRAINT is_short CHECK (is_short(name)),
    CONSTRAINT is_known CHECK (is_known(id))
);
CREATE FUNCTION costs() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM cost';
CREATE FUNCTION dearest() RETURNS bigint LANGUAGE plpgsql STABLE AS $$ DECLARE c cost; BEGIN SELECT * INTO c FROM cost; RETURN c.id; END $$;
CREATE VIEW counted AS SELECT costs() AS costs, dearest() AS dearest FROM t;
