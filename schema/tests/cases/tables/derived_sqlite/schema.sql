-- engines: default sqlite

CREATE TABLE base (id INTEGER PRIMARY KEY, label VARCHAR(40) NOT NULL, price REAL, data BLOB);
CREATE TABLE some AS SELECT id, label AS name, price, count(*) AS many FROM base GROUP BY id;
CREATE TABLE again AS SELECT name, many FROM some;
CREATE INDEX some_name ON some (name);
CREATE TABLE not_known AS SELECT made_up(id) AS x FROM base;
