-- from
CREATE SEQUENCE counter AS integer;
CREATE TABLE a (id integer NOT NULL DEFAULT nextval('counter') PRIMARY KEY, x bigint);
-- rows
INSERT INTO a (x) VALUES (1);
-- to
CREATE TABLE a (
    -- @renamed_from id
    number serial NOT NULL PRIMARY KEY,
    x bigint
);
