-- from
CREATE TABLE t (id bigint PRIMARY KEY, a text, b varchar(40), c text NOT NULL DEFAULT '[1,5)', d inet, e macaddr);
-- rows
INSERT INTO t VALUES (1, '10.0.0.1/8', '08:00:2b:01:02:03', '[2,3)', '10.0.0.0/8', '08:00:2b:01:02:03');
-- to
CREATE TABLE t (id bigint PRIMARY KEY, a inet, b macaddr, c int4range NOT NULL DEFAULT '[1,5)', d cidr, e text);
