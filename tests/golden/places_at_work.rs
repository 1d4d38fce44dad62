//! The place in the program that the statements of generated methods are reported with, on all databases; the models are
//! those of the case `relations`.

use bindery::Connection;

use crate::relations::*;
use crate::relations_at_work::{Everything, fill};

/// Covers MON-02.
#[test]
fn mon_02_statements_of_generated_methods_have_the_place_of_their_caller() -> bindery::Result<()> {
    fn show<E: Everything>(db: &Databases, c: &mut Connection<E>) -> bindery::Result<()> {
        let users = fill(c)?;
        let (outcome, counts) = db.registry().count_statements(|| {
            c.users().find_by_email("Ann@example.org")?;
            c.users().upsert_by_email(NewUser::new(user::Required {
                email: "Ann@example.org".into(),
                name: "Ann".into(),
            }))?;
            let new = ["Ann", "Dee"].map(|name| {
                NewUser::new(user::Required {
                    email: format!("{name}@example.org"),
                    name: name.into(),
                })
            });
            c.users().upsert_many_by_email(new)?;
            let of_a = c.users().filter(user::email.ends_with("@a.org"));
            of_a.merge(
                user::email,
                [NewUser::new(user::Required {
                    email: "bob@a.org".into(),
                    name: "Bob".into(),
                })],
            )?;
            users[0].company(c)?;
            users[0].profile(c)?;
            let company = c.companies().all()?.remove(0);
            company.ancestors(c)?;
            company.descendants(c)?;
            Ok::<_, bindery::Error>(())
        });
        outcome?;
        let mut statements = counts.repeated(1);
        // Savepoints around them are the connection's own.
        statements.retain(|statement| statement.model.is_some());
        assert!(statements.len() > 7, "{counts}");
        for statement in statements {
            let place = statement.place.map_or("", |place| place.file());
            assert!(place.ends_with("places_at_work.rs"), "{statement}");
        }
        Ok(())
    }
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    show(&db, &mut db.lite()?)?;
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        show(&db, &mut db.p()?)?;
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        show(&db, &mut db.default()?)?;
    }
    Ok(())
}
