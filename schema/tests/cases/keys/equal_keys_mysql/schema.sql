-- engines: default mysql
-- server: equal on mariadb

-- Of what is said at one column the primary key takes the place of the unique one. MySQL 9 keeps both, to no effect.
CREATE TABLE a (id SERIAL PRIMARY KEY);
CREATE TABLE b (id int UNIQUE PRIMARY KEY UNIQUE);
-- Keys of their own both stay.
CREATE TABLE c (id SERIAL, PRIMARY KEY (id));
CREATE TABLE d (id int PRIMARY KEY, UNIQUE (id));
