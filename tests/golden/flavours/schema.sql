-- Written for MariaDB, which has types of its own, and takes expressions and constants as defaults of any column.
-- @engines default, maria, proper
CREATE TABLE visits (
    id      UUID NOT NULL PRIMARY KEY,
    token   UUID NOT NULL DEFAULT uuid(),
    before  UUID REFERENCES visits (id),
    client  INET6 NOT NULL DEFAULT '::1',
    door    INET4 UNIQUE,
    note    TEXT NOT NULL DEFAULT 'none',
    seen    DATETIME NOT NULL DEFAULT now(),
    day     DATE NOT NULL DEFAULT curdate(),
    label   VARCHAR(20) NOT NULL DEFAULT concat('visit ', 1),
    price   DECIMAL(6, 2) NOT NULL DEFAULT -0.5,
    made    VARCHAR(40) NOT NULL DEFAULT (uuid()),
    KEY (client, door)
);
