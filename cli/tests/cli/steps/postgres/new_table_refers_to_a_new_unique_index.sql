-- from
CREATE TABLE survey (id bigint NOT NULL PRIMARY KEY, workspace bigint NOT NULL);
-- rows
INSERT INTO survey VALUES (1, 2);
-- to
CREATE TABLE survey (id bigint NOT NULL PRIMARY KEY, workspace bigint NOT NULL);
CREATE UNIQUE INDEX survey_id_workspace ON survey (id, workspace);
CREATE TABLE mapping (id bigint NOT NULL PRIMARY KEY, survey bigint NOT NULL, workspace bigint NOT NULL, FOREIGN KEY (survey, workspace) REFERENCES survey (id, workspace));
