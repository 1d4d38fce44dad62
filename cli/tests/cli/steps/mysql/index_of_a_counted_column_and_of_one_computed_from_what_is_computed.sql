-- from
CREATE TABLE a (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  k bigint NOT NULL,
  c bigint,
  d bigint GENERATED ALWAYS AS (c + 1) STORED,
  PRIMARY KEY (id),
  KEY i (id, d),
  KEY j (id, c)
);
-- rows
INSERT INTO a (k, c) VALUES (1, 1);
-- to
CREATE TABLE a (
  id bigint NOT NULL,
  k bigint NOT NULL,
  c bigint GENERATED ALWAYS AS (k + 1) STORED,
  d varchar(20),
  PRIMARY KEY (id),
  KEY i (id, d),
  UNIQUE KEY j (id, c)
);
