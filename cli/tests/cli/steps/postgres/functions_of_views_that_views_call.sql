-- from
CREATE TABLE posts (id bigint NOT NULL PRIMARY KEY, stars integer NOT NULL);
CREATE VIEW best AS SELECT id, stars FROM posts WHERE stars > 3;
CREATE FUNCTION shown(one best) RETURNS text LANGUAGE sql STABLE AS $$ SELECT one.id || ': ' || one.stars $$;
CREATE FUNCTION how_many() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM best; END;
CREATE VIEW lines AS SELECT best.id, shown(best) AS line FROM best;
CREATE VIEW beside AS SELECT posts.id, how_many() AS count FROM posts;
CREATE VIEW over_beside AS SELECT id FROM beside WHERE count > 0;
-- rows
INSERT INTO posts (id, stars) VALUES (1, 3), (2, 4);
-- to
CREATE TABLE posts (id bigint NOT NULL PRIMARY KEY, stars bigint NOT NULL);
CREATE VIEW best AS SELECT id, stars FROM posts WHERE stars > 4;
CREATE FUNCTION shown(one best) RETURNS text LANGUAGE sql STABLE AS $$ SELECT one.id || ' has ' || one.stars $$;
CREATE FUNCTION how_many() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM best; END;
CREATE VIEW lines AS SELECT best.id, shown(best) AS line FROM best;
CREATE VIEW beside AS SELECT posts.id, how_many() AS count FROM posts;
CREATE VIEW over_beside AS SELECT id FROM beside WHERE count > 0;
