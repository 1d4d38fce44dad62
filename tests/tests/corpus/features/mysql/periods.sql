-- A period follows its columns; of two, the one that is named goes.
/*M!100403 CREATE TABLE spans (
  a int,
  d date,
  e date,
  s timestamp(6) GENERATED ALWAYS AS ROW START,
  x timestamp(6) GENERATED ALWAYS AS ROW END,
  PERIOD FOR valid (d, e),
  PERIOD FOR SYSTEM_TIME (s, x)
) WITH SYSTEM VERSIONING */;
/*M!100403 ALTER TABLE spans RENAME COLUMN e TO till */;
/*M!100403 CREATE TABLE span_dropped (
  a int,
  d date,
  e date,
  s timestamp(6) GENERATED ALWAYS AS ROW START,
  x timestamp(6) GENERATED ALWAYS AS ROW END,
  PERIOD FOR valid (d, e),
  PERIOD FOR SYSTEM_TIME (s, x)
) WITH SYSTEM VERSIONING */;
/*M!100403 ALTER TABLE span_dropped DROP PERIOD FOR valid */;
