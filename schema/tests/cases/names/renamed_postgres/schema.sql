-- engines: default postgres

-- A name of a column is the name of a function, a type, a collation and a text as well.
CREATE TABLE a (
  id int PRIMARY KEY,
  lower text NOT NULL CHECK (lower(lower) = lower AND lower <> 'lower'),
  date date,
  text text,
  upper text GENERATED ALWAYS AS (upper((a.text)::text)) STORED,
  CONSTRAINT dated CHECK (date > date '2020-01-01' AND (text)::date < CAST(text AS date) AND "date" IS NOT NULL)
);
CREATE INDEX a_lower ON a (lower(lower), date) WHERE text <> ''::text;
CREATE TABLE b (id int PRIMARY KEY, d text REFERENCES a (lower), e text, FOREIGN KEY (e) REFERENCES a);
ALTER TABLE a ADD UNIQUE (lower);
ALTER TABLE a RENAME COLUMN lower TO "Low er";
ALTER TABLE a RENAME COLUMN date TO made;
ALTER TABLE a RENAME text TO body;
