-- Case: a value that the help shows is written as SQL writes it.
-- @dialect postgres

CREATE TYPE owner AS ENUM ('it''s mine', 'yours');
CREATE TABLE things (
    id integer PRIMARY KEY,
    owner owner NOT NULL DEFAULT 'it''s yours'
);
