-- engines: default sqlite, b postgres, m mysql
-- @engines b, default
CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(20) NOT NULL);
-- @engines b
CREATE TABLE posts (id BIGINT PRIMARY KEY, author BIGINT NOT NULL REFERENCES users(id));

CREATE VIEW authors AS SELECT u.id, u.name, p.id AS post FROM users u JOIN posts p ON p.author = u.id;
-- @engines default, b
CREATE VIEW names AS SELECT id, name FROM users;
