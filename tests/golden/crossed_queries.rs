//! Queries that are put together, beside what stands in a schema: tables and columns named as statements name things themselves, keys of
//! several columns, references to the own table, enums. Each is compared with the same computed in this process.

use bindery::query::{Window, count, dense_rank, position, random, row_number, select};
use bindery::{Connection, Hosts, StaticEngine};

use crate::beside::enums::Shade;
use crate::beside::*;
use crate::on_each::on_each;

/// An engine with all models of the case.
pub(crate) trait Both: StaticEngine + Hosts<model::Part> + Hosts<model::Change> {}
impl<E: StaticEngine + Hosts<model::Part> + Hosts<model::Change>> Both for E {}

const SHADES: [Option<Shade>; 4] = [
    Some(Shade::Red),
    None,
    Some(Shade::Green),
    Some(Shade::Blue),
];

/// All rows, in the order of their keys.
struct Whole<E: StaticEngine> {
    parts: Vec<Part<E>>,
    changes: Vec<Change<E>>,
}

impl<E: Both> Whole<E> {
    fn read(c: &mut Connection<E>) -> bindery::Result<Self> {
        Ok(Self {
            parts: c
                .t1()
                .order_by((part::order.asc(), part::group.asc()))
                .all()?,
            changes: c.changed().order_by(change::id.asc()).all()?,
        })
    }

    fn changes_of<'a>(&'a self, part: &'a Part<E>) -> impl Iterator<Item = &'a Change<E>> {
        let is_of = move |change: &&Change<E>| {
            change.order.as_ref() == Some(&part.order) && change.group == Some(part.group)
        };
        self.changes.iter().filter(is_of)
    }

    fn made_from<'a>(&'a self, part: &'a Part<E>) -> impl Iterator<Item = &'a Part<E>> {
        let is_of = move |other: &&Part<E>| {
            other.from_order.as_ref() == Some(&part.order) && other.from_group == Some(part.group)
        };
        self.parts.iter().filter(is_of)
    }

    fn part_of(&self, change: &Change<E>) -> Option<&Part<E>> {
        let (order, group) = (change.order.as_ref()?, change.group?);
        let mut parts = self.parts.iter();
        parts.find(|part| part.order == *order && part.group == group)
    }
}

/// Twelve parts, most of which are made from the one before, and forty changes: of some parts, of none, and of half a key.
fn fill<E: Both>(c: &mut Connection<E>) -> bindery::Result<Whole<E>> {
    let order = |number: usize| ["a", "A", "select"][number % 3].to_owned();
    let group = |number: usize| (number / 3) as i32;
    for number in 0..12 {
        let mut new = NewPart::new(order(number), group(number));
        new = new.select(number as i32 * 7 % 5).shade(SHADES[number % 4]);
        if number % 4 > 0 {
            new = new
                .from_order(order(number - 1))
                .from_group(group(number - 1));
        }
        c.t1().insert(new)?;
    }
    let mut before = None;
    for number in 0..40_usize {
        let mut new = NewChange::new(number as i32 % 6).before_id(before);
        if number % 5 > 0 {
            new = new.order(order(number % 9)).group(group(number % 9));
        } else if number % 2 > 0 {
            new = new.order("half of a key".to_owned());
        }
        let id = c.changed().insert(new)?.id;
        before = (number % 7 != 3).then_some(id);
    }
    Whole::read(c)
}

#[test]
fn qry_01_tables_named_as_statements_name_theirs_are_set_from_related_rows() -> bindery::Result<()>
{
    fn show<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
        let before = fill(c)?;
        let of_changes = part::changed.max(change::selected_1).coalesce(-1);
        c.t1()
            .query()
            .all_rows()
            .update(part::select.set_to(of_changes))?;
        let after = Whole::read(c)?;
        for (part, was) in after.parts.iter().zip(&before.parts) {
            let most = before.changes_of(was).map(|change| change.selected_1).max();
            assert_eq!(part.select, most.unwrap_or(-1), "{was:?}");
        }
        // From rows of the same table, which are changed by the same statement.
        let before = after;
        let is_great = part::t1.sum(part::select).gt(100);
        let of_parts = is_great
            .then(100)
            .otherwise(part::t1.max(part::select).coalesce(-5));
        c.t1()
            .query()
            .all_rows()
            .update(part::select.set_to(of_parts))?;
        let after = Whole::read(c)?;
        for (part, was) in after.parts.iter().zip(&before.parts) {
            let most = before.made_from(was).map(|part| part.select).max();
            assert_eq!(part.select, most.unwrap_or(-5), "{was:?}");
        }
        let before = after;
        c.changed()
            .filter(change::part.to(part::select).is_not_null())
            .update((
                change::selected_1.set_to(change::part.to(part::select).coalesce(0)),
                change::total.set_to(change::changed.sum(change::total + 1).coalesce(0)),
            ))?;
        let after = Whole::read(c)?;
        for (change, was) in after.changes.iter().zip(&before.changes) {
            match before.part_of(was) {
                Some(part) => {
                    let next = before
                        .changes
                        .iter()
                        .filter(|it| it.before_id == Some(was.id));
                    let total: i64 = next.map(|it| it.total + 1).sum();
                    assert_eq!((change.selected_1, change.total), (part.select, total));
                }
                None => assert_eq!(change, was),
            }
        }
        Ok(())
    }
    on_each!(beside, show)
}

#[test]
fn qry_01_rows_without_related_ones_are_deleted_by_keys_of_several_columns() -> bindery::Result<()>
{
    fn show<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
        let before = fill(c)?;
        let unused = (!part::changed.exists()).and(!part::t1.exists());
        let deleted = c.t1().delete_where(unused)?;
        let after = Whole::read(c)?;
        let is_used = |part: &&Part<E>| {
            before.changes_of(part).next().is_some() || before.made_from(part).next().is_some()
        };
        let kept: Vec<_> = before.parts.iter().filter(is_used).cloned().collect();
        assert_eq!(deleted as usize, before.parts.len() - kept.len());
        assert!(deleted > 0 && !kept.is_empty());
        assert_eq!(after.parts, kept);
        let few = change::id.in_query(
            change::before_id
                .select()
                .filter(change::before_id.is_not_null()),
        );
        let without = change::part.to(part::select).is_null().and(!few);
        let deleted = c.changed().delete_where(without)?;
        let is_before = |it: &Change<E>| {
            after
                .changes
                .iter()
                .any(|other| other.before_id == Some(it.id))
        };
        let gone = after
            .changes
            .iter()
            .filter(|it| after.part_of(it).is_none() && !is_before(it));
        assert_eq!(deleted as usize, gone.count());
        Ok(())
    }
    on_each!(beside, show)
}

#[test]
fn qry_01_values_of_rows_related_by_several_columns() -> bindery::Result<()> {
    fn show<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
        let all = fill(c)?;
        let rows = c
            .t1()
            .order_by((part::order.asc(), part::group.asc()))
            .select((
                part::order,
                part::changed.count(),
                part::changed
                    .filter(change::selected_1.ge(3))
                    .sum(change::selected_1),
                part::t1.count(),
                part::t1.then(part::changed).count(),
                part::t1
                    .then(part::t1)
                    .then(part::changed)
                    .max(change::selected_1),
                part::changed.sum(change::changed.count()),
                part::changed.string_agg(
                    change::selected_1.cast::<String>(),
                    "', ?$1\\",
                    change::id.desc(),
                ),
            ))
            .all()?;
        for (part, row) in all.parts.iter().zip(rows) {
            let changes = || all.changes_of(part);
            assert_eq!((&row.0, row.1), (&part.order, changes().count() as u64));
            let great = changes()
                .map(|it| i64::from(it.selected_1))
                .filter(|it| *it >= 3);
            assert_eq!(row.2, great.reduce(|all, one| all + one));
            assert_eq!(row.3, all.made_from(part).count() as u64);
            let further = all.made_from(part).flat_map(|part| all.changes_of(part));
            assert_eq!(row.4, further.count() as u64);
            let twice = all.made_from(part).flat_map(|part| all.made_from(part));
            let twice = twice.flat_map(|part| all.changes_of(part));
            assert_eq!(row.5, twice.map(|it| it.selected_1).max());
            let next = |it: &Change<E>| {
                all.changes
                    .iter()
                    .filter(|other| other.before_id == Some(it.id))
                    .count() as u64
            };
            assert_eq!(row.6, changes().map(next).reduce(|all, one| all + one));
            let mut texts: Vec<_> = changes().map(|it| it.selected_1.to_string()).collect();
            texts.reverse();
            assert_eq!(row.7, (!texts.is_empty()).then(|| texts.join("', ?$1\\")));
        }
        Ok(())
    }
    on_each!(beside, show)
}

#[test]
fn qry_01_first_rows_of_groups_by_several_columns_and_null() -> bindery::Result<()> {
    fn show<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
        let all = fill(c)?;
        for most in [0, 1, 2, 3, 100] {
            let first = c
                .changed()
                .order_by((change::selected_1.desc(), change::id.asc()))
                .per_group((change::order, change::group))
                .limit(most);
            let found = first.order_by(change::id.asc()).all()?;
            let mut expected = Vec::new();
            for change in &all.changes {
                let mut of_group: Vec<_> = all
                    .changes
                    .iter()
                    .filter(|it| (&it.order, it.group) == (&change.order, change.group))
                    .collect();
                of_group.sort_by_key(|it| (-it.selected_1, *it.id.value()));
                let mut first = of_group.into_iter().take(most as usize);
                expected.extend(first.find(|it| it.id == change.id).cloned());
            }
            assert_eq!(found, expected, "{most}");
        }
        // Each part with its latest changes, by the key of two columns; parts without one have none.
        for most in [1_usize, 2, 5] {
            let latest = part::changed.order_by(change::id.desc()).limit(most as u64);
            let loaded = c.load(&all.parts, latest.filter(change::selected_1.ne(4)))?;
            for (at, part) in all.parts.iter().enumerate() {
                let mut expected: Vec<_> = all
                    .changes_of(part)
                    .filter(|it| it.selected_1 != 4)
                    .collect();
                expected.reverse();
                expected.truncate(most);
                assert_eq!(loaded[at].iter().collect::<Vec<_>>(), expected);
            }
            let made = c.load(
                &all.parts,
                part::t1.order_by(part::shade.desc()).limit(most as u64),
            )?;
            for (at, part) in all.parts.iter().enumerate() {
                assert_eq!(made[at].len(), all.made_from(part).count().min(most));
            }
        }
        Ok(())
    }
    on_each!(beside, show)
}

#[test]
fn qry_01_columns_named_as_selected_values_are_keep_their_order() -> bindery::Result<()> {
    fn show<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
        let all = fill(c)?;
        let negative = || change::selected_1 * -1;
        // The first value is named as the column is, which orders the rows.
        let rows = c
            .changed()
            .order_by((change::selected_1.asc(), change::id.asc()))
            .select((negative(), change::selected_1, change::id))
            .limit(9)
            .all()?;
        let mut expected: Vec<_> = all.changes.iter().collect();
        expected.sort_by_key(|it| (it.selected_1, *it.id.value()));
        let ids: Vec<_> = expected.iter().take(9).map(|it| it.id).collect();
        assert_eq!(rows.iter().map(|row| row.2).collect::<Vec<_>>(), ids);
        let mut groups: Vec<_> = all.changes.iter().map(|it| it.selected_1).collect();
        groups.sort_unstable();
        groups.dedup();
        let counted = c
            .changed()
            .select((count(), change::selected_1))
            .group_by(change::selected_1)
            .order_by(change::selected_1.asc())
            .all()?;
        assert_eq!(counted.iter().map(|row| row.1).collect::<Vec<_>>(), groups);
        let distinct = c
            .changed()
            .select((negative(), change::selected_1))
            .distinct()
            .order_by(change::selected_1.asc())
            .limit(3)
            .all()?;
        assert_eq!(
            distinct.iter().map(|row| row.1).collect::<Vec<_>>(),
            groups[..3]
        );
        let united = c
            .changed()
            .select((negative(), change::selected_1))
            .union(select((negative(), change::selected_1)))
            .order_by([position(1).asc()])
            .all()?;
        assert_eq!(united.iter().map(|row| row.1).collect::<Vec<_>>(), groups);
        let first = c
            .changed()
            .order_by(change::selected_1.desc())
            .per_group(change::selected_1)
            .limit(1)
            .select((negative(), change::selected_1))
            .order_by(change::selected_1.desc())
            .all()?;
        groups.reverse();
        assert_eq!(first.iter().map(|row| row.1).collect::<Vec<_>>(), groups);
        Ok(())
    }
    on_each!(beside, show)
}

#[test]
fn qry_01_enums_are_grouped_partitioned_and_sorted_alike() -> bindery::Result<()> {
    fn show<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
        let all = fill(c)?;
        let rows = c
            .t1()
            .select((
                part::order,
                part::group,
                count().over(Window::new().partition_by(part::shade)),
                row_number().over(Window::new().partition_by((part::shade, part::order))),
                dense_rank().over(Window::new().order_by(part::shade.asc())),
            ))
            .order_by((part::order.asc(), part::group.asc()))
            .all()?;
        let sorted = c
            .t1()
            .select(part::shade)
            .distinct()
            .order_by(part::shade.asc())
            .all()?;
        assert_eq!(sorted.len(), 4);
        assert_eq!(sorted[0], None, "NULL is least");
        for (part, row) in all.parts.iter().zip(rows) {
            let same = || all.parts.iter().filter(|it| it.shade == part.shade);
            assert_eq!(
                (&row.0, row.1, row.2),
                (&part.order, part.group, same().count() as u64)
            );
            let before = same().filter(|it| it.order == part.order && it.group <= part.group);
            assert_eq!(row.3, before.count() as u64);
            let place = sorted.iter().position(|shade| *shade == part.shade);
            assert_eq!(row.4, place.expect("it is selected") as u64 + 1);
        }
        let counts = c
            .t1()
            .select((part::shade, count()))
            .group_by(part::shade)
            .order_by(part::shade.desc())
            .all()?;
        let shades: Vec<_> = counts.iter().map(|(shade, _)| *shade).rev().collect();
        assert_eq!(shades, sorted);
        Ok(())
    }
    on_each!(beside, show)
}

#[test]
fn qry_01_rows_by_chance_beside_limits_pages_and_unions() -> bindery::Result<()> {
    fn show<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
        let all = fill(c)?;
        let sample = c.changed().order_by(random()).limit(7).all()?;
        assert_eq!(sample.len(), 7);
        let by_chance = select(change::id).order_by(random()).limit(3);
        let united = c
            .changed()
            .order_by(random())
            .select(change::id)
            .limit(4)
            .union_all(by_chance);
        assert_eq!(united.count()?, 7);
        let one = c
            .changed()
            .order_by(random())
            .per_group(change::selected_1)
            .limit(1)
            .all()?;
        assert_eq!(
            one.iter().map(|it| it.selected_1).collect::<Vec<_>>(),
            [0, 1, 2, 3, 4, 5]
        );
        let within = change::id.in_query(change::id.select().order_by(random()).limit(5));
        assert_eq!(c.changed().filter(within).count()?, 5);
        let after = all.changes.first();
        c.changed()
            .order_by(random())
            .page_after(after)
            .all()
            .expect_err("no page follows another by chance");
        let mut batches = c.changed().order_by(random()).batches(3);
        batches
            .next()
            .expect("one comes")
            .expect_err("nor does a batch");
        let sum = c
            .changed()
            .order_by(random())
            .limit(40)
            .sum(change::selected_1)?;
        assert_eq!(
            sum,
            Some(all.changes.iter().map(|it| i64::from(it.selected_1)).sum())
        );
        Ok(())
    }
    on_each!(beside, show)
}
