-- engines: default mysql
-- server: equal

-- As a dump begins: MySQL refuses such defaults otherwise.
SET sql_mode = 'NO_ENGINE_SUBSTITUTION';

CREATE TABLE polls (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  -- A date of zeros is what a row has without one.
  begins date NOT NULL DEFAULT '0000-00-00',
  ends datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  seen timestamp NOT NULL DEFAULT 0,
  closed timestamp(3) NULL DEFAULT '0000-00-00 00:00:00.000',
  -- Others are what they always were.
  made datetime NOT NULL DEFAULT '2000-01-01 00:00:00',
  votes int NOT NULL DEFAULT 0,
  label varchar(20) NOT NULL DEFAULT '0000-00-00',
  own datetime NOT NULL DEFAULT '0000-00-00 00:00:00', -- @type bindery::types::NaiveDateTime
  length time NOT NULL DEFAULT 0
);

CREATE VIEW open_polls AS SELECT id, ends AS until FROM polls;
