-- @dialect postgres

-- @engines b
CREATE TABLE sizes (
    id bigint PRIMARY KEY,
    v1 varchar(10485760),
    v2 varchar(10485761),
    c1 char(10485760),
    c2 char(10485761),
    d1 numeric(1000, 2),
    d2 numeric(1001, 2),
    t6 timestamp(6),
    t7 timestamptz(7),
    at timestamptz DEFAULT 'infinity',
    ratio double precision DEFAULT 'NaN'
);

-- @engines default, m
CREATE TABLE elsewhere (
    id bigint PRIMARY KEY,
    at timestamptz DEFAULT 'infinity',
    began date DEFAULT '-infinity',
    ratio double precision DEFAULT 'NaN',
    ratio4 real DEFAULT '-Infinity',
    amount bigint,
    CHECK (amount < 9223372036854775808),
    CHECK (amount < 9223372036854775807)
);
