CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'Happy');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TABLE every_type (
 id bigserial PRIMARY KEY, ident integer GENERATED ALWAYS AS IDENTITY UNIQUE,
 a boolean NOT NULL, b smallint NOT NULL, c integer NOT NULL, d numeric(3,3) NOT NULL, e numeric(4,2) NOT NULL, f numeric NOT NULL, g real NOT NULL, h double precision NOT NULL,
 i char(1) NOT NULL, j varchar(3) NOT NULL, k text NOT NULL, l bytea NOT NULL, m date NOT NULL, n time NOT NULL, o timetz NOT NULL, p timestamp NOT NULL, q timestamptz NOT NULL,
 r interval NOT NULL, s uuid NOT NULL UNIQUE, t json NOT NULL, u jsonb NOT NULL, v mood NOT NULL, w integer[] NOT NULL, x text[] NOT NULL, y inet NOT NULL, z cidr NOT NULL,
 aa int4range NOT NULL, bb bit(3) NOT NULL, cc tsvector NOT NULL, dd money NOT NULL, ee positive NOT NULL, ff macaddr NOT NULL, gg point NOT NULL, hh xml NOT NULL, ii mood[] NOT NULL,
 jj varbit(5) NOT NULL, kk daterange NOT NULL, ll "char" NOT NULL, mm name NOT NULL, nn oid NOT NULL, calc integer GENERATED ALWAYS AS (c + 1) STORED);
