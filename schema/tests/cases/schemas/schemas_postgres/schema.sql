-- engines: default postgres

-- As old dumps write schemas that hold the same names: first all tables, then all keys, each behind its path.
SET search_path = app, pg_catalog;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE users (id int NOT NULL, mood mood);
CREATE TABLE posts (id int NOT NULL, user_id int);
SET search_path = shop, pg_catalog;
CREATE TYPE mood AS ENUM ('cheap');
CREATE TABLE users (id bigint NOT NULL, mood mood, other app.mood);
CREATE TABLE public.users (id smallint NOT NULL, name text);
SET search_path = app, pg_catalog;
ALTER TABLE ONLY users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY posts ADD CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users(id);
CREATE INDEX by_mood ON users (mood);
COMMENT ON TABLE users IS 'of the app';
COMMENT ON COLUMN users.mood IS 'how they feel';
CREATE VIEW moods AS SELECT users.id, users.mood FROM users;
SET search_path = shop, public;
ALTER TABLE ONLY users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE INDEX by_mood ON users (mood);
COMMENT ON TABLE users IS 'of the shop';
CREATE VIEW moods AS SELECT users.id, users.mood FROM users;
ALTER TYPE mood RENAME TO price;
BEGIN;
SET LOCAL search_path TO app;
ALTER TABLE posts ADD COLUMN title text;
COMMIT;
CREATE TABLE posts (id int PRIMARY KEY, user_id bigint REFERENCES users (id), public_id smallint REFERENCES public.users);
ALTER TABLE ONLY public.users ADD PRIMARY KEY (id);
COMMENT ON COLUMN public.users.name IS 'of all';
SELECT set_config('search_path', '"$user", public', false);
CREATE TABLE app.notes (id int PRIMARY KEY, user_id smallint REFERENCES users (id));
DROP INDEX app.by_mood;
