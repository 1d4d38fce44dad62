-- @requires SQLite 3.99
CREATE TABLE users (id INTEGER PRIMARY KEY);
