-- @dialect postgres

-- @engines default, postgres, mysql
-- Somebody: a number, a text, and a text that is mostly there.
CREATE TABLE people (
    id         BIGINT PRIMARY KEY,
    name       VARCHAR(40) NOT NULL,
    hair_color VARCHAR(20)
);
