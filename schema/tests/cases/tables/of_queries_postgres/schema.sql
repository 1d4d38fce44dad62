-- engines: default postgres
-- server: equal

CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE base (id bigserial PRIMARY KEY, label varchar(40) NOT NULL, price numeric(8,2), day date, feels mood NOT NULL DEFAULT 'good');
CREATE TABLE copy AS SELECT * FROM base;
CREATE TABLE chosen WITH (fillfactor = 70) AS SELECT id, label AS name, price FROM base WHERE price > 1;
CREATE TABLE named (a, b) AS SELECT id, day FROM base WITH NO DATA;
CREATE TABLE whole AS TABLE base;
CREATE TABLE counted AS SELECT feels, count(*) AS many FROM copy GROUP BY feels;
ALTER TABLE chosen ADD PRIMARY KEY (id);
ALTER TABLE chosen ADD COLUMN later int;
CREATE UNIQUE INDEX named_a ON named (a);
