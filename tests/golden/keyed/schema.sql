-- @dialect postgres
-- @engines default, p, lite, proper

-- A table for each kind of key.
CREATE TABLE places (id SMALLINT PRIMARY KEY, note VARCHAR(20));
CREATE TABLE rooms (id INTEGER PRIMARY KEY, note VARCHAR(20));
CREATE TABLE words (id VARCHAR(40) PRIMARY KEY, note VARCHAR(20));
CREATE TABLE tokens (id UUID PRIMARY KEY, note VARCHAR(20));
CREATE TABLE prices (id NUMERIC(12, 3) PRIMARY KEY, note VARCHAR(20));
CREATE TABLE days (id DATE PRIMARY KEY, note VARCHAR(20));
CREATE TABLE moments (id TIMESTAMPTZ PRIMARY KEY, note VARCHAR(20));
CREATE TABLE hours (id TIME PRIMARY KEY, note VARCHAR(20));
