-- @dialect postgres
-- @engines b

CREATE TYPE color AS ENUM ('red', 'dark red', 'dark-red');
CREATE TYPE paint_color AS ENUM ('red');
CREATE TYPE "paint color" AS ENUM ('red');
-- No row holds these: they are no types in Rust.
CREATE TYPE unused_color AS ENUM ('red');
CREATE TYPE "unused color" AS ENUM ('red');
CREATE TYPE twice AS ENUM ('red');
CREATE TYPE twice AS ENUM ('red');
CREATE TABLE colors (
  id bigint PRIMARY KEY,
  color color NOT NULL,
  paint paint_color NOT NULL,
  other "paint color" NOT NULL
);
