-- from
CREATE TABLE a (id serial NOT NULL PRIMARY KEY, x bigint);
-- rows
INSERT INTO a (x) VALUES (1);
-- to
CREATE SEQUENCE counter AS integer;
-- @renamed_from a
CREATE TABLE b (
    -- @renamed_from id
    number integer NOT NULL DEFAULT nextval('counter') PRIMARY KEY,
    x bigint
);
