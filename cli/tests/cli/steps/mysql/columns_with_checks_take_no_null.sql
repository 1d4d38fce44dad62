-- from
CREATE TABLE a (id int NOT NULL PRIMARY KEY, j longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(j)), k json, n int DEFAULT NULL CHECK (n > 1));
-- rows
INSERT INTO a VALUES (1, '{}', '[]', 2);
-- to
CREATE TABLE a (id int NOT NULL PRIMARY KEY, j longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL CHECK (json_valid(j)), k json NOT NULL, n int NOT NULL CHECK (n > 1));
