-- engines: default postgres
-- +goose Up
CREATE TABLE a (id int PRIMARY KEY);

-- +goose Down
-- @skip
DROP TABLE a;
-- +goose Up
ALTER TABLE a ADD COLUMN b int;
-- +goose Down
ALTER TABLE a DROP COLUMN b;
-- migrate:up transaction:false
CREATE TABLE c (id int PRIMARY KEY);
-- migrate:down
DROP TABLE c;
-- +migrate Up
CREATE TABLE d (id int PRIMARY KEY);
---- create above / drop below ----
DROP TABLE d;
