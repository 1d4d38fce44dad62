-- @engines nope
CREATE TABLE a (id INTEGER PRIMARY KEY);

-- @engines
CREATE TABLE b_table (id INTEGER PRIMARY KEY);

-- @engines b, b
CREATE TABLE c (id INTEGER PRIMARY KEY);

-- @engnies b
CREATE TABLE d (id INTEGER PRIMARY KEY);

-- @engines b-1
CREATE TABLE e (id INTEGER PRIMARY KEY);

CREATE TABLE f (
  id INTEGER PRIMARY KEY,
  note TEXT NOT NULL DEFAULT '-- @engines nope'
);

-- @engines b

-- @engines: b
CREATE TABLE with_a_colon (id INTEGER PRIMARY KEY);

-- @engines b default
CREATE TABLE without_commas (id INTEGER PRIMARY KEY);

CREATE TABLE of_a_query AS SELECT made_up(1) AS id;
