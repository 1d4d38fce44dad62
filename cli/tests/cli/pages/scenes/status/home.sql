-- As a program leaves it that was killed after its decision.
CREATE TABLE _bindery_coordinators (coordinator VARCHAR(64) NOT NULL PRIMARY KEY, started_ms BIGINT NOT NULL);
CREATE TABLE _bindery_decisions (transaction_id VARCHAR(64) NOT NULL PRIMARY KEY, decision CHAR(1) NOT NULL,
  coordinator VARCHAR(64) NOT NULL, branches TEXT NOT NULL, created_ms BIGINT NOT NULL);
INSERT INTO _bindery_coordinators VALUES ('5zx1.b', 0);
INSERT INTO _bindery_decisions VALUES ('bnd1:5zx1.b:k1-7', 'C', '5zx1.b', 'checkout.default.0', 4102444800000);
