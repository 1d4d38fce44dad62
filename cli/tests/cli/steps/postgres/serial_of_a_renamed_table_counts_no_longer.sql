-- from
CREATE TABLE a (id serial NOT NULL PRIMARY KEY, n bigserial NOT NULL, x bigint);
-- rows
INSERT INTO a (x) VALUES (1);
-- to
-- @renamed_from a
CREATE TABLE b (
    -- @renamed_from id
    number serial NOT NULL PRIMARY KEY,
    -- @renamed_from n
    m bigint NOT NULL,
    x bigint
);
