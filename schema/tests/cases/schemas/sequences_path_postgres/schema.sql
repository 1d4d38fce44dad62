-- engines: default postgres

CREATE SCHEMA first;
CREATE SCHEMA second;
SET search_path = first, pg_catalog;
CREATE TABLE plain (id integer NOT NULL, name text);
CREATE SEQUENCE plain_id_seq
    START WITH 10
    INCREMENT BY 5
    NO MAXVALUE;
ALTER SEQUENCE plain_id_seq OWNED BY plain.id;
ALTER TABLE ONLY plain ALTER COLUMN id SET DEFAULT nextval('plain_id_seq'::regclass);
ALTER TABLE ONLY plain ADD CONSTRAINT plain_pkey PRIMARY KEY (id);
CREATE SEQUENCE shared;
ALTER SEQUENCE shared CACHE 5;
CREATE TABLE counted (id bigint PRIMARY KEY DEFAULT nextval('shared'), again bigint DEFAULT nextval('first.shared'));
ALTER SEQUENCE shared MAXVALUE 100000;

SET search_path = second, pg_catalog;
CREATE TABLE other (id integer NOT NULL, name text);
CREATE SEQUENCE plain_id_seq START WITH 3;
ALTER SEQUENCE plain_id_seq OWNED BY other.id;
ALTER TABLE ONLY other ALTER COLUMN id SET DEFAULT nextval('plain_id_seq'::regclass);
RESET search_path;

-- A sequence goes with the table of its column, also one that is not called after it.
CREATE SEQUENCE numbers;
CREATE TABLE moving (id serial PRIMARY KEY, number bigint DEFAULT nextval('numbers'), code int GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE numbers OWNED BY moving.number;
ALTER TABLE moving SET SCHEMA second;
ALTER TABLE second.moving RENAME TO moved;
ALTER SEQUENCE second.numbers RENAME TO numbers_of_moved;
ALTER SEQUENCE second.numbers_of_moved INCREMENT BY 7;

