-- engines: default postgres
CREATE TABLE t (id integer PRIMARY KEY, name text);

CREATE VIEW star AS SELECT * FROM elsewhere;
CREATE VIEW star_of_a_function AS SELECT * FROM generate_series(1, 2) AS g;
CREATE VIEW unknown_function AS SELECT id, strange(name) AS odd FROM t;
CREATE VIEW no_column AS SELECT t.nothing AS a FROM t;
CREATE VIEW of_a_view AS SELECT odd FROM unknown_function;
CREATE VIEW itself AS SELECT id FROM itself;
CREATE VIEW no_name AS SELECT 1;
CREATE VIEW null_only AS SELECT NULL AS a;
CREATE VIEW ambiguous AS SELECT id FROM t a, t b;
CREATE VIEW parts AS SELECT id FROM t UNION SELECT id, name FROM t;
CREATE VIEW mixed AS SELECT id AS a FROM t UNION SELECT name FROM t;
CREATE VIEW row_values AS VALUES (1, 2);
CREATE VIEW operators AS SELECT id, name ~ 'x' AS a FROM t;
CREATE VIEW elements AS SELECT (ARRAY[1, 2])[1] AS a FROM t;
CREATE VIEW many (a, b, c) AS SELECT id, name FROM t;
CREATE VIEW fine AS SELECT t.id FROM t JOIN elsewhere e ON e.id = t.id;
CREATE VIEW unmade AS SELECT id FROM t WHERE strange(id);
CREATE VIEW on_unmade AS SELECT id FROM unmade;
