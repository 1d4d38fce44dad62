UPDATE users SET email = 'changed' WHERE id = 17;
