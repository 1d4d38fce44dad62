-- from
CREATE TABLE adherents (id int unsigned NOT NULL PRIMARY KEY, status int unsigned) ENGINE=MyISAM DEFAULT CHARSET=utf8mb4;
-- rows
INSERT INTO adherents VALUES (1, 2);
-- to
CREATE TABLE adherents (id int unsigned NOT NULL PRIMARY KEY, status int unsigned) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE members (id int unsigned NOT NULL PRIMARY KEY, adherent int unsigned, CONSTRAINT members_adherent FOREIGN KEY (adherent) REFERENCES adherents (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
