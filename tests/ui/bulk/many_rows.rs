//! Many rows of another model, of another engine, or of no row that can be written.
bindery_cases::source!(given);

type Lite = bindery::Connection<engine::Lite>;

fn rows_of_another_model(c: &mut Lite) -> bindery::Result<u64> {
    c.members().insert_many([NewWord::new()])
}

fn one_row_that_is_not_in_a_list(c: &mut Lite) -> bindery::Result<bindery::rows::Upserted> {
    c.members().upsert_many_by_email(NewMember::new("ann@example.org"))
}

fn stored_rows(c: &mut Lite, rows: Vec<Member<engine::Lite>>) -> bindery::Result<bindery::rows::Upserted> {
    c.members().upsert_many_by_email(rows)
}

fn a_key_that_is_not_unique(c: &mut Lite) -> bindery::Result<bindery::rows::Upserted> {
    c.members().upsert_many_by_name([NewMember::new("ann@example.org")])
}

fn rows_of_another_engine(c: &mut Lite, other: Member<engine::P>) -> bindery::Result<bool> {
    c.members().save_changes(&other, &other)
}

fn an_update_by_a_condition_of_nothing(c: &mut Lite) -> bindery::Result<Vec<Member<engine::Lite>>> {
    c.members().update_where_returning(member::name.eq("Ann"))
}

fn main() {}
