//! Required columns of one type are given by name: none is forgotten, and none is given in an order.
bindery_cases::source!(relations);

fn forgotten(db: &Databases) -> bindery::Result<()> {
    let ann = NewUser::new(user::Required { email: "ann@example.org".into() });
    db.on(engine::Any::Lite)?.users().insert(ann)?;
    Ok(())
}

fn in_an_order() {
    let _: NewUser = NewUser::new("ann@example.org", "Ann");
}

fn main() {}
