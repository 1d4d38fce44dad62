INSERT INTO users VALUES (3001, 'ann@example.org'), (3002, 'bob@example.org');
UPDATE users SET email = 'eve@example.org' WHERE id = 17;
DELETE FROM users WHERE id = 18;
