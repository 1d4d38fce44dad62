INSERT INTO users VALUES (1, 'ann@example.org', '555-1', '2001-02-03'), (2, 'bob@example.org', NULL, '1999-12-31');
