-- from
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, body longtext NOT NULL) ENGINE=MyISAM DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
-- rows
INSERT INTO t VALUES (1, 'a');
-- to
CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, body longtext NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
