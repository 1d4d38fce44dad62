-- from
CREATE TABLE users (id int NOT NULL PRIMARY KEY, mark char(36) NOT NULL, UNIQUE KEY users_mark (mark));
CREATE TABLE consents (id int NOT NULL PRIMARY KEY, mark char(36) NOT NULL, KEY consents_subjct (mark),
    CONSTRAINT consents_subjct FOREIGN KEY (mark) REFERENCES users (mark));
-- rows
INSERT INTO users VALUES (1, 'a');
INSERT INTO consents VALUES (1, 'a');
-- to
CREATE TABLE users (id int NOT NULL PRIMARY KEY, mark char(36) NOT NULL, UNIQUE KEY users_mark (mark));
CREATE TABLE consents (id int NOT NULL PRIMARY KEY, mark char(36) NOT NULL, KEY consents_subject (mark),
    CONSTRAINT consents_subject FOREIGN KEY (mark) REFERENCES users (mark) ON UPDATE CASCADE);
