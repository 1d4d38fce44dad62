//! Parts that stand in the way of a change, though they are to be there after it as before: they are dropped before it, and made
//! again after it. Which parts those are depends on the database.

use std::collections::BTreeSet;

use super::effects::{Sides, rewrites};
use super::part::{DatabasePart, has_expressions};
use crate::dialect::Dialect;
use crate::diff::change::{Change, ColumnChange};
use crate::diff::facts::{Computed, Facts, Hindered, Servers};
use crate::diff::key::{Key, KeyKind};
use crate::diff::order::is_made_anew;
use crate::diff::render::{columns_of, is_compared_otherwise, is_converted, is_enum_made_anew};
use crate::diff::structure::{ColumnShape, TableShape, table_key};
use crate::model::TableName;

/// The changes, with those around them.
pub(super) fn completed(sides: &Sides<'_>, changes: &[Change]) -> Vec<Change> {
    let mut around = Around {
        sides,
        changes: changes.to_vec(),
        dropped: BTreeSet::new(),
        touched: Touched::default(),
    };
    around.touch();
    while around.computed_columns() {}
    around.note_dropped();
    while around.keys() {}
    around.changes
}

/// Columns that changes are about.
#[derive(Default)]
struct Touched {
    /// Dropped and added.
    anew: BTreeSet<DatabasePart>,
    /// Written anew in another type or collation.
    retyped: BTreeSet<DatabasePart>,
    /// Of these, those whose values are no values of the other type by themselves.
    converted: BTreeSet<DatabasePart>,
    /// Those that no foreign key compares with values of the other type.
    compared: BTreeSet<DatabasePart>,
    /// Those whose constants beside them would get another type: the server keeps the old one in a predicate, with a cast.
    typed: BTreeSet<DatabasePart>,
}

struct Around<'a, 's> {
    sides: &'a Sides<'s>,
    changes: Vec<Change>,
    /// The keys that go, for good or for a time.
    dropped: BTreeSet<DatabasePart>,
    touched: Touched,
}

impl<'s> Around<'_, 's> {
    fn dialect(&self) -> Dialect {
        self.sides.to.dialect()
    }

    fn facts(&self) -> &'static Facts {
        self.sides.to.facts()
    }

    fn touch(&mut self) {
        let sides = self.sides;
        let structures = (sides.from.structure, sides.to.structure);
        let touched = &mut self.touched;
        for change in &self.changes {
            match change {
                Change::ChangeColumn {
                    table,
                    from,
                    to,
                    changes,
                } => {
                    let part = sides.to.column_part(table, &to.name);
                    if is_made_anew(from, to, changes, sides.to.dialect()) {
                        touched.anew.insert(part);
                    } else if rewrites(changes) {
                        let is_type = changes.contains(&ColumnChange::Type);
                        if is_type && is_converted(from, to) {
                            touched.converted.insert(part.clone());
                        }
                        if is_type && is_compared_otherwise(from, to) {
                            touched.compared.insert(part.clone());
                        }
                        let classes = [from, to].map(|one| one.column_type.class());
                        if is_type && classes[0] != classes[1] {
                            touched.typed.insert(part.clone());
                        }
                        if is_type || changes.contains(&ColumnChange::Collation) {
                            touched.retyped.insert(part);
                        }
                    }
                }
                Change::ChangeEnum { from, to } if is_enum_made_anew(structures, from, to) => {
                    let columns = columns_of(sides.from.structure, from).into_iter();
                    let parts = columns
                        .map(|(table, column)| sides.from.column_part(&table.name, &column.name));
                    let parts: Vec<DatabasePart> = parts.collect();
                    touched.converted.extend(parts.iter().cloned());
                    touched.compared.extend(parts.iter().cloned());
                    touched.retyped.extend(parts);
                }
                Change::ChangeOptions { table, from, to } => {
                    touched
                        .retyped
                        .extend(sides.columns_of_set(table, from, to));
                }
                _ => {}
            }
        }
    }

    /// Drops the computed columns that stand in the way, which loses nothing; whether there were some.
    fn computed_columns(&mut self) -> bool {
        let touched = match self.facts().columns.computed_keeps_from {
            Computed::Type => &self.touched.retyped,
            Computed::Drop => &self.touched.anew,
            Computed::Nothing => return false,
        };
        let tables = self.sides.from.structure.tables.iter();
        let columns =
            tables.flat_map(|table| table.columns.iter().map(move |column| (table, column)));
        let readers: Vec<(&TableShape, &ColumnShape)> = columns
            .filter(|(table, column)| {
                let read = self.sides.from.read_columns(&table.name, column);
                read.iter().any(|part| touched.contains(part))
            })
            .collect();
        let mut are_new = false;
        for (table, column) in readers {
            are_new |= self.column_around(&table.name, column);
        }
        are_new
    }

    fn column_around(&mut self, table: &TableName, column: &ColumnShape) -> bool {
        let part = self.sides.from.column_part(table, &column.name);
        let goes = |change: &Change| matches!(change, Change::DropColumn { table: at, column: one } if self.sides.from.column_part(at, &one.name) == part);
        let wanted = self
            .sides
            .to
            .table(table)
            .and_then(|one| one.column(&column.name, self.dialect()));
        let Some(wanted) =
            wanted.filter(|wanted| wanted.computed && !self.changes.iter().any(goes))
        else {
            return false;
        };
        self.changes.retain(|change| !matches!(change, Change::ChangeColumn { table: at, to, .. } if self.sides.from.column_part(at, &to.name) == part));
        self.changes.push(Change::DropColumn {
            table: table.clone(),
            column: column.clone(),
        });
        self.changes.push(Change::AddColumn {
            table: table.clone(),
            column: wanted.clone(),
        });
        self.touched.anew.insert(part);
        true
    }

    fn note_dropped(&mut self) {
        for change in &self.changes {
            if let Change::DropKey { table, key } = change {
                self.dropped.insert(self.sides.from.key_part(table, key));
            }
        }
    }

    /// Drops the keys that stand in the way; whether there were some. A foreign key may follow the key that it refers to.
    fn keys(&mut self) -> bool {
        let tables = self.sides.from.structure.tables.iter();
        let all = tables.flat_map(|table| table.keys.iter().map(move |key| (table, key)));
        let found: Vec<(&TableShape, &Key)> = all
            .filter(|(table, key)| self.is_in_the_way(&table.name, key))
            .collect();
        for (table, key) in &found {
            self.key_around(&table.name, key);
        }
        !found.is_empty()
    }

    fn is_in_the_way(&self, table: &TableName, key: &Key) -> bool {
        let from = &self.sides.from;
        if key.known_name.is_none() || self.dropped.contains(&from.key_part(table, key)) {
            return false;
        }
        let has = |parts: &[DatabasePart], among: &BTreeSet<DatabasePart>| {
            parts.iter().any(|part| among.contains(part))
        };
        let own = from.columns_of_key(table, key);
        let referred = from.referred_columns(key);
        let is_foreign = key.kind == KeyKind::ForeignKey;
        let reads = is_foreign || has_expressions(key);
        // A check that stands at its column comes and goes with it.
        let is_anew =
            (has(&own, &self.touched.anew) && !key.at_column) || has(&referred, &self.touched.anew);
        let touches = |among| has(&own, among) || has(&referred, among);
        let is_refused = match self.facts().keys.hinder {
            Hindered::Converted => {
                (reads && touches(&self.touched.converted))
                    || (is_foreign && touches(&self.touched.compared))
                    || has(&from.columns_in(table, &key.reads), &self.touched.typed)
            }
            Hindered::Retyped => is_foreign && touches(&self.touched.retyped),
            Hindered::None => false,
        };
        is_anew
            || is_refused
            || self.becomes_divided(key)
            || self.is_moved(table, key)
            || self.loses_its_server(table, key)
    }

    /// Whether the rows of one of its tables move to other servers of a cluster: Citus moves none that others refer to.
    fn is_moved(&self, table: &TableName, key: &Key) -> bool {
        let changes = self.changes.iter();
        let mut moved = changes.filter_map(|change| match change {
            Change::ChangeDistribution { table, .. } => Some(table_key(table, self.dialect())),
            _ => None,
        });
        let tables = std::iter::once(table).chain(&key.referred);
        let tables: Vec<String> = tables.map(|one| table_key(one, self.dialect())).collect();
        key.kind == KeyKind::ForeignKey && moved.any(|table| tables.contains(&table))
    }

    /// Whether the table that a foreign key of MySQL refers to is divided from now on, which none may be (error 1506). A table that goes
    /// with its key may stay for now, as its drop is a comment.
    fn becomes_divided(&self, key: &Key) -> bool {
        let changes = self.changes.iter();
        let mut divided = changes.filter_map(|change| match change {
            Change::ChangePartitioning {
                table,
                from: None,
                to: Some(_),
            } => Some(table_key(table, self.dialect())),
            _ => None,
        });
        let referred = key.referred.as_ref();
        let referred = referred.map(|table| table_key(table, self.dialect()));
        referred.is_some_and(|referred| divided.any(|table| table == referred))
    }

    /// Whether a foreign key would be left without the key that it refers to, or without an index (MySQL's errors 1025 and 1553).
    fn loses_its_server(&self, table: &TableName, key: &Key) -> bool {
        let (from, to) = (&self.sides.from, &self.sides.to);
        let goes = |(at, one): &(TableName, &Key)| self.dropped.contains(&from.key_part(at, one));
        // An index comes before the old ones go, unless it has a name of theirs; a primary key takes the place of the other.
        let comes = |(at, one): &(TableName, &Key)| {
            one.kind != KeyKind::PrimaryKey && !self.dropped.contains(&to.key_part(at, one))
        };
        let known = from.servers(table, key).into_iter();
        let mut pairs = known.zip(to.servers(table, key));
        pairs.any(|(known, wanted)| match self.facts().keys.servers {
            Servers::UniqueKey => known.iter().any(goes),
            Servers::Indexes => {
                !known.is_empty() && known.iter().all(goes) && !wanted.iter().any(comes)
            }
            Servers::None => false,
        })
    }

    /// The key of another name that takes the place of one.
    fn renamed(&self, part: &DatabasePart) -> Option<Key> {
        self.changes.iter().find_map(|change| match change {
            Change::RenameKey { table, from, to } => {
                (self.sides.from.key_part(table, from) == *part).then(|| to.clone())
            }
            _ => None,
        })
    }

    fn key_around(&mut self, table: &TableName, key: &Key) {
        let part = self.sides.from.key_part(table, key);
        let dialect = self.dialect();
        let is_of = |at: &TableName| table_key(at, dialect) == table_key(table, dialect);
        let goes = self
            .changes
            .iter()
            .any(|change| matches!(change, Change::DropTable(gone) if is_of(&gone.name)));
        // Of several that do the same each comes again under its own name.
        let same = || {
            let wanted = self.sides.to.keys(table).iter();
            wanted.filter(|one| one.does_the_same(key))
        };
        let named = same().find(|one| one.known_name == key.known_name);
        let named = self.renamed(&part).or(named.cloned());
        let kept = named.as_ref().or_else(|| same().next());
        let kept = kept.or_else(|| (!goes).then_some(key));
        let from = &self.sides.from;
        self.changes.retain(|change| !matches!(change, Change::RenameKey { table: at, from: old, .. } if from.key_part(at, old) == part));
        self.changes.retain(|change| !matches!(change, Change::ValidateKey { table: at, key: one } if is_of(at) && one.does_the_same(key)));
        self.changes.push(Change::DropKey {
            table: table.clone(),
            key: key.clone(),
        });
        self.changes.extend(kept.map(|kept| Change::AddKey {
            table: table.clone(),
            key: kept.clone(),
        }));
        self.dropped.insert(part);
    }
}
