-- Who may log in, and when that was changed.
-- @engines default, p, m
-- @sync from default to p by updated_at
-- @sync from p to m as UserAnalytics by updated_at
CREATE TABLE app_users (
    id         BIGINT PRIMARY KEY,
    email      VARCHAR(200) NOT NULL,
    alias      VARCHAR(100),
    updated_at TIMESTAMP(6) NOT NULL
);

CREATE INDEX app_users_updated_at ON app_users (updated_at, id);

-- What is counted of them.
-- @engines default, p, m
CREATE TABLE user_analytics (
    user_id   BIGINT PRIMARY KEY,
    domain    VARCHAR(100) NOT NULL,
    alias     VARCHAR(100) UNIQUE,
    signed_up DATE NOT NULL,
    changed_at TIMESTAMP(6) -- @updated
);

-- Events with a number that only grows.
-- @engines default, p, m
-- @sync from m to default
CREATE TABLE events (
    id      BIGINT PRIMARY KEY,
    what    VARCHAR(100) NOT NULL,
    change_number BIGINT NOT NULL
);

-- Devices, whose keys other programs may write in capitals.
-- @engines default, p
-- @sync from default to p
CREATE TABLE devices (
    id   UUID PRIMARY KEY,
    name VARCHAR(100) NOT NULL
);

-- Readings, of which not every database can hold each.
-- @engines default, p, m
CREATE TABLE readings (
    id    BIGINT PRIMARY KEY,
    level DOUBLE PRECISION NOT NULL,
    total BIGINT UNSIGNED NOT NULL
);

-- Visits by the second, and by the microsecond.
-- @engines default, p, m
CREATE TABLE coarse_visits (
    id      BIGINT PRIMARY KEY,
    what    VARCHAR(100) NOT NULL,
    seen_at TIMESTAMP(0) NOT NULL
);

-- @engines default, p, m
CREATE TABLE fine_visits (
    id      BIGINT PRIMARY KEY,
    what    VARCHAR(100) NOT NULL,
    seen_at TIMESTAMP(6) NOT NULL
);

-- Prices, of whose values databases have forms of their own.
-- @engines default, p, m
CREATE TABLE prices (
    id    BIGINT PRIMARY KEY,
    price NUMERIC(14, 4) NOT NULL,
    rate  DOUBLE PRECISION NOT NULL,
    since TIMESTAMP(3) NOT NULL,
    about JSON
);
