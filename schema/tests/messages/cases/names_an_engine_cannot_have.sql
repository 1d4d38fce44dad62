-- @engines default, b, m
CREATE TABLE a_table_whose_name_is_longer_than_what_postgresql_keeps_of_a_name_ (
  id INTEGER PRIMARY KEY,
  a_column_whose_name_is_longer_than_what_both_servers_keep_of_a_name INTEGER
);

-- @engines m
CREATE TABLE likes (id INTEGER PRIMARY KEY, "🦀" INTEGER NOT NULL);

CREATE TABLE sqlite_users (id INTEGER PRIMARY KEY);
