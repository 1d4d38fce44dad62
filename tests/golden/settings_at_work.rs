//! Rows that are found or replaced by their primary key, or by a unique one, on all three databases; the models are those of
//! the case `given`.

use std::sync::Barrier;

use bindery::{Connection, ErrorKind, Hosts, StaticEngine};

use crate::given::{members::MemberQueries, *};
use crate::on_each::each_database;

trait Tested: StaticEngine + Hosts<model::Setting> + Hosts<model::Member> {}

impl<E: StaticEngine + Hosts<model::Setting> + Hosts<model::Member>> Tested for E {}

macro_rules! by_handle {
    ($db:ident, $engine:path, $connect:ident, $show:expr) => {
        $db.create_missing_on($engine)?;
        $show(&$db, $engine)?;
    };
}

fn setting(name: &str, value: &str) -> NewSetting {
    NewSetting::new(setting::Required {
        name: name.into(),
        value: value.into(),
    })
}

#[test]
fn qry_07_rows_are_upserted_by_their_primary_key() -> bindery::Result<()> {
    fn show<E: Tested>(db: &Databases, engine: E) -> bindery::Result<()> {
        let mut c = db.connect(engine)?;
        let first = c.settings().upsert(setting("theme", "dark").note("mine"))?;
        let second = c.settings().upsert(setting("theme", "light"))?;
        let third =
            c.transaction(|tx| tx.settings().upsert(setting("theme", "blue").note(None)))?;
        let stored = [&first, &second, &third].map(|one| (one.value.as_str(), one.note.as_deref()));
        assert_eq!(
            stored,
            [
                ("dark", Some("mine")),
                ("light", Some("mine")),
                ("blue", None)
            ]
        );
        assert_eq!(third.changes, second.changes + 1);

        let many = [("theme", "red"), ("size", "1"), ("size", "2")];
        let upserted = c
            .settings()
            .upsert_many(many.map(|(name, value)| setting(name, value)))?;
        assert_eq!((upserted.inserted, upserted.updated), (1, 2));
        assert_eq!(
            c.settings().get(SettingId::new("size".to_owned()))?.value,
            "2"
        );
        assert_eq!(c.settings().count()?, 2);
        Ok(())
    }
    each_database!(given, [by_handle], show)
}

/// A key that the database generates has to be given; another unique key is no reason to change its row.
#[test]
fn qry_07_an_upsert_by_a_generated_key_is_given_it() -> bindery::Result<()> {
    fn show<E: Tested>(db: &Databases, engine: E) -> bindery::Result<()> {
        let mut c = db.connect(engine)?;
        let ann = c.members().insert(NewMember::new("ann@example.org"))?;
        let id = *ann.id.value();
        let changed = c
            .members()
            .upsert(NewMember::new("anna@example.org").id(id))?;
        assert_eq!(
            (changed.id, changed.email.as_str()),
            (ann.id, "anna@example.org")
        );

        let without = c.members().upsert(NewMember::new("bob@example.org"));
        let error = without.expect_err("no key is given");
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedValue(_)),
            "{error}"
        );
        let other = c
            .members()
            .upsert(NewMember::new("anna@example.org").id(id + 1));
        let error = other.expect_err("the address is taken");
        assert!(
            matches!(error.kind(), ErrorKind::UniqueViolation(_)),
            "{error}"
        );
        assert_eq!(c.members().count()?, 1);
        Ok(())
    }
    each_database!(given, [by_handle], show)
}

#[test]
fn rows_are_got_by_a_unique_key_or_inserted() -> bindery::Result<()> {
    fn show<E: Tested>(db: &Databases, engine: E) -> bindery::Result<()> {
        let mut c = db.connect(engine)?;
        let error = c.members().get_by_email("ann@example.org");
        assert_eq!(
            error.expect_err("there is no such row").kind(),
            &ErrorKind::NotFound
        );
        let new = NewMember::new("ann@example.org").name("Ann");
        let ann = c.members().get_or_insert_by_email(new)?;
        assert_eq!(c.members().get_by_email("ann@example.org")?, ann);

        let new = || NewMember::new("ann@example.org").name("another");
        assert_eq!(c.members().get_or_insert_by_email(new())?, ann, "as it is");
        let again = c.transaction(|tx| tx.members().get_or_insert_by_email(new()))?;
        assert_eq!(again, ann);
        let set = c.settings().get_or_insert(setting("theme", "dark"))?;
        assert_eq!(c.settings().get_or_insert(setting("theme", "light"))?, set);

        let card = c
            .members()
            .insert(NewMember::new("bob@example.org").card("one"))?;
        let taken = NewMember::new("cyd@example.org").card("one");
        let error = c
            .members()
            .get_or_insert_by_email(taken)
            .expect_err("the card is Bob's");
        assert!(
            matches!(error.kind(), ErrorKind::UniqueViolation(_)),
            "{error}"
        );
        assert_eq!(c.members().get_by_card("one")?, card);
        Ok(())
    }
    each_database!(given, [by_handle], show)
}

/// Several threads at once, alone and in transactions: one row, and no error.
#[test]
fn callers_that_get_or_insert_at_once_get_one_row() -> bindery::Result<()> {
    const ROUNDS: usize = 40;
    const CALLERS: usize = 4;

    fn got<E: Tested>(c: &mut Connection<E>, round: usize) -> bindery::Result<Member<E>> {
        let new = || NewMember::new(format!("{round}@example.org")).card(format!("{round}"));
        if round.is_multiple_of(2) {
            c.members().get_or_insert_by_email(new())
        } else {
            c.transaction(|tx| tx.members().get_or_insert_by_email(new()))
        }
    }

    fn show<E: Tested>(db: &Databases, engine: E) -> bindery::Result<()> {
        let start = Barrier::new(CALLERS);
        let caller = || {
            let mut c = db.connect(engine)?;
            let rows = (0..ROUNDS).map(|round| {
                start.wait();
                got(&mut c, round)
            });
            // Each round is met by all, whatever comes of it.
            let rows: Vec<bindery::Result<Member<E>>> = rows.collect();
            rows.into_iter().collect::<bindery::Result<Vec<_>>>()
        };
        let all = std::thread::scope(|scope| {
            let callers = [(); CALLERS].map(|()| scope.spawn(caller));
            callers.map(|caller| caller.join().expect("it returns its error"))
        });
        let all: Vec<Vec<Member<E>>> = all.into_iter().collect::<bindery::Result<_>>()?;
        assert!(all.iter().all(|rows| *rows == all[0]), "{all:?}");
        assert_eq!(db.connect(engine)?.members().count()?, ROUNDS as u64);
        Ok(())
    }
    each_database!(given, [by_handle], show)
}
