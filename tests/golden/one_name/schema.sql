-- BIND-05: two tables of one name on two engines are two models.

-- @engines b
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);

-- @engines analytics
-- @model Visitor
CREATE TABLE users (id BIGINT PRIMARY KEY, visits INTEGER NOT NULL);
