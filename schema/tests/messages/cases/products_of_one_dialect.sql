-- @dialect mysql

-- @engines default, a, m
CREATE TABLE rooms (
  id integer PRIMARY KEY
);

-- @engines default, a, m
CREATE TABLE stays (
  room integer NOT NULL,
  arrives date NOT NULL,
  leaves date NOT NULL,
  PERIOD FOR stay (arrives, leaves),
  PRIMARY KEY (room, stay WITHOUT OVERLAPS)
) WITH SYSTEM VERSIONING;

-- @engines a
CREATE TABLE nights (
  id integer PRIMARY KEY,
  room integer DEFAULT 1,
  KEY (room),
  FOREIGN KEY (room) REFERENCES rooms (id) ON DELETE SET DEFAULT
);
