//! An interface has its own names and types, and a row of it is that of one of its models.
bindery_cases::source!(contacts);

use bindery::rows::Found;
use bindery::Result;

fn a_column_of_one_engine(db: &Databases) -> Result<Option<Found<ContactRow>>> {
    db.contact().find_by_email_address("ann@example.org")
}

fn a_column_that_is_not_of_the_interface(db: &Databases) -> Result<Option<Found<ContactRow>>> {
    db.contact().find_by_fax("555")
}

fn a_column_of_one_engine_in_a_row(contact: &impl Contact) -> &str {
    contact.full_name()
}

fn a_value_of_another_type(db: &Databases) -> Result<Option<Found<ContactRow>>> {
    db.contact().find_by_number("7")
}

fn a_row_of_one_model(db: &Databases) -> Result<Option<User>> {
    let found = db.contact().find_by_email("ann@example.org")?;
    Ok(found.map(Found::into_row))
}

fn a_row_that_is_changed(mut found: Found<ContactRow>) {
    found.email = "ann@example.org".to_owned();
}

fn an_insert(db: &Databases) -> Result<()> {
    db.contact().insert(NewUser::new("ann@example.org"))
}

fn greeting(contact: &impl Contact) -> String {
    contact.email().to_owned()
}

fn a_row_that_was_not_read(new: &NewUser) -> String {
    greeting(new)
}

fn main() {}
