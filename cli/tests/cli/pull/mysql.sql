CREATE TABLE users (
  id int unsigned NOT NULL AUTO_INCREMENT,
  email varchar(120) CHARACTER SET ascii NOT NULL COMMENT 'any case', name varchar(40) COLLATE utf8mb4_bin DEFAULT 'x',
  feeling enum('ok','it''s bad') NOT NULL DEFAULT 'ok',
  data json DEFAULT NULL, up timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  low varchar(40) GENERATED ALWAYS AS (lower(name)) STORED, PRIMARY KEY (id),
  UNIQUE KEY email (email), KEY by_name (name(10)),
  FULLTEXT KEY ft (name),
  CONSTRAINT has_at CHECK (locate("@", email) > 0)) AUTO_INCREMENT=17 COMMENT='People';
CREATE TABLE a (id int PRIMARY KEY, b_id int);
CREATE TABLE b (id int PRIMARY KEY, a_id int,
  CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES a (id) ON DELETE CASCADE ON UPDATE NO ACTION);
ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b (id);
CREATE TABLE parts (id int NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (year(at)) (PARTITION p0 VALUES LESS THAN (2025), PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE SEQUENCE numbers START WITH 10;
CREATE TABLE orders (id int NOT NULL PRIMARY KEY DEFAULT nextval(numbers),
  user_id int unsigned NOT NULL, FOREIGN KEY (user_id) REFERENCES users (id));
CREATE VIEW active AS SELECT u.id, count(*) AS n FROM users u JOIN orders o ON o.user_id = u.id GROUP BY u.id;
CREATE TRIGGER touch BEFORE INSERT ON users FOR EACH ROW SET NEW.name = 'y';
CREATE TABLE _bindery_migrations (x int);
