-- from
CREATE TABLE jwk (id bigint NOT NULL PRIMARY KEY, kid varchar(100) NOT NULL, UNIQUE KEY jwk_kid (kid));
CREATE TABLE issuer (id bigint NOT NULL PRIMARY KEY, kid varchar(100) NOT NULL, KEY kid (kid), CONSTRAINT issuer_ibfk_1 FOREIGN KEY (kid) REFERENCES jwk (kid) ON DELETE CASCADE);
-- rows
INSERT INTO jwk VALUES (1, 'one');
INSERT INTO issuer VALUES (1, 'one');
-- to
CREATE TABLE jwk (id bigint NOT NULL PRIMARY KEY, kid varchar(100) CHARACTER SET ascii NOT NULL, UNIQUE KEY jwk_kid (kid));
CREATE TABLE issuer (id bigint NOT NULL PRIMARY KEY, kid varchar(100) CHARACTER SET ascii NOT NULL, KEY issuer_ibfk_1 (kid), CONSTRAINT issuer_ibfk_1 FOREIGN KEY (kid) REFERENCES jwk (kid) ON DELETE CASCADE);
