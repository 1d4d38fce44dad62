-- from
CREATE DOMAIN named AS text NOT NULL;
CREATE DOMAIN counted AS integer NOT NULL DEFAULT 1;
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY, a text, b named, c text NOT NULL, d named NOT NULL);
-- rows
INSERT INTO p VALUES (1, 'x', 'y', 'z', 'w');
-- to
CREATE DOMAIN named AS text NOT NULL;
CREATE DOMAIN counted AS integer NOT NULL DEFAULT 1;
CREATE TABLE p (id bigint NOT NULL PRIMARY KEY, a named, b text, c named, d named, e counted);
CREATE TABLE q (id bigint NOT NULL PRIMARY KEY, a named, b named NOT NULL);
