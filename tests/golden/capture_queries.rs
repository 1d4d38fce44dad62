//! Rows that queries insert, update and delete many at a time: each of them is recorded, with what is stored.

use bindery::query::excluded;

use super::*;

/// The keys, kinds and texts of the changes since a position, in the order of the keys; then the position after them.
fn changed<E: Any>(
    world: &World,
    position: &mut ChangePosition,
) -> bindery::Result<Vec<(i64, ChangeKind, Option<String>)>> {
    let batch = world.db.registry().changes::<Note<E>>().after(position)?;
    let changes = batch.changes.into_iter();
    let of = |change: bindery::sync::Change<Note<E>>| {
        let body = change.row.map(|row| row.body);
        (*change.key.value(), change.kind, body)
    };
    let mut changes: Vec<_> = changes.map(of).collect();
    changes.sort_by_key(|(id, ..)| *id);
    *position = batch.position;
    Ok(changes)
}

/// Each row is recorded once, with what is stored.
#[test]
fn cdc_01_rows_that_queries_change_many_at_a_time_are_recorded_as_they_are() -> bindery::Result<()>
{
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let mut c = world.db.connect(E::default())?;
        c.notes()
            .insert_many((1..=3).map(|id| new_note(id, &format!("body {id}"))))?;
        let mut position = now::<E>(world)?;
        let body = |text: &str| Some(text.to_owned());

        let id = note::id.value();
        let copies = (
            id.from(note::id.value() + 10),
            note::slug.from(note::slug.concat(" again")),
            note::body.from(note::body.concat("!")),
        );
        assert_eq!(c.notes().insert_from(copies).filter(id.ge(2)).execute()?, 2);
        let expected = [
            (12, Inserted, body("body 2!")),
            (13, Inserted, body("body 3!")),
        ];
        assert_eq!(changed::<E>(world, &mut position)?, expected);

        let both = || note::body.set_to(note::body.concat("+").concat(excluded(note::body)));
        c.notes()
            .insert_or_update(note::slug, new_note(1, "new"), both())?;
        assert_eq!(
            changed::<E>(world, &mut position)?,
            [(1, Updated, body("body 1+new"))]
        );
        let rows = [new_note(2, "x"), new_note(20, "y"), new_note(20, "z")];
        c.notes().insert_or_update_many(note::slug, rows, both())?;
        let found = changed::<E>(world, &mut position)?;
        let last = found.last().expect("there are some");
        assert_eq!(
            (&found[0], last),
            (&(2, Updated, body("body 2+x")), &(20, Updated, body("y+z")))
        );
        assert!(found[1..].iter().all(|(id, ..)| *id == 20), "{found:?}");

        // From rows of the same table, by one statement.
        let greatest = note::body.select().filter(note::id.value().le(3)).max();
        let few = note::id.value().ge(12);
        c.notes()
            .filter(few)
            .update(note::body.set_to(greatest.coalesce("none")))?;
        let expected = [12, 13, 20].map(|id| (id, Updated, body("body 3")));
        assert_eq!(changed::<E>(world, &mut position)?, expected);

        let last = note::id.select().order_by(note::id.desc()).limit(2);
        assert_eq!(c.notes().delete_where(note::id.in_query(last))?, 2);
        assert_eq!(
            changed::<E>(world, &mut position)?,
            [13, 20].map(|id| (id, Deleted, None))
        );

        // Changes that a savepoint undoes are not recorded; later ones are.
        c.transaction(|tx| {
            let undone = tx.transaction(|inner| {
                inner
                    .notes()
                    .query()
                    .all_rows()
                    .update(note::body.set_to("undone"))?;
                inner.notes().get(NoteId::on(E::default(), 4711)).map(drop)
            });
            undone.expect_err("there is no such note");
            let copy = (
                id.from(30),
                note::slug.from("thirty"),
                note::body.from(note::body),
            );
            tx.notes()
                .insert_from(copy)
                .filter(note::id.value().eq(3))
                .execute()
        })?;
        assert_eq!(
            changed::<E>(world, &mut position)?,
            [(30, Inserted, body("body 3"))]
        );
        Ok(())
    }
    on_each_engine!(show)
}

/// The same with names that have to be quoted and a key of three columns.
#[test]
fn cdc_01_rows_of_queries_with_keys_of_several_quoted_columns_are_recorded() -> bindery::Result<()>
{
    fn show<E: Any>(world: &World) -> bindery::Result<()> {
        let mut c = world.db.connect(E::default())?;
        let group = Uuid::from_u128(7);
        let new = |its: i64| NewOrder::new("a", its, group).end(format!("end {its}"));
        c.order_by().insert_many((1..=3).map(new))?;
        let changes = world.db.registry().changes::<Order<E>>();
        let mut position = changes.now()?;
        let copies = (
            order::select.from(order::select.concat("'")),
            order::its.from(order::its + 1),
            order::group.from(order::group),
            order::end.from(order::end),
        );
        c.order_by()
            .insert_from(copies)
            .filter(order::its.ge(2))
            .execute()?;
        let key = (order::select, order::its, order::group);
        let set = order::end.set_to(order::end.concat("; ").concat(excluded(order::end)));
        c.order_by().insert_or_update(key, new(1), set)?;
        let of_copies = order::select.eq("a'").and(order::its.eq(4));
        c.order_by()
            .filter(of_copies)
            .update(order::end.set_to(order::end.select().min().coalesce("")))?;
        let mut found = Vec::new();
        loop {
            let batch = changes.after(&position)?;
            found.extend(batch.changes.into_iter().map(|change| {
                let row = change.row.expect("nothing is deleted");
                (
                    change.kind,
                    row.select,
                    row.its,
                    row.group,
                    row.end.unwrap_or_default(),
                )
            }));
            position = batch.position;
            if !batch.has_more {
                break;
            }
        }
        found.sort_by_key(|(_, _, its, ..)| *its);
        let row = |kind, select: &str, its, end: &str| {
            (kind, select.to_owned(), its, group, end.to_owned())
        };
        let expected = [
            row(Updated, "a", 1, "end 1; end 1"),
            row(Inserted, "a'", 3, "end 2"),
            // Of several changes of a row that are read together there is the last.
            row(Updated, "a'", 4, "end 1; end 1"),
        ];
        assert_eq!(found, expected);
        Ok(())
    }
    on_each_engine!(show)
}
