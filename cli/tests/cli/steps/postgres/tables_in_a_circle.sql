-- from
CREATE TABLE other (id bigint NOT NULL PRIMARY KEY);
-- to
CREATE TABLE other (id bigint NOT NULL PRIMARY KEY, a_id bigint REFERENCES a (id));
CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, b_id bigint REFERENCES b (id));
CREATE TABLE b (id bigint NOT NULL PRIMARY KEY, a_id bigint REFERENCES a (id));
