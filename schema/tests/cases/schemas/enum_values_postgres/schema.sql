-- engines: default postgres
-- server: equal

-- A value that is renamed in one of two enums of a name: defaults of the other keep theirs.

CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE TYPE a.state AS ENUM ('open', 'shut');
CREATE TYPE b.state AS ENUM ('open', 'shut');
CREATE TABLE a.doors (id int PRIMARY KEY, state a.state NOT NULL DEFAULT 'open');
CREATE TABLE b.gates (id int PRIMARY KEY, state b.state NOT NULL DEFAULT 'open');
ALTER TYPE a.state RENAME VALUE 'open' TO 'ajar';
