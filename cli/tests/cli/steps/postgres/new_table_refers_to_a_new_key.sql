-- from
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, code integer NOT NULL);
-- rows
INSERT INTO a VALUES (1, 2);
-- to
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, code integer NOT NULL, b_id bigint, CONSTRAINT a_code UNIQUE (code));
CREATE TABLE b (id bigint NOT NULL PRIMARY KEY, code integer REFERENCES a (code));
ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b (id);
