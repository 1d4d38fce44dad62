-- engines: b postgres, default sqlite

-- @engine nope
CREATE TABLE t1 (id INTEGER PRIMARY KEY);
-- @engines
CREATE TABLE t2 (id INTEGER PRIMARY KEY);
-- @engines b, default, b
CREATE TABLE t3 (id INTEGER PRIMARY KEY);
-- @enginse b
CREATE TABLE t4 (id INTEGER PRIMARY KEY);
-- @engines b-1
CREATE TABLE t5 (id INTEGER PRIMARY KEY);
-- @engines b default
CREATE TABLE t6 (id INTEGER PRIMARY KEY);
-- @engines b

CREATE TABLE t7 (id INTEGER PRIMARY KEY, a TEXT DEFAULT '
-- @engines nope
');
-- @engines b
-- @engines default
CREATE TABLE t8 (
  -- @engines b
  id INTEGER PRIMARY KEY, -- @version 3
  a INTEGER, -- @link t1
  b INTEGER, -- @link t99(id)
  c INTEGER, -- @link t1(nope)
  d INTEGER, -- @type fn() { }
  e INTEGER, -- @name not a name
  f INTEGER NOT NULL -- @skip
  -- @version
);
-- @model
-- @dialect sqlite
CREATE TABLE t9 (id INTEGER PRIMARY KEY);
-- @unmanaged
CREATE VIEW v AS SELECT 1;
-- @engines b
