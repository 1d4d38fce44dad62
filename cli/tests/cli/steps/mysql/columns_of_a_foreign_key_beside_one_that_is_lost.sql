-- from
CREATE TABLE t (
    id bigint NOT NULL,
    k bigint NOT NULL,
    c bigint GENERATED ALWAYS AS (k + 1) STORED,
    up bigint,
    PRIMARY KEY (k),
    UNIQUE KEY i (id, c),
    CONSTRAINT f FOREIGN KEY (up) REFERENCES t (id)
);
CREATE TABLE u (k bigint NOT NULL PRIMARY KEY, t bigint, CONSTRAINT g FOREIGN KEY (t) REFERENCES t (id));
-- rows
INSERT INTO t (id, k, up) VALUES (1, 1, NULL), (2, 2, 1);
INSERT INTO u VALUES (1, 2);
-- to
CREATE TABLE t (
    id bigint unsigned NOT NULL AUTO_INCREMENT,
    k bigint NOT NULL,
    c bigint,
    up bigint unsigned,
    PRIMARY KEY (k),
    UNIQUE KEY i (id, c),
    CONSTRAINT f FOREIGN KEY (up) REFERENCES t (id)
);
CREATE TABLE u (k bigint NOT NULL PRIMARY KEY, t bigint unsigned, CONSTRAINT g FOREIGN KEY (t) REFERENCES t (id));
