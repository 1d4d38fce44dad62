-- on: sqlite postgres mysql
CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (c > 0));

CREATE TABLE t (a INTEGER CHECK (A > 0), b VARCHAR(9) CHECK (t.b <> ''));

CREATE TABLE t (a INTEGER CHECK (a), b VARCHAR(9));

CREATE TABLE t (a INTEGER CHECK (a = NULL), b VARCHAR(9));

CREATE TABLE t (a INTEGER CHECK (a > 'x'), b VARCHAR(9));

CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (a = b));

CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (length(a) > 1));

CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (length(b) > 1 AND lower(b) = b AND coalesce(a, 0) BETWEEN 0 AND 9));

CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (a LIKE '1%'));

CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (CASE WHEN a > 1 THEN b ELSE 1 END = 1));

CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (CASE WHEN a > 1 THEN b ELSE '1' END = '1'));

CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (a AND b));

CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (count(a) > 0));

CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (a IN (SELECT 1)));

CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (EXISTS (SELECT 1)));

CREATE TABLE t (a INTEGER, b VARCHAR(9), CHECK (row_number() OVER () > 0));

CREATE TABLE t (a INTEGER, b INTEGER DEFAULT (a + 1));

CREATE TABLE t (a INTEGER, b INTEGER DEFAULT (c + 1));

CREATE TABLE t (a INTEGER, b INTEGER DEFAULT ((SELECT 1)));

CREATE TABLE t (a INTEGER, b INTEGER DEFAULT 1.5, c VARCHAR(9) DEFAULT 5, d VARCHAR(40) DEFAULT CURRENT_TIMESTAMP);

CREATE TABLE t (a INTEGER, b DATE DEFAULT CURRENT_DATE, c TIMESTAMP DEFAULT CURRENT_TIMESTAMP);

CREATE TABLE t (a INTEGER, b DATE DEFAULT '2020-01-31', c DECIMAL(5, 2) DEFAULT '1.50', d JSON DEFAULT '{}');

CREATE TABLE t (a INTEGER DEFAULT TRUE);

CREATE TABLE t (a INTEGER DEFAULT 'x');

CREATE TABLE t (a INTEGER DEFAULT ' 7 ', b DOUBLE PRECISION DEFAULT '1e5');

CREATE TABLE t (a BOOLEAN DEFAULT 1);

CREATE TABLE t (a INTEGER NOT NULL DEFAULT NULL);

CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) STORED);

CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (c * 2) STORED);

CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (sum(a)) STORED);

CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS ((SELECT 1)) STORED);

CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (CAST(a AS CHAR(3))) STORED);

-- on: sqlite postgres
CREATE TABLE t (a INTEGER, b VARCHAR(9)); CREATE INDEX i ON t (lower(b), (a + 1)) WHERE b IS NOT NULL AND a > 3;

CREATE TABLE t (a INTEGER, b VARCHAR(9)); CREATE INDEX i ON t (lower(c));

CREATE TABLE t (a INTEGER, b VARCHAR(9)); CREATE INDEX i ON t (lower(a));

CREATE TABLE t (a INTEGER, b VARCHAR(9)); CREATE INDEX i ON t (a) WHERE c > 0;

CREATE TABLE t (a INTEGER, b VARCHAR(9)); CREATE UNIQUE INDEX i ON t (a) WHERE a;

CREATE TABLE t (a INTEGER, b VARCHAR(9)); CREATE INDEX i ON t (a) WHERE b > 3;

CREATE TABLE t (a INTEGER, b VARCHAR(9)); CREATE INDEX i ON t (a) WHERE a IN (SELECT 1);

-- on: postgres
CREATE TABLE t (a date DEFAULT 'now()', b timestamptz DEFAULT 'now', c date DEFAULT 'yesterday ');

CREATE TABLE t (a date DEFAULT 'some day');

CREATE TABLE t (a text DEFAULT now(), b text DEFAULT current_user, c varchar(5) DEFAULT 7);

CREATE TABLE t (a integer DEFAULT now());

CREATE TABLE t (a text, CHECK (normalize(a, NFKC) = a));

CREATE TABLE t (a text, b text[] DEFAULT '{}', c integer[] DEFAULT ARRAY[]::integer[], CHECK (a = ANY (b)));

CREATE TABLE t (a text, b text[], CHECK (b = ANY (a)));

CREATE TABLE t (a text[] DEFAULT 'x');

CREATE TABLE t (a text, CHECK (a ~ 5));

CREATE TABLE t (a text, CHECK (a ~ '^[a-z]+$' AND (a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])));

CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (a mood DEFAULT 'a'::mood, CHECK (a <> 'b' OR a IN ('a', 'b')));

CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (a mood, b text, CHECK (a = b));

CREATE DOMAIN short AS varchar(5); CREATE TABLE t (a short DEFAULT 'x', CHECK (length(a) > 1 AND a > 'b'));

CREATE FUNCTION lower(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1'; CREATE TABLE t (a integer, CHECK (lower(a) > 0));

CREATE TABLE t (a jsonb DEFAULT '{}', b json DEFAULT '[]', CHECK (a ? 'x' AND a ->> 'y' <> '' AND jsonb_typeof(a) = 'object'));

CREATE TABLE t (a jsonb, CHECK (a -> 'x'));

CREATE TABLE t (a inet, b cidr, c macaddr, CHECK (a << b AND family(a) = 4));

CREATE TABLE t (a interval DEFAULT '1 day', b time DEFAULT '10:00', c uuid DEFAULT gen_random_uuid(), CHECK (a > '0'::interval));

CREATE TABLE t (a integer, b text GENERATED ALWAYS AS (a::text || 'x') STORED, c tsvector GENERATED ALWAYS AS (to_tsvector('english', 'x')) STORED);

CREATE TABLE t (a integer, b tsvector GENERATED ALWAYS AS (a::text) STORED);

CREATE TABLE t (a timestamptz, b timestamp, CHECK (a > now() AND b < now() AND extract(year FROM a) > 2000 AND a - b > interval '1 day'));

CREATE TABLE t (a timestamptz, CHECK (a > 5));

CREATE TABLE t (a serial, b bigserial, c integer GENERATED ALWAYS AS IDENTITY, d integer DEFAULT nextval('t_a_seq'::regclass));

CREATE TABLE t (a integer, CHECK (t IS NOT NULL AND num_nonnulls(a) = 1 AND ROW(a, 1) <> ROW(2, 3)));

CREATE TABLE t (a bytea DEFAULT '\x00', b bit(3) DEFAULT B'101', c "char" DEFAULT 'x', d money DEFAULT 5, e point, CHECK (e[0] > 1));

CREATE TABLE t (a integer); CREATE INDEX i ON t ((a::text || 'x') text_pattern_ops); CREATE INDEX j ON t (abs(a) DESC NULLS LAST);

CREATE TABLE t (a integer, b text); ALTER TABLE t RENAME COLUMN a TO c; ALTER TABLE t ADD CHECK (c > 0), ADD CHECK (d > 0);

CREATE TABLE t (a integer CHECK (t.a > 0)); ALTER TABLE t RENAME TO u; ALTER TABLE u ADD CHECK (u.a > 1);

CREATE TABLE t (a text CHECK (a <> '')); ALTER TABLE t ADD COLUMN b integer DEFAULT 'x';

-- on: mysql
CREATE TABLE t (a INT DEFAULT '', b INT);

CREATE TABLE t (a DECIMAL(5, 2) DEFAULT 'x', b INT);

CREATE TABLE t (a BOOLEAN DEFAULT 'true', b INT);

CREATE TABLE t (a VARCHAR(9) NOT NULL DEFAULT NULL, b INT);

CREATE TABLE t (a INT NOT NULL AUTO_INCREMENT PRIMARY KEY, b INT DEFAULT b'1', c INT DEFAULT '1', d VARCHAR(9) DEFAULT (concat('a', 'b')));

CREATE TABLE t (a INT, b VARCHAR(20) CHECK (json_valid(`b`)), c VARCHAR(9) AS (json_unquote(json_extract(b, '$.x'))) VIRTUAL);

CREATE TABLE t (a DATETIME, b DATETIME, CHECK (timestampdiff(DAY, a, b) > 1 AND a + INTERVAL 1 DAY > b AND extract(YEAR FROM a) > 2000));

CREATE TABLE t (a VARCHAR(9), b VARCHAR(9) AS (convert(a USING utf8mb4)) VIRTUAL, CHECK (a REGEXP '^x' AND a <> "y" AND a <> _utf8mb4'z'));

CREATE TABLE t (a INT, b INT AS (if(a > 1, a, c)) VIRTUAL);

CREATE TABLE t (a INT, b INT DEFAULT (a + c));

CREATE SEQUENCE s; CREATE TABLE t (a INT DEFAULT nextval(s), b INT DEFAULT (NEXT VALUE FOR s));

-- on: sqlite
CREATE TABLE t (a TEXT CHECK (a <> "x"), b TEXT DEFAULT x, CHECK (rowid > 0));

CREATE TABLE t (a TEXT CHECK (a <> `x`));

CREATE TABLE t (a TEXT, b TEXT AS (a || c));

CREATE TABLE t (a, b DEFAULT (strftime('%s', 'now')), CHECK (typeof(a) IN ('integer', 'null') AND max(a, 1) > 0 AND a IS NOT FALSE));

-- on: postgres
CREATE TYPE m AS ENUM ('sad', 'glad'); CREATE DOMAIN d AS m DEFAULT 'sad' CHECK (VALUE <> 'glad'); CREATE TABLE t (a d);

CREATE TYPE m AS ENUM ('sad', 'glad'); CREATE DOMAIN d AS m CHECK (VALUE <> 'nope'); CREATE TABLE t (a d);

CREATE DOMAIN d AS integer DEFAULT 'x' CHECK (VALUE > 'x'); CREATE TABLE t (a d);

CREATE DOMAIN d AS integer DEFAULT true CHECK (valu > 1); CREATE TABLE t (a d);

CREATE DOMAIN d AS text CHECK (VALUE + 1 > 1) CHECK (VALUE); CREATE TABLE t (a d);

CREATE DOMAIN d AS integer CHECK (VALUE > (SELECT 1)) CHECK (count(VALUE) > 1); CREATE TABLE t (a d);

CREATE TABLE t (a INT, b DATE, c DATE, r INT4RANGE, EXCLUDE USING gist (r range_ops WITH &&, daterange(b, c) WITH &&) INCLUDE (a) WITH (fillfactor = 70, buffering = off) WHERE (a > 1));

CREATE TABLE t (a INT, r INT4RANGE, EXCLUDE USING gist (q WITH &&));

CREATE TABLE t (a INT, r INT4RANGE, EXCLUDE USING gist (r WITH &&) WHERE (a));

CREATE TABLE t (a INT, b DATE, EXCLUDE USING gist (daterange(b, a) WITH &&) WHERE (nope > 1));

CREATE TABLE t (a INT, r INT4RANGE, EXCLUDE USING btree ((a + 'x'::text) WITH =), EXCLUDE USING gist (r WITH &&) WHERE (count(*) > 1));

-- on: mysql
CREATE TABLE t (a DATE DEFAULT 'soon', b DATETIME DEFAULT '2026-13-01', c TIME DEFAULT 'soon', d DATE DEFAULT 5);

CREATE TABLE t (a DATE DEFAULT '0000-00-00', b DATE DEFAULT '20260101', c DATE DEFAULT '2026-01-01 10:00:00', d TIME DEFAULT '10:00', e TIMESTAMP DEFAULT 0);
