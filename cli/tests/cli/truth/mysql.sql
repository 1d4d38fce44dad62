-- What a person changes in a database by hand. `validate` names each, and `validate --fix` mends it.

-- @schema
CREATE SEQUENCE ticket START WITH 100 INCREMENT BY 5;
CREATE TABLE parents (
  id bigint NOT NULL PRIMARY KEY,
  code varchar(8) NOT NULL UNIQUE
);
CREATE TABLE children (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  parent_id bigint NOT NULL,
  other_id bigint,
  KEY children_by_parent (parent_id),
  KEY children_by_other (other_id),
  CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE
);
CREATE TABLE pairs (
  a bigint NOT NULL,
  b bigint NOT NULL,
  c bigint NOT NULL,
  PRIMARY KEY (a, b)
);
CREATE TABLE heap (
  a bigint NOT NULL,
  b bigint,
  note varchar(40)
) ENGINE = InnoDB;
CREATE TABLE items (
  id bigint NOT NULL PRIMARY KEY,
  name varchar(40) NOT NULL,
  label varchar(40) COLLATE utf8mb4_bin,
  state ENUM ('well', 'ill') NOT NULL DEFAULT 'well',
  flags SET ('a', 'b') NOT NULL DEFAULT 'a',
  number bigint NOT NULL DEFAULT nextval(ticket),
  size integer DEFAULT 7,
  price decimal(10, 2) NOT NULL,
  whole decimal(12, 2) GENERATED ALWAYS AS (price * 2) STORED,
  gone_at datetime,
  changed_at timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  CONSTRAINT items_size CHECK (size > 0),
  UNIQUE KEY items_name_size (name, size),
  KEY items_by_name (name),
  KEY items_begin (name(5)),
  FULLTEXT KEY items_words (label)
);
CREATE VIEW open_items AS SELECT id, name FROM items WHERE gone_at IS NULL;
CREATE VIEW dear_items AS SELECT id, price * 2 AS twice FROM items WHERE price > 1 AND name IN ('ann', 'bob');
CREATE VIEW sizes AS SELECT i.size AS size, count(*) AS number FROM items i GROUP BY i.size;

-- @rows
INSERT INTO parents VALUES (1, 'one'), (2, 'two');
INSERT INTO children (id, parent_id, other_id) VALUES (1, 1, 2), (2, 2, NULL);
INSERT INTO pairs VALUES (1, 1, 1), (1, 2, 2);
INSERT INTO heap VALUES (1, 1, 'n'), (2, NULL, NULL);
INSERT INTO items (id, name, label, price) VALUES (1, 'ann', 'x', 1.5), (2, 'bob', NULL, 2.25);

-- @digest
SELECT concat('parent ', id, code) AS line FROM parents
UNION ALL SELECT concat('child ', id, parent_id, coalesce(other_id, 0)) FROM children
UNION ALL SELECT concat('pair ', a, b, c) FROM pairs
UNION ALL SELECT concat('heap ', a, coalesce(b, 0), coalesce(note, '-')) FROM heap
UNION ALL SELECT concat('item ', id, name, price, whole, coalesce(size, 0), state, flags) FROM items
ORDER BY 1

-- @case a primary key is missing
-- @finds missing pairs.a, b primary key
ALTER TABLE pairs DROP PRIMARY KEY;

-- @case a primary key of other columns
-- @finds differs pairs.a, b primary key
ALTER TABLE pairs DROP PRIMARY KEY, ADD PRIMARY KEY (a, c);

-- @case a primary key that only the database has
-- @finds extra heap.a primary key
ALTER TABLE heap ADD PRIMARY KEY (a);

-- @case a unique key is missing
-- @finds missing items.name, size index
ALTER TABLE items DROP KEY items_name_size;

-- @case a unique key of other columns
-- @finds differs items.name, size index
ALTER TABLE items DROP KEY items_name_size, ADD UNIQUE KEY items_name_size (name, price);

-- @case a unique key that only the database has
-- @finds extra items.id, price index
ALTER TABLE items ADD UNIQUE KEY items_more (id, price);

-- @case a foreign key is missing
-- @finds missing children.parent_id foreign key
ALTER TABLE children DROP FOREIGN KEY children_parent;

-- @case a foreign key of another column
-- @finds differs children.parent_id foreign key
ALTER TABLE children DROP FOREIGN KEY children_parent;
ALTER TABLE children ADD CONSTRAINT children_parent FOREIGN KEY (other_id) REFERENCES parents (id) ON DELETE CASCADE;

-- @case a foreign key to another table
-- @finds differs children.parent_id foreign key
ALTER TABLE children DROP FOREIGN KEY children_parent;
ALTER TABLE children ADD CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES items (id) ON DELETE CASCADE;

-- @case a foreign key with another action
-- @finds differs children.parent_id foreign key
ALTER TABLE children DROP FOREIGN KEY children_parent;
ALTER TABLE children ADD CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES parents (id);

-- @case a foreign key with an action more
-- @finds differs children.parent_id foreign key
ALTER TABLE children DROP FOREIGN KEY children_parent;
ALTER TABLE children ADD CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES parents (id) ON DELETE CASCADE ON UPDATE CASCADE;

-- @case a foreign key that only the database has
-- @finds extra children.other_id foreign key
ALTER TABLE children ADD CONSTRAINT children_other FOREIGN KEY (other_id) REFERENCES parents (id);

-- @case another collation
-- @finds differs items.label collation
ALTER TABLE items MODIFY label varchar(40) COLLATE utf8mb4_unicode_ci;

-- @case a collation is missing
-- @finds differs items.label collation
ALTER TABLE items MODIFY label varchar(40);

-- @case a collation that only the database has
-- @finds differs heap.note collation
ALTER TABLE heap MODIFY note varchar(40) COLLATE utf8mb4_bin;

-- @case another character set
-- @finds differs heap.note type
ALTER TABLE heap MODIFY note varchar(40) CHARACTER SET latin1;

-- @case a sequence is missing
-- @finds missing ticket sequence
-- @finds differs items.number default
ALTER TABLE items ALTER COLUMN number DROP DEFAULT;
DROP SEQUENCE ticket;

-- @case a sequence that no default takes
-- @finds differs items.number default
ALTER TABLE items ALTER COLUMN number DROP DEFAULT;

-- @case a sequence with other options
-- @finds differs ticket sequence
-- @no-migration
ALTER SEQUENCE ticket INCREMENT BY 3 CYCLE;

-- @case a sequence that only the database has
-- @finds extra more sequence
-- @finds differs heap.b default
CREATE SEQUENCE more;
ALTER TABLE heap ALTER COLUMN b SET DEFAULT nextval(more);

-- @case a column does not auto-increment
-- @finds differs children.id generated
ALTER TABLE children MODIFY id bigint NOT NULL;

-- @case a column that auto-increments in the database alone
-- @finds differs pairs.a generated
ALTER TABLE pairs MODIFY a bigint NOT NULL AUTO_INCREMENT;

-- @case an enum lacks a value
-- @finds differs items.state type
ALTER TABLE items MODIFY state ENUM ('well') NOT NULL DEFAULT 'well';

-- @case an enum has a value more
-- @finds differs items.state type
ALTER TABLE items MODIFY state ENUM ('well', 'ill', 'dead') NOT NULL DEFAULT 'well';

-- @case an enum with its values in another order
-- @finds differs items.state type
ALTER TABLE items MODIFY state ENUM ('ill', 'well') NOT NULL DEFAULT 'well';

-- @case a set with a value more
-- @finds differs items.flags type
ALTER TABLE items MODIFY flags SET ('a', 'b', 'c') NOT NULL DEFAULT 'a';

-- @case a default is missing
-- @finds differs items.size default
ALTER TABLE items ALTER COLUMN size DROP DEFAULT;

-- @case another default
-- @finds differs items.size default
ALTER TABLE items ALTER COLUMN size SET DEFAULT 8;

-- @case a default that only the database has
-- @finds differs items.label default
ALTER TABLE items ALTER COLUMN label SET DEFAULT 'none';

-- @case another nullability
-- @finds differs items.name null
-- @finds differs items.size null
ALTER TABLE items MODIFY name varchar(40), MODIFY size integer NOT NULL DEFAULT 7;

-- @case another type
-- @finds differs heap.note type
ALTER TABLE heap MODIFY note varchar(30);

-- @case a number without a sign
-- @finds differs heap.b type
ALTER TABLE heap MODIFY b bigint unsigned;

-- @case a column that does not change with its row
-- @finds differs items.changed_at words
ALTER TABLE items MODIFY changed_at timestamp NOT NULL DEFAULT current_timestamp();

-- @case a computed column with another expression
-- @finds differs items.whole generated
ALTER TABLE items MODIFY whole decimal(12, 2) GENERATED ALWAYS AS (price * 3) STORED;

-- @case a computed column that is not stored
-- @finds differs items.whole generated
ALTER TABLE items DROP COLUMN whole, ADD COLUMN whole decimal(12, 2) GENERATED ALWAYS AS (price * 2) VIRTUAL;

-- @case a check is missing
-- @finds missing items check
ALTER TABLE items DROP CONSTRAINT items_size;

-- @case another check
-- @finds differs items check
ALTER TABLE items DROP CONSTRAINT items_size, ADD CONSTRAINT items_size CHECK (size > 1);

-- @case a check that only the database has
-- @finds extra items check
ALTER TABLE items ADD CONSTRAINT items_price CHECK (price > 0);

-- @case a view is missing
-- @finds missing open_items view
DROP VIEW open_items;

-- @case a view with another condition
-- @finds differs open_items query
CREATE OR REPLACE VIEW open_items AS SELECT id, name FROM items WHERE gone_at IS NOT NULL;

-- @case a view with another number
-- @finds differs dear_items query
CREATE OR REPLACE VIEW dear_items AS SELECT id, price * 2 AS twice FROM items WHERE price > 5 AND name IN ('ann', 'bob');

-- @case a view of other columns
-- @finds differs open_items query
CREATE OR REPLACE VIEW open_items AS SELECT id, label FROM items WHERE gone_at IS NULL;

-- @case a view of another order
-- @finds differs sizes query
CREATE OR REPLACE VIEW sizes AS SELECT i.size AS size, count(*) AS number FROM items i WHERE i.id > 0 GROUP BY i.size;

-- @case a view that only the database has
-- @finds extra more_items view
CREATE VIEW more_items AS SELECT id FROM items;

-- @case an index is missing
-- @finds missing items.name index
ALTER TABLE items DROP KEY items_by_name;

-- @case an index of other columns
-- @finds differs items.name index
ALTER TABLE items DROP KEY items_by_name, ADD KEY items_by_name (name, price);

-- @case an index of the begin of a column is missing
-- @finds missing items.name index
ALTER TABLE items DROP KEY items_begin;

-- @case an index of another begin
-- @finds differs items.name index
ALTER TABLE items DROP KEY items_begin, ADD KEY items_begin (name(6));

-- @case an index of words is missing
-- @finds missing items.label index
ALTER TABLE items DROP KEY items_words;

-- @case an index that is unique
-- @finds differs items.name index
ALTER TABLE items DROP KEY items_by_name, ADD UNIQUE KEY items_by_name (name);

-- @case an index that only the database has
-- @finds extra items.price index
ALTER TABLE items ADD KEY items_more (price);

-- @case another engine of the server
-- @finds differs heap options
ALTER TABLE heap ENGINE = MyISAM;

-- @case a column is missing
-- @finds missing heap.note column
-- @loses
ALTER TABLE heap DROP COLUMN note;

-- @case a column that only the database has
-- @finds extra heap.c column
ALTER TABLE heap ADD COLUMN c integer;

-- @case a table is missing
-- @finds missing pairs table
-- @loses
DROP TABLE pairs;

-- @case a table that only the database has
-- @finds extra more table
CREATE TABLE more (id bigint PRIMARY KEY);
