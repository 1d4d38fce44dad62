-- from
CREATE TABLE messages (id bigint NOT NULL PRIMARY KEY, title varchar(40) NOT NULL CHECK (title <> ''), body text NOT NULL CHECK (body <> ''));
-- rows
INSERT INTO messages VALUES (1, 'a', 'b');
-- to
CREATE TABLE messages (id bigint NOT NULL PRIMARY KEY, title varchar(40), body text NOT NULL);
