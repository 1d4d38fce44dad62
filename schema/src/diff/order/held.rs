//! Changes that the database refuses as long as one before them is commented out: a computed column, a check or a foreign key over a
//! column whose other type loses values, a foreign key to a key that is not made yet, and a view of such a column.

use std::collections::BTreeSet;

use super::bound::with_bound;
use super::effects::Sides;
use super::part::{DatabasePart, Side};
use crate::dialect::Dialect;
use crate::diff::change::{Change, ColumnChange};
use crate::diff::facts::Facts;
use crate::diff::key::{Key, KeyKind};
use crate::diff::structure::{ColumnShape, Structure, ViewShape};
use crate::model::TableName;
use crate::syntax::sites;

/// Why groups that are not commented out have to be, in their order: they need what a commented one makes.
pub(in crate::diff) fn held_back(
    (from, to): (&Structure, &Structure),
    groups: &[Vec<Change>],
    is_commented: &[bool],
) -> Vec<Option<&'static str>> {
    let mut held = Held {
        sides: Sides {
            from: Side::new(from),
            to: Side::new(to),
        },
        retyped: BTreeSet::new(),
        missing: BTreeSet::new(),
        kept: BTreeSet::new(),
        staying: BTreeSet::new(),
        unchanged: BTreeSet::new(),
    };
    let commented = groups.iter().zip(is_commented).filter(|(_, is)| **is);
    held.staying = commented
        .flat_map(|(group, _)| group)
        .flat_map(|change| held.sides.effects(change).drops)
        .collect();
    let bound = with_bound(&held.sides, groups, is_commented);
    let whys = groups.iter().enumerate().map(|(at, group)| {
        let why = match is_commented[at] {
            true => None,
            false if bound[at] => Some(BOUND),
            false if group.iter().any(|one| held.is_kept(one)) => Some(KEPT),
            false if group.iter().any(|one| held.is_function_of_staying(one)) => Some(STAYS),
            false => group.iter().any(|one| held.needs(one)).then_some(NEEDS),
        };
        if why.is_some() || is_commented[at] {
            group.iter().for_each(|change| held.note(change));
        }
        why
    });
    whys.collect()
}

const NEEDS: &str = "it needs what is commented out above";

const KEPT: &str = "what is commented out above still has it";

const STAYS: &str = "it is a function of what is commented out below";

const BOUND: &str =
    "a column that a foreign key binds to this one keeps its type, as that change is commented out";

struct Held<'s> {
    sides: Sides<'s>,
    /// Columns that keep their type for now.
    retyped: BTreeSet<DatabasePart>,
    /// Columns, keys and views that are not made for now.
    missing: BTreeSet<DatabasePart>,
    /// Types, sequences and functions of what stays for now.
    kept: BTreeSet<DatabasePart>,
    /// Dropped once the comment signs are removed.
    staying: BTreeSet<DatabasePart>,
    /// Functions among these, which come again with other types.
    unchanged: BTreeSet<DatabasePart>,
}

impl Held<'_> {
    fn dialect(&self) -> Dialect {
        self.sides.to.dialect()
    }

    fn facts(&self) -> &'static Facts {
        self.sides.to.facts()
    }

    /// Whether it drops an object that is still in use.
    fn is_kept(&self, change: &Change) -> bool {
        let is_object = matches!(change, Change::DropObject(_) | Change::DropEnum(_));
        is_object && is_among(&self.sides.effects(change).drops, &self.kept)
    }

    /// Whether it drops a function that only goes as a part of its head or atomic body does.
    fn is_function_of_staying(&self, change: &Change) -> bool {
        let is_function = matches!(change, Change::DropObject(one) if one.kind == "FUNCTION");
        is_function && is_among(&self.sides.effects(change).leaves, &self.staying)
    }

    fn note(&mut self, change: &Change) {
        let left = self.sides.effects(change).leaves.into_iter();
        self.kept
            .extend(left.filter(|part| matches!(part, DatabasePart::Object(_))));
        match change {
            Change::ChangeColumn {
                table,
                from,
                to,
                changes,
            } => {
                let is_converted = self.facts().columns.is_converted;
                if is_converted(from, to) && changes.contains(&ColumnChange::Type) {
                    self.retyped
                        .insert(self.sides.to.column_part(table, &to.name));
                }
            }
            Change::AddColumn { table, column } => {
                let part = self.sides.to.column_part(table, &column.name);
                self.missing.insert(part);
            }
            Change::AddKey { table, key } => {
                self.missing.insert(self.sides.to.key_part(table, key));
            }
            Change::CreateView(view) => {
                self.missing.insert(self.sides.to.table_part(&view.name));
            }
            Change::DropObject(object) => {
                self.unchanged.insert(self.sides.from.object_part(object));
            }
            _ => {}
        }
    }

    fn needs(&self, change: &Change) -> bool {
        match change {
            Change::AddColumn { table, column } => self.computed(table, column),
            Change::ChangeColumn { table, to, .. } => self.computed(table, to),
            Change::AddKey { table, key } => self.key(table, key),
            Change::CreateView(view) => self.view(view),
            Change::CreateObject(object) => {
                self.unchanged.contains(&self.sides.to.object_part(object))
            }
            _ => false,
        }
    }

    /// A name in its query may be another thing than the column: then it waits for no reason, and the file says so.
    fn view(&self, view: &ViewShape) -> bool {
        let to = &self.sides.to;
        let names = sites(&view.query, self.dialect());
        let is_other = self.is_other_view(view);
        let lacks = |part: &DatabasePart| {
            self.missing.contains(part) || (is_other && self.retyped.contains(part))
        };
        view.reads.iter().any(|table| {
            let mut columns = names.iter().map(|name| to.column_part(table, &name.text));
            let is_column = columns.any(|part| lacks(&part));
            is_column || self.missing.contains(&to.table_part(table))
        })
    }

    /// Whether it calculates with types in another way than before.
    fn is_other_view(&self, view: &ViewShape) -> bool {
        let mut known = self.sides.from.structure.views.iter();
        let is_same = |one: &ViewShape| one.name == view.name && one.query == view.query;
        self.facts().columns.typed_expressions && !known.any(is_same)
    }

    /// One with the expression that it had has a type for it.
    fn computed(&self, table: &TableName, column: &ColumnShape) -> bool {
        let old = self.sides.from.table(table);
        let old = old.and_then(|table| table.column(&column.name, self.dialect()));
        let is_same = old.is_some_and(|old| old.generated == column.generated);
        let read = self.sides.to.read_columns(table, column);
        let is_typed = self.facts().columns.typed_expressions;
        is_typed && !is_same && is_among(&read, &self.retyped)
    }

    fn key(&self, table: &TableName, key: &Key) -> bool {
        let to = &self.sides.to;
        let own = to.columns_of_key(table, key);
        let referred = to.referred_columns(key);
        if is_among(&own, &self.missing) || is_among(&referred, &self.missing) {
            return true;
        }
        // A key that is there stays as long as one in its place is a comment.
        let [there, _] = self.sides.from.servers(table, key);
        let [serving, _] = to.servers(table, key);
        let mut serving = serving.iter().map(|(table, one)| to.key_part(table, one));
        let are_missing = serving.len() > 0 && serving.all(|part| self.missing.contains(&part));
        if there.is_empty() && are_missing {
            return true;
        }
        let mut known = self.sides.from.keys(table).iter();
        if known.any(|one| one.does_the_same(key)) {
            return false;
        }
        let typed = match key.kind {
            KeyKind::ForeignKey => own.iter().chain(&referred).cloned().collect(),
            KeyKind::Check | KeyKind::Exclusion | KeyKind::Index
                if self.facts().columns.typed_expressions =>
            {
                to.columns_in(table, &key.reads)
            }
            _ => Vec::new(),
        };
        is_among(&typed, &self.retyped)
    }
}

fn is_among(parts: &[DatabasePart], all: &BTreeSet<DatabasePart>) -> bool {
    parts.iter().any(|part| all.contains(part))
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::diff::{Plan, Structure, plan};

    /// The statements that are no comments.
    fn executed(from: &str, to: &str) -> Vec<String> {
        executed_on(Dialect::Postgres, from, to)
    }

    fn executed_on(dialect: Dialect, from: &str, to: &str) -> Vec<String> {
        let structure_of = |sql| Structure::read(sql, dialect, None).expect("a schema");
        let planned = plan(&Plan {
            from: &structure_of(from),
            to: &structure_of(to),
            renames: &[],
            triggers: &[],
        });
        let planned = planned.expect("it can be read again");
        assert!(planned.left.is_empty(), "{:?}", planned.left);
        let steps = planned.up.into_iter().chain(planned.online);
        let steps = steps.filter(|step| !step.commented);
        steps.flat_map(|step| step.statements).collect()
    }

    #[test]
    fn what_needs_a_type_that_is_commented_out_is_a_comment_too() {
        let from = "CREATE TABLE t (id bigint PRIMARY KEY, a varchar(20), b bigint);";
        let to = "CREATE TABLE t (id bigint PRIMARY KEY, a smallint, b bigint,
            c bigint GENERATED ALWAYS AS (a + 1) STORED, CONSTRAINT k CHECK (a > 1), CONSTRAINT l CHECK (b > 1));
            CREATE INDEX i ON t (c); CREATE INDEX j ON t (b);";
        let executed = executed(from, to);
        assert_eq!(executed.len(), 3, "{executed:?}");
        assert!(executed[0].contains("\"j\""), "{executed:?}");
        assert!(executed[1].contains("\"l\""), "{executed:?}");
    }

    /// The type of `id` is in one statement with `c`, whose values are lost, so `up` keeps its type, too.
    #[test]
    fn columns_of_a_foreign_key_keep_their_types_together() {
        let table = |kind: &str, counted: &str, generated: &str| {
            format!(
                "CREATE TABLE t (id {kind} NOT NULL {counted}, k bigint NOT NULL, c bigint {generated}, up {kind}, PRIMARY KEY (k),
                UNIQUE KEY i (id, c), CONSTRAINT f FOREIGN KEY (up) REFERENCES t (id));"
            )
        };
        let from = table("bigint", "", "GENERATED ALWAYS AS (k + 1) STORED");
        let to = table("bigint unsigned", "AUTO_INCREMENT", "");
        let executed = executed_on(Dialect::Mysql, &from, &to);
        assert!(
            executed.iter().all(|sql| !sql.contains("unsigned")),
            "{executed:?}"
        );
        assert_eq!(executed.len(), 2, "{executed:?}");
        assert!(executed[1].contains("ADD CONSTRAINT `f`"), "{executed:?}");
    }

    /// The type of `t.id` is in one statement with `c`, whose values are lost.
    #[test]
    fn a_new_table_comes_without_its_foreign_key_to_a_type_that_is_commented_out() {
        let table = |kind: &str, counted: &str, generated: &str| {
            format!(
                "CREATE TABLE t (id {kind} NOT NULL {counted}, k bigint NOT NULL, c bigint {generated}, PRIMARY KEY (k),
                UNIQUE KEY i (id, c));"
            )
        };
        let from = table("bigint", "", "GENERATED ALWAYS AS (k + 1) STORED");
        let to = table("bigint unsigned", "AUTO_INCREMENT", "")
            + "CREATE TABLE n (id int PRIMARY KEY, r bigint unsigned, CONSTRAINT f FOREIGN KEY (r) REFERENCES t (id));";
        let executed = executed_on(Dialect::Mysql, &from, &to);
        let [made] = executed.as_slice() else {
            panic!("{executed:?}")
        };
        assert!(made.starts_with("CREATE TABLE `n`"), "{made}");
        assert!(!made.contains("FOREIGN KEY"), "{made}");
    }

    #[test]
    fn what_is_made_anew_around_a_comment_is_executed() {
        let table = |kind| {
            format!(
                "CREATE TABLE t (id bigint PRIMARY KEY, a {kind}, CONSTRAINT k CHECK (a IS NOT NULL));"
            )
        };
        let executed = executed(&table("varchar(20)"), &table("smallint"));
        let [dropped, made] = executed.as_slice() else {
            panic!("{executed:?}")
        };
        assert!(dropped.ends_with("DROP CONSTRAINT \"k\""), "{dropped}");
        assert!(made.contains("ADD CONSTRAINT \"k\""), "{made}");
    }
}
