//! Values that a program gives for a new row, and those it leaves out: an upsert changes what is given, NULL included,
//! and nothing else. The same on all three databases; the models are those of the case `given`.

use bindery::{Connection, Engine, ErrorKind, Hosts};

use crate::given::{members::MemberQueries, *};
use crate::on_each::on_each_and_chosen;

/// Of a member, what upserts may change.
fn known<E: Engine>(member: &Member<E>) -> (Option<&str>, Option<i16>, i32, Option<&str>) {
    let (name, colour) = (member.name.as_deref(), member.colour.as_deref());
    (name, member.born, member.points, colour)
}

/// Upserts, alone and in a transaction: other statements are sent there.
fn upsert<E: Hosts<model::Member>>(
    c: &mut Connection<E>,
    is_in_transaction: bool,
    new: NewMember<E>,
) -> bindery::Result<Member<E>> {
    if is_in_transaction {
        c.transaction(|tx| tx.members().upsert_by_email(new))
    } else {
        c.members().upsert_by_email(new)
    }
}

/// By default MySQL counts the rows that a statement changed, not those that it found.
///
/// Covers GEN-10.
#[test]
fn an_unchanged_row_is_saved() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = c.members().insert(NewMember::new("ann@example.org"))?;
        let bob = c.members().insert(NewMember::new("bob@example.org"))?;
        assert!(c.members().save(&ann)?);
        let same = MemberPatch {
            points: Some(ann.points),
            ..MemberPatch::default()
        };
        assert!(c.members().update(ann.id, same)?);
        let both = [ann, bob];
        assert_eq!(c.members().save_many(&both)?, 2);
        for member in both {
            assert_eq!(c.members().get(member.id)?, member);
            c.members().delete(member.id)?;
        }
        Ok(())
    }
    on_each_and_chosen!(given, show)
}

#[test]
fn qry_07_an_upsert_changes_what_is_given_and_nothing_else() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        for is_in_transaction in [false, true] {
            let email = "ann@example.org";
            let mut upsert = |new| upsert(c, is_in_transaction, new);
            let new = NewMember::new(email).name("Ann").born(1990).points(3);
            let ann = upsert(new)?;
            assert_eq!(known(&ann), (Some("Ann"), Some(1990), 3, Some("red")));

            let same = upsert(NewMember::new(email))?;
            assert_eq!(same, ann, "nothing was given");
            let named = upsert(NewMember::new(email).name("Anna"))?;
            assert_eq!(known(&named), (Some("Anna"), Some(1990), 3, Some("red")));
            let none = NewMember::new(email).name(None).born(None).colour(None);
            let none = upsert(none)?;
            assert_eq!(known(&none), (None, None, 3, None), "NULL was given");
            let back = NewMember {
                born: Some(Some(1991)),
                points: Some(4),
                ..NewMember::new(email)
            };
            assert_eq!(known(&upsert(back)?), (None, Some(1991), 4, None));
            assert!(c.members().delete(ann.id)?);
        }
        Ok(())
    }
    on_each_and_chosen!(given, show)
}

#[test]
fn qry_07_a_row_that_is_new_gets_null_and_defaults() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        for is_in_transaction in [false, true] {
            let bare = upsert(c, is_in_transaction, NewMember::new("bob@example.org"))?;
            let null = NewMember::new("cyd@example.org").name(None).colour(None);
            let null = upsert(c, is_in_transaction, null)?;
            assert_eq!(known(&bare), (None, None, 7, Some("red")));
            assert_eq!(known(&null), (None, None, 7, None));
            let copy = NewMember {
                id: None,
                email: "dan@example.org".to_owned(),
                ..NewMember::from(null.clone())
            };
            let copy = upsert(c, is_in_transaction, copy)?;
            assert_eq!(known(&copy), known(&null), "a whole row gives everything");
            let ids = [bare.id, null.id, copy.id];
            assert_eq!(c.members().delete_many(ids)?, 3);
        }
        Ok(())
    }
    on_each_and_chosen!(given, show)
}

#[test]
fn qry_07_a_conflict_on_another_key_changes_nothing() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = NewMember::new("ann@example.org").card("one").name("Ann");
        let ann = c.members().insert(ann)?;
        let bob = NewMember::new("bob@example.org").card("two");
        let bob = c.members().insert(bob.name("Bob"))?;
        let before = c.members().all()?;
        for is_in_transaction in [false, true] {
            // An update, then an insert, of what takes the card of Ann.
            for email in ["bob@example.org", "cyd@example.org"] {
                let taken = NewMember::new(email).card("one").name("None");
                let error = upsert(c, is_in_transaction, taken).expect_err("the card is taken");
                let kind = error.kind();
                assert!(matches!(kind, ErrorKind::UniqueViolation(_)), "{error}");
                assert_eq!(c.members().all()?, before);
            }
        }
        assert_eq!(c.members().delete_many([ann.id, bob.id])?, 2);
        Ok(())
    }
    on_each_and_chosen!(given, show)
}

#[test]
fn qry_07_an_upsert_is_given_its_key() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        for new in [
            NewMember::new("ann@example.org"),
            NewMember::new("ann@example.org").born(1990),
        ] {
            let error = c.members().upsert_by_card(new.clone()).map(drop);
            let error = error.expect_err("no card to go by");
            let kind = error.kind();
            assert!(matches!(kind, ErrorKind::UnsupportedValue(_)), "{error}");
            let error = c.members().upsert_by_born_and_name(new).map(drop);
            assert!(error.is_err(), "no name to go by");
            assert_eq!(c.members().count()?, 0);
        }
        let ann = NewMember::new("ann@example.org").card("one").name("Ann");
        let ann = c.members().upsert_by_card(ann)?;
        let moved = NewMember::new("anna@example.org").card("one");
        let moved = c.members().upsert_by_card(moved)?;
        assert_eq!(
            (moved.id, moved.email.as_str()),
            (ann.id, "anna@example.org")
        );
        assert_eq!(moved.name.as_deref(), Some("Ann"));
        // No row is found by NULL, so this is a new one.
        let other = NewMember::new("bob@example.org").card(None);
        let other = c.members().upsert_by_card(other)?;
        assert_ne!(other.id, ann.id);
        assert_eq!(c.members().delete_many([ann.id, other.id])?, 2);
        Ok(())
    }
    on_each_and_chosen!(given, show)
}

/// Also of rows whose key and values the database gives, and beside a unique key that is taken.
#[test]
fn a_row_that_is_not_read_back_is_stored_as_one_that_is() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        fn both<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
            let (one, two) = ("1@example.org", "2@example.org");
            for given in [
                NewMember::new("").name("Given").points(1),
                NewMember::new("").born(None),
                NewMember::new(""),
            ] {
                let new = |email: &str| NewMember {
                    email: email.to_owned(),
                    ..given.clone()
                };
                let mut known = c.members().insert(new(one))?;
                c.members().insert_only(new(two))?;
                let stored = c.members().get_by_email(two)?;
                (known.id, known.email) = (stored.id, two.to_owned());
                assert_eq!(stored, known);
                c.members()
                    .delete_where(member::email.in_list([one, two]))?;
            }
            Ok(())
        }
        both(c)?;
        c.transaction(|tx| both(tx))?;
        c.members().insert_only(NewMember::new("taken"))?;
        let error = c
            .members()
            .insert_only(NewMember::new("taken"))
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::UniqueViolation(_)),
            "{error:?}"
        );
        assert_eq!(c.members().delete_where(member::email.eq("taken"))?, 1);
        Ok(())
    }
    on_each_and_chosen!(given, show)
}

#[test]
fn rows_of_different_givens_are_inserted_at_once() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let rows = [
            NewMember::new("1@example.org"),
            NewMember::new("2@example.org").name("Two"),
            NewMember::new("3@example.org").name(None).points(1),
            NewMember::new("4@example.org").city("there").born(None),
        ];
        assert_eq!(c.members().insert_many(rows.clone())?, 4);
        assert!(!c.members().insert_or_ignore(rows[1].clone())?);
        let mut all = c.members().all()?;
        all.sort_by(|left, right| left.email.cmp(&right.email));
        let names: Vec<_> = all.iter().map(|member| member.name.as_deref()).collect();
        assert_eq!(names, [None, Some("Two"), None, None]);
        let points: Vec<_> = all.iter().map(|member| member.points).collect();
        assert_eq!(points, [7, 7, 1, 7]);
        assert_eq!(c.members().delete_many(all.iter().map(|row| row.id))?, 4);
        Ok(())
    }
    on_each_and_chosen!(given, show)
}

/// Literals, values, options and `None`, each where its type has to be found out.
#[test]
fn setters_take_what_is_at_hand() {
    let name = String::from("Ann");
    let new = NewMember::<engine::Lite>::new("ann@example.org");
    for (new, expected) in [
        (new.clone().name("Ann"), Some("Ann")),
        (new.clone().name(&name), Some("Ann")),
        (new.clone().name(name.clone()), Some("Ann")),
        (new.clone().name(Some(name.clone())), Some("Ann")),
        (new.clone().name(Some("Ann".into())), Some("Ann")),
        (new.clone().name(None), None),
    ] {
        assert_eq!(new.name, Some(expected.map(str::to_owned)));
    }
    let numbers = new.clone().born(1990).height(1.75).points(5);
    assert_eq!(numbers.born, Some(Some(1990)));
    assert_eq!(
        (numbers.height, numbers.points),
        (Some(Some(1.75)), Some(5))
    );
    let options = new.clone().born(Some(1990)).height(None).id(3);
    assert_eq!(options.born, numbers.born);
    assert_eq!((options.height, options.id), (Some(None), Some(3)));
    let texts = new.clone().city("there").colour("blue");
    assert_eq!(texts.city.as_deref(), Some("there"));
    assert_eq!(texts.colour, Some(Some("blue".to_owned())));
    let brought = new.clone().brought_by(MemberId::new(7));
    assert_eq!(brought.brought_by, Some(Some(MemberId::new(7))));
    assert_eq!(new.clone().brought_by(None).brought_by, Some(None));
    assert_eq!((new.name, new.born, new.points), (None, None, None));
}

#[test]
fn columns_have_the_names_of_methods() -> bindery::Result<()> {
    fn show<E: Hosts<model::Word>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let word = NewWord::new().new_(1).clone(2).default(3).into("four");
        let word = word.self_(5).r#type(6).columns(7).given(8).write(9);
        let word = word.is_open(true).to_day(None).sub(10);
        let word = c.words().insert(word)?;
        assert_eq!(
            (word.new, word.clone, word.default),
            (Some(1), Some(2), Some(3))
        );
        assert_eq!(word.into.as_deref(), Some("four"));
        assert_eq!(
            (word.self_, word.r#type, word.columns),
            (Some(5), 6, Some(7))
        );
        assert_eq!(
            (word.given, word.write, word.sub),
            (Some(8), Some(9), Some(10))
        );
        assert_eq!((word.is_open, word.to_day), (Some(true), None));
        Ok(())
    }
    on_each_and_chosen!(given, show)
}

/// The columns that are given, and no values.
#[test]
fn new_rows_and_patches_show_what_is_given() {
    let new = NewMember::<engine::Lite>::new("ann@example.org")
        .name(None)
        .points(3);
    assert_eq!(
        format!("{new:?}"),
        "NewMember { email: _, name: _, points: _ }"
    );
    let patch = MemberPatch::<engine::Lite> {
        born: Some(None),
        ..MemberPatch::default()
    };
    assert_eq!(format!("{patch:?}"), "MemberPatch { born: _ }");
}

/// A number that a `SMALLINT` has no room for: the row stays as it was, and is read.
#[test]
fn qry_01_a_small_integer_beyond_its_column_is_refused() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let new = NewMember::new("ann@example.org");
        let ann = c.members().insert(new.born(i16::MAX))?;
        let up = || member::born.set_to(member::born + 1);
        let error = c.members().all_rows().update(up()).expect_err("too large");
        assert!(
            matches!(error.kind(), ErrorKind::ValueOutOfRange(_)),
            "{error:?}"
        );
        assert_eq!(c.members().all()?, std::slice::from_ref(&ann));
        let down = || member::born.set_to(member::born - 1);
        assert_eq!(c.members().all_rows().update(down())?, 1);
        assert_eq!(c.members().all_rows().update(up())?, 1);
        let least = member::born.set_to(i16::MIN);
        assert_eq!(c.members().all_rows().update(least)?, 1);
        let error = c
            .members()
            .all_rows()
            .update(down())
            .expect_err("too small");
        assert!(
            matches!(error.kind(), ErrorKind::ValueOutOfRange(_)),
            "{error:?}"
        );
        assert_eq!(c.members().get(ann.id)?.born, Some(i16::MIN));
        assert!(c.members().delete(ann.id)?);
        Ok(())
    }
    on_each_and_chosen!(given, show)
}
