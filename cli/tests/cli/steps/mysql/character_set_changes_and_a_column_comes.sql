-- from
CREATE TABLE t (id int NOT NULL PRIMARY KEY, a varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin) DEFAULT CHARSET=utf8mb3;
-- to
CREATE TABLE t (id int NOT NULL PRIMARY KEY, a varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, e enum('a')) DEFAULT CHARSET=utf8mb4;
