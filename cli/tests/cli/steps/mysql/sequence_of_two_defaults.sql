-- from
CREATE TABLE other (id bigint NOT NULL PRIMARY KEY);
-- to
CREATE SEQUENCE marks;
CREATE TABLE other (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE a (id bigint NOT NULL DEFAULT nextval(marks) PRIMARY KEY);
CREATE TABLE b (id bigint NOT NULL DEFAULT nextval(marks) PRIMARY KEY);
