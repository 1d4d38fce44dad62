-- As a program leaves it that was killed after its decision.
INSERT INTO _bindery_coordinators VALUES ('5zx1.b', 0);
INSERT INTO _bindery_decisions VALUES ('bnd1:5zx1.b:k1-7', 'C', '5zx1.b', 'checkout.default.0', 4102444800000);
