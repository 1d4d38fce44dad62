-- engines: default mysql

CREATE TABLE a (
  id int PRIMARY KEY,
  n int CHECK (n > 0),
  m int GENERATED ALWAYS AS (n * 2) STORED,
  t varchar(10),
  KEY (n, t(4)),
  UNIQUE KEY u ((lower(t))),
  CONSTRAINT c CHECK (`n` < m AND t <> "n")
);
ALTER TABLE a RENAME COLUMN n TO `count`;
ALTER TABLE a CHANGE t text_of varchar(20) NOT NULL;
