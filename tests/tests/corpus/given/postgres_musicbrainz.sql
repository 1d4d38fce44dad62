-- MusicBrainz' programs connect with this path; its functions are in other files of its authors, and what they compute
-- does not matter here.
CREATE SCHEMA musicbrainz;
SET search_path = musicbrainz, public;
CREATE FUNCTION controlled_for_whitespace(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION musicbrainz_unaccent(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1';
