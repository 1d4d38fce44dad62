-- @dialect postgres
-- Shards whose rows change together.

-- @engines default
CREATE TABLE owners (
    owner BIGINT PRIMARY KEY
);

-- @engines l0
CREATE TABLE accounts (
    owner BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    cents BIGINT NOT NULL,
    PRIMARY KEY (owner, currency)
);
