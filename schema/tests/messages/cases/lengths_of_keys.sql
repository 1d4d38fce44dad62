-- @engines default, m
-- @dialect postgres

-- No length where MySQL needs one.
CREATE TABLE users (
  name text PRIMARY KEY,
  mail character varying NOT NULL UNIQUE,
  photo bytea UNIQUE,
  about text
);

-- @length 191
CREATE TABLE members (
  name text PRIMARY KEY,
  mail character varying NOT NULL UNIQUE, -- @length 60
  photo bytea UNIQUE,
  about text,
  address inet NOT NULL UNIQUE
);

-- Refers to a key of that length.
CREATE TABLE visits (
  id bigserial PRIMARY KEY,
  member text NOT NULL REFERENCES members (name),
  UNIQUE (member)
);

-- @length 255
CREATE TABLE rooms (
  a text, b text, c text, d text,
  PRIMARY KEY (a, b, c, d)
);

CREATE TABLE wrong (
  id bigint PRIMARY KEY, -- @length 5
  a varchar(5), -- @length 5
  -- @length
  b text,
  -- @length 0
  c text,
  -- @length 20 characters
  d text,
  -- @lenght 20
  e text
);

-- Counts where there is no primary key.
CREATE TABLE spool (
  message text NOT NULL,
  seq bigserial
);
