-- engines: default postgres

CREATE SERVER films FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'films');
-- Lives elsewhere.
CREATE FOREIGN TABLE IF NOT EXISTS films (
  code char(5) OPTIONS (column_name 'c') NOT NULL,
  title varchar(40) COLLATE "C" NOT NULL, -- as shown
  made date OPTIONS (ADD a 'b', SET c 'd'),
  CHECK (title <> '')
) SERVER films OPTIONS (schema_name 'public', table_name 'f');
ALTER FOREIGN TABLE films OPTIONS (SET table_name 'g');
ALTER FOREIGN TABLE films ADD COLUMN length int OPTIONS (column_name 'l'), ALTER COLUMN code OPTIONS (SET column_name 'x');
COMMENT ON FOREIGN TABLE films IS 'of the cinema';
CREATE FOREIGN TABLE gone (a int) SERVER films;
DROP FOREIGN TABLE gone;
CREATE TABLE parts (id int NOT NULL) PARTITION BY RANGE (id);
CREATE FOREIGN TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (10) SERVER films;
