-- engines: default postgres

CREATE TABLE parent (id int NOT NULL, name text, old int);
CREATE TABLE child (own int, old int) INHERITS (parent);
CREATE TABLE grandchild (more int) INHERITS (child);
CREATE TABLE adopted (id int NOT NULL, name text, old int);
ALTER TABLE adopted INHERIT parent;
ALTER TABLE parent ADD COLUMN added date NOT NULL;
ALTER TABLE parent ALTER COLUMN name TYPE varchar(40), ALTER COLUMN name SET NOT NULL;
ALTER TABLE parent RENAME COLUMN id TO key;
ALTER TABLE parent DROP COLUMN old;
ALTER TABLE ONLY parent ALTER COLUMN name SET DEFAULT 'x';

CREATE TABLE checked (a int, b int, CHECK (a > 0), CHECK (a > b), c int CHECK (c > 1), d int CONSTRAINT own CHECK (d > 0));
ALTER TABLE checked DROP CONSTRAINT checked_a_check, DROP CONSTRAINT checked_check, DROP CONSTRAINT checked_c_check;
CREATE TABLE a_table_with_quite_a_long_name (a_column_with_an_even_longer_name_than_that int UNIQUE);
ALTER TABLE a_table_with_quite_a_long_name ADD PRIMARY KEY (a_column_with_an_even_longer_name_than_that);
ALTER TABLE a_table_with_quite_a_long_name DROP CONSTRAINT a_table_with_quite_a_long_nam_a_column_with_an_even_longer__key;
