-- Case: a view reads a view without a model that lives on another engine.

CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL);

-- @allow B0422
CREATE VIEW labels AS SELECT CASE WHEN id > 1 THEN name ELSE id END AS label FROM people;

-- @engines b
-- @allow B0422
-- @unmanaged
CREATE VIEW shown AS SELECT label FROM labels;
