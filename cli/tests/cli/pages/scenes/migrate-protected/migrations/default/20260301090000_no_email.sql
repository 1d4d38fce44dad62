-- No version of the program reads it any more.
ALTER TABLE users DROP COLUMN email;
