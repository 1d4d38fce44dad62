-- from
CREATE TABLE named (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, uuid binary(16) NOT NULL, UNIQUE KEY named_uuid (uuid));
CREATE TABLE secret (id bigint NOT NULL PRIMARY KEY, uuid binary(16) NOT NULL, CONSTRAINT secret_ibfk_1 FOREIGN KEY (uuid) REFERENCES named (uuid));
CREATE TABLE secret_by_name (id bigint NOT NULL PRIMARY KEY, uuid binary(16) NOT NULL, KEY uuid (uuid), CONSTRAINT by_name_ibfk_1 FOREIGN KEY (uuid) REFERENCES named (uuid));
-- rows
INSERT INTO named VALUES (1, 'aaaaaaaaaaaaaaaa'), (2, 'bbbbbbbbbbbbbbbb');
INSERT INTO secret_by_name VALUES (1, 'aaaaaaaaaaaaaaaa');
-- to
CREATE TABLE named (uuid binary(16) NOT NULL PRIMARY KEY, UNIQUE KEY named_uuid (uuid));
CREATE TABLE secret (uuid binary(16) NOT NULL PRIMARY KEY, CONSTRAINT secret_ibfk_1 FOREIGN KEY (uuid) REFERENCES named (uuid));
CREATE TABLE secret_by_name (id bigint NOT NULL, uuid binary(16) NOT NULL PRIMARY KEY, CONSTRAINT by_name_ibfk_1 FOREIGN KEY (uuid) REFERENCES named (uuid));
