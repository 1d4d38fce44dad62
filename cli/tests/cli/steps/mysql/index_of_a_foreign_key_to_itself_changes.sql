-- from
CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int NOT NULL, up int, KEY t_up (up), CONSTRAINT t_f FOREIGN KEY (up) REFERENCES t (id));
-- to
CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int NOT NULL, up int, KEY t_up (up, a), CONSTRAINT t_f FOREIGN KEY (up) REFERENCES t (id));
