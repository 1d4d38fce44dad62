-- from
CREATE TABLE vcenter (uuid varbinary(16) NOT NULL PRIMARY KEY);
CREATE TABLE connection (vcenter varbinary(16) NOT NULL, priority smallint unsigned NOT NULL, property varchar(20), PRIMARY KEY (vcenter, priority), CONSTRAINT connection_vcenter FOREIGN KEY (vcenter) REFERENCES vcenter (uuid) ON UPDATE CASCADE);
-- rows
INSERT INTO vcenter VALUES ('a');
INSERT INTO connection VALUES ('a', 1, 'x');
-- to
CREATE TABLE vcenter (uuid varbinary(16) NOT NULL PRIMARY KEY);
CREATE TABLE connection (id int unsigned NOT NULL AUTO_INCREMENT, vcenter varbinary(16) DEFAULT NULL, priority smallint unsigned NOT NULL, property varchar(20), PRIMARY KEY (id), KEY connection_vcenter (vcenter), CONSTRAINT connection_vcenter FOREIGN KEY (vcenter) REFERENCES vcenter (uuid) ON UPDATE CASCADE);
