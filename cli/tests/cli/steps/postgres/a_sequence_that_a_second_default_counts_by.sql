-- from
CREATE SEQUENCE marks;
CREATE TABLE a (id bigint NOT NULL DEFAULT nextval('marks') PRIMARY KEY);
-- rows
INSERT INTO a DEFAULT VALUES;
-- to
CREATE SEQUENCE marks;
CREATE TABLE a (id bigint NOT NULL DEFAULT nextval('marks') PRIMARY KEY);
CREATE TABLE b (id bigint NOT NULL DEFAULT nextval('marks') PRIMARY KEY, n bigint DEFAULT nextval('marks'));
