CREATE TABLE tags (id bigserial PRIMARY KEY, note_id bigint NOT NULL REFERENCES notes (id), name text NOT NULL);
CREATE INDEX tags_note ON tags (note_id);
