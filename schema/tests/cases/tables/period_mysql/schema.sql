-- engines: default mysql
-- server: equal on mariadb

CREATE TABLE stays (
  room int,
  PRIMARY KEY (room, stay WITHOUT OVERLAPS),
  UNIQUE KEY by_guest (guest, `stay` WITHOUT OVERLAPS),
  guest varchar(40) NOT NULL,
  arrives date,
  leaves date,
  PERIOD FOR stay (arrives, leaves)
);
CREATE TABLE prices (item int, valid_from date, valid_to date);
ALTER TABLE prices ADD PERIOD FOR valid (valid_from, valid_to), ADD PRIMARY KEY (item, valid WITHOUT OVERLAPS);
-- The period follows its columns; of two, the one that is named goes.
CREATE TABLE spans (
  a int,
  d date,
  e date,
  s timestamp(6) GENERATED ALWAYS AS ROW START,
  x timestamp(6) GENERATED ALWAYS AS ROW END,
  PERIOD FOR valid (d, e),
  PERIOD FOR SYSTEM_TIME (s, x)
) WITH SYSTEM VERSIONING;
ALTER TABLE spans RENAME COLUMN x TO ends, RENAME COLUMN e TO till;
CREATE TABLE span_dropped (
  a int,
  d date,
  e date,
  s timestamp(6) GENERATED ALWAYS AS ROW START,
  x timestamp(6) GENERATED ALWAYS AS ROW END,
  PERIOD FOR valid (d, e),
  PERIOD FOR SYSTEM_TIME (s, x)
) WITH SYSTEM VERSIONING;
ALTER TABLE span_dropped DROP PERIOD FOR valid;
