-- @dialect postgres

CREATE TYPE state AS ENUM ('draft', 'published');

-- @engines default, p, lite, proper
CREATE TABLE authors (
    id      BIGINT PRIMARY KEY,
    name    VARCHAR(40) NOT NULL,
    email   VARCHAR(80)
);

-- @engines default, p, lite, proper
CREATE TABLE posts (
    id              BIGINT PRIMARY KEY,
    author_id       BIGINT NOT NULL REFERENCES authors(id),
    title           VARCHAR(200) NOT NULL,
    stars           INTEGER NOT NULL,
    published_on    DATE,
    state           state NOT NULL
);

-- @engines p
CREATE TABLE readings (
    post_id BIGINT NOT NULL,
    at      TIMESTAMPTZ NOT NULL
);
