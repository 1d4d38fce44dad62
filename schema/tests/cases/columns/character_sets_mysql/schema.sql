-- engines: default mysql
-- server: equal

-- What a database and a table say of character sets, and what later changes of it do to columns.
CREATE TABLE a (
  a text,
  b text CHARACTER SET utf8mb4,
  c tinytext,
  d text(200),
  e mediumtext,
  f varchar(50),
  g char(3) CHARACTER SET latin1 COLLATE latin1_german1_ci,
  h enum('x', 'y'),
  i longtext,
  j blob,
  k text CHARACTER SET utf8mb3
) CHARSET=latin1;
ALTER TABLE a CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
ALTER TABLE a ADD l text(16384);

CREATE TABLE b (a text, b varchar(9) CHARACTER SET utf8mb4, c text(20000) CHARACTER SET latin1) CHARSET=utf8mb4;
ALTER TABLE b CONVERT TO CHARACTER SET latin1;

CREATE TABLE c (a text(100), b varchar(5), c int) DEFAULT CHARSET=latin1 COLLATE=latin1_bin;
ALTER TABLE c ADD COLUMN d text(100), DEFAULT CHARACTER SET utf8mb4;
ALTER TABLE c ADD COLUMN e text(100), COLLATE utf8mb4_bin;

ALTER SCHEMA CHARACTER SET latin1;
CREATE TABLE d (a text(200), b text(200) CHARACTER SET utf8mb4);
CREATE TABLE e (a text(200)) CHARSET=utf8mb4;
ALTER SCHEMA COLLATE utf8mb4_bin;
CREATE TABLE f (a text(200), b varchar(3));
ALTER TABLE d ADD c text(200);
