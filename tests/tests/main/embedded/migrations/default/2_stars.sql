-- +goose Up
ALTER TABLE notes ADD COLUMN stars INTEGER NOT NULL DEFAULT 0;
-- +goose Down
ALTER TABLE notes DROP COLUMN stars;
