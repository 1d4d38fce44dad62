-- @dialect postgres

CREATE TYPE color AS ENUM ('red', 'dark red', 'dark-red');
CREATE TYPE audit_state AS ENUM ('read', 'READ', 'Read2');
CREATE TABLE colors (id bigint PRIMARY KEY, color color NOT NULL, state audit_state);
CREATE TABLE blog (id bigint PRIMARY KEY);
CREATE TABLE blogs (id bigint PRIMARY KEY, blog bigint REFERENCES blog);
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE audit.users (id bigint PRIMARY KEY);
CREATE TABLE session (id bigint PRIMARY KEY);
CREATE TABLE "default" (id bigint PRIMARY KEY);
CREATE TABLE "commit" (id bigint PRIMARY KEY);
CREATE TABLE "commit_" (id bigint PRIMARY KEY);
-- @model WebTransaction
CREATE TABLE transaction (id bigint PRIMARY KEY);
