-- @dialect postgres
-- @engines b

CREATE TYPE color AS ENUM ('red', 'dark red', 'dark-red');
CREATE TYPE paint_color AS ENUM ('red');
CREATE TYPE "paint color" AS ENUM ('red');
CREATE TABLE colors (
  id bigint PRIMARY KEY,
  color color NOT NULL
);
