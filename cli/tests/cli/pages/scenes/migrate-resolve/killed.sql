ALTER TABLE orders DROP COLUMN total;
UPDATE _bindery_migrations SET stage = 'applying', at_work = 3, done = 2 WHERE version = '20260301090000';
