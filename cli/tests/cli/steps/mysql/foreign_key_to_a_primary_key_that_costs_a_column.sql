-- from
CREATE TABLE canary (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(20), uuid binary(16));
CREATE TABLE secret (id bigint NOT NULL PRIMARY KEY);
-- rows
INSERT INTO canary VALUES (1, 'one', 'aaaaaaaaaaaaaaaa');
-- to
CREATE TABLE canary (uuid binary(16) NOT NULL PRIMARY KEY);
CREATE TABLE secret (id bigint NOT NULL PRIMARY KEY, canary binary(16), KEY secret_canary (canary), CONSTRAINT secret_canary FOREIGN KEY (canary) REFERENCES canary (uuid));
CREATE TABLE noted (id bigint NOT NULL PRIMARY KEY, canary binary(16), CONSTRAINT noted_canary FOREIGN KEY (canary) REFERENCES canary (uuid));
