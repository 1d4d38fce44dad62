-- from
CREATE TABLE users (id int NOT NULL PRIMARY KEY);
CREATE TABLE codes (id int NOT NULL PRIMARY KEY, user_id int NOT NULL, nid int NOT NULL, FOREIGN KEY (user_id) REFERENCES users (id));
CREATE TABLE marks (id int NOT NULL PRIMARY KEY, user_id int NOT NULL, nid int NOT NULL, KEY by_user (user_id), FOREIGN KEY (user_id) REFERENCES users (id));
-- rows
INSERT INTO users VALUES (1);
INSERT INTO codes VALUES (1, 1, 2);
INSERT INTO marks VALUES (1, 1, 2);
-- to
CREATE TABLE users (id int NOT NULL PRIMARY KEY);
CREATE TABLE codes (id int NOT NULL PRIMARY KEY, user_id int NOT NULL, nid int NOT NULL, KEY codes_user_nid (user_id, nid), FOREIGN KEY (user_id) REFERENCES users (id));
CREATE TABLE marks (id int NOT NULL PRIMARY KEY, user_id int NOT NULL, nid int NOT NULL, KEY marks_user_nid (user_id, nid), FOREIGN KEY (user_id) REFERENCES users (id));
