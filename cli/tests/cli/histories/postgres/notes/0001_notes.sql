CREATE TABLE notes (id bigserial PRIMARY KEY, title text NOT NULL);
CREATE FUNCTION events_of_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE note_%s_events (at timestamptz NOT NULL)', NEW.id);
    RETURN NEW;
END $$;
CREATE TRIGGER note_comes AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION events_of_note();
