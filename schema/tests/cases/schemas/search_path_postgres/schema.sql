-- engines: default postgres

SET search_path = app, pg_catalog;
CREATE TYPE mood AS ENUM ('good');
CREATE TABLE a (id int PRIMARY KEY, mood mood);
ALTER TABLE ONLY a ADD COLUMN n int;
SET search_path TO "$user", public;
CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES app.a (id));
SELECT pg_catalog.set_config('search_path', 'other, public', false);
CREATE TABLE c (id int PRIMARY KEY);
CREATE TABLE app.d (id int PRIMARY KEY);
SELECT set_config('search_path', '', false);
CREATE TABLE public.e (id int PRIMARY KEY);
SET SCHEMA 'third';
CREATE TABLE f (id int PRIMARY KEY);
RESET search_path;
CREATE TABLE g (id int PRIMARY KEY);
