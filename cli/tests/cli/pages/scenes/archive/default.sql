INSERT INTO users VALUES (1, 'ann@example.org'), (2, 'joe@example.org');
