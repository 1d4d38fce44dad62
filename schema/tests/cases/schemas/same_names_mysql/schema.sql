-- engines: default mysql

CREATE DATABASE one;
USE one;
CREATE TABLE users (id int PRIMARY KEY);
CREATE DATABASE two;
USE two;
CREATE TABLE users (id bigint PRIMARY KEY);
USE one;
ALTER TABLE users ADD COLUMN name varchar(20);
-- A reference without a database stays in the database of its table.
CREATE TABLE two.posts (id int PRIMARY KEY, user_id bigint, FOREIGN KEY (user_id) REFERENCES users (id));
CREATE TABLE posts (id int PRIMARY KEY, user_id int, FOREIGN KEY (user_id) REFERENCES users (id));
CREATE INDEX by_name ON users (name);
