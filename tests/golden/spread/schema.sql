-- @dialect postgres

-- @shard tenant_id
CREATE TABLE users (
    tenant_id bigint NOT NULL,
    id bigint NOT NULL,
    email text NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- Without a key: its rows are changed by queries.
-- @shard tenant_id
CREATE TABLE visits (
    tenant_id bigint NOT NULL,
    day date NOT NULL,
    number bigint NOT NULL
);
