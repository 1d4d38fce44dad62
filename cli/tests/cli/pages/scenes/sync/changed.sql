UPDATE users SET email = 'ann@example.org', updated_at = '2026-01-02 12:00:00' WHERE id IN (17, 18, 19);
DELETE FROM users WHERE id = 2000;
