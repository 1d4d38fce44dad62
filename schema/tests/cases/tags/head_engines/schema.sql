-- engines: b postgres, c mysql, default sqlite
/* @dialect sqlite
   @engines b, c */

CREATE TABLE a (id integer PRIMARY KEY);

-- @engines default
CREATE TABLE o (id integer PRIMARY KEY);

-- About a2, not a tag: see @engines default.
CREATE TABLE a2 (id integer PRIMARY KEY, a_id integer REFERENCES a);
