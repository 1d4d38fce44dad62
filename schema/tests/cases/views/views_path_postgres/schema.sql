-- engines: default postgres
-- server: equal

CREATE SCHEMA app;
SET search_path = app, public;
CREATE TABLE users (id int PRIMARY KEY, name text);
CREATE VIEW names AS SELECT u.name, (SELECT count(*) FROM users) AS others FROM users u;
CREATE VIEW named AS WITH users AS (SELECT name FROM names) SELECT name FROM users WHERE EXISTS (SELECT 1 FROM app.users);
