-- engines: default mysql

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
