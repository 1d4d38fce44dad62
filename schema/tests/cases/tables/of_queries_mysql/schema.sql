-- engines: default mysql
-- server: equal

CREATE TABLE base (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, label varchar(40) NOT NULL, price decimal(8,2), day date NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE some ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 AS SELECT label, price, day FROM base;
CREATE TABLE typed (code int NOT NULL DEFAULT 0 PRIMARY KEY, KEY (code)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 SELECT label, price FROM base;
ALTER TABLE some ADD COLUMN later int;
