//! Operators of JSON where the engine or the column has none.
bindery_cases::source!(mixed);

type Lite = bindery::Connection<engine::Lite>;

fn a_value_within(c: &mut Lite, value: &bindery::types::JsonValue) -> bindery::Result<u64> {
    c.samples().filter(sample::document.json_contains(value)).count()
}

fn a_key_within(c: &mut bindery::Connection<engine::M>) -> bindery::Result<u64> {
    c.samples().filter(sample::document.json_has_key("a")).count()
}

fn a_column_of_text(c: &mut bindery::Connection<engine::Default>) -> bindery::Result<u64> {
    c.samples().filter(sample::note.json_has_key("a")).count()
}

fn main() {}
