-- engines: default postgres

-- Names that PostgreSQL gave stay when the table or a column is renamed.
CREATE TABLE box (id int PRIMARY KEY, name text UNIQUE, box_id int REFERENCES box (id), code int UNIQUE);
ALTER TABLE box RENAME TO crate;
ALTER TABLE crate RENAME COLUMN code TO number;
ALTER TABLE crate DROP CONSTRAINT box_name_key, DROP CONSTRAINT box_pkey;
ALTER TABLE crate DROP CONSTRAINT box_code_key, DROP CONSTRAINT box_box_id_fkey;

-- Equal keys of one CREATE TABLE are one.
CREATE TABLE twice (id int UNIQUE, PRIMARY KEY (id), a int, b int, UNIQUE (a, b), CONSTRAINT ab UNIQUE (a, b), UNIQUE (b, a), UNIQUE (id) DEFERRABLE);

-- A number from a sequence is a key only where it stands as it is in an integer.
CREATE TABLE numbers (
  a bigint DEFAULT nextval('s'),
  b text DEFAULT nextval('s')::text,
  c text DEFAULT nextval('s'::regclass),
  d double precision DEFAULT pg_catalog.nextval(('s'::text)::regclass),
  e int DEFAULT nextval('s') + 1000,
  f int DEFAULT nextval(('public.s'::text)::regclass)
);
