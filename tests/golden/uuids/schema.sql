-- @dialect mysql

-- UUIDs as MySQL keeps them.
-- @engines default, m
CREATE TABLE accounts (
    id      BINARY(16) PRIMARY KEY,
    public  CHAR(36) NOT NULL UNIQUE,
    token   BINARY(16) UNIQUE
);

-- @engines default, m
CREATE TABLE orders (
    account BINARY(16) NOT NULL REFERENCES accounts(id),
    line    INT NOT NULL,
    PRIMARY KEY (account, line)
);
