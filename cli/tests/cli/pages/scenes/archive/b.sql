INSERT INTO users VALUES (1, 'bob@example.org'), (2, 'eve@example.org');
INSERT INTO posts VALUES (1, 1, 'one'), (2, 2, 'two'), (3, 2, 'three');
