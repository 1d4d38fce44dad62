-- engines: default postgres
-- server: equal

-- One sequence for two tables.
CREATE SEQUENCE shared_seq START 100;
CREATE SEQUENCE a_id_seq;
CREATE TABLE a (id int DEFAULT nextval('a_id_seq') PRIMARY KEY, number bigint DEFAULT nextval('shared_seq'::regclass));
CREATE TABLE b (number bigint NOT NULL DEFAULT nextval('shared_seq'), other bigint);
ALTER TABLE b ALTER other SET DEFAULT nextval('public.shared_seq'::regclass);
