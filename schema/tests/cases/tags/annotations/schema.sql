-- engines: b postgres, default sqlite
-- @dialect sqlite

-- People who may sign in.
-- @engines default, b
-- @model Person
CREATE TABLE users ( -- with all rights
  id INTEGER PRIMARY KEY, -- grows by itself
  -- Their address, e.g. ann@example.org.
  -- @deprecated is prose here
  -- @name address
  email TEXT NOT NULL UNIQUE,
  /* @type crate::Money<u8> */ balance NUMERIC(10,2) NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL DEFAULT 1, -- @version
  changed DATETIME, -- @updated
  note TEXT DEFAULT '-- @skip', /* not a tag: '@skip' */
  legacy TEXT -- @skip
);

CREATE TABLE visits (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL, -- @link users(id) on b
  -- @link users(id) on same
  other_id INTEGER
  , "type" TEXT -- leading comma
); -- @engine b

/*
 * Kept by another program.
 * @unmanaged
 */
CREATE TABLE foreign_things (id INTEGER PRIMARY KEY);

-- @skip
CREATE TABLE internal (id INTEGER PRIMARY KEY);
CREATE TABLE uses_internal (id INTEGER PRIMARY KEY REFERENCES internal (id));

ALTER TABLE users ADD COLUMN nick TEXT; -- How others see them.
-- @link visits(id)
ALTER TABLE users ADD COLUMN last_visit INTEGER;
