//! Which change of a type loses what rows hold.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::facts::Facts;
use super::structure::ColumnShape;
use crate::column_type::{ColumnType, TypeClass};
use crate::dialect::Dialect;

/// Changes of types by which a database alters values without an error: its name, the type before, the types after. A test of the
/// command tries every pair on the servers and holds the list.
const LIST: &str = include_str!("losses.txt");

static LOSSES: LazyLock<BTreeSet<[&str; 3]>> = LazyLock::new(|| {
    let lines = LIST.lines().filter(|line| !line.starts_with('#'));
    let losses = lines.filter_map(|line| {
        let (of, after) = line.split_once(": ")?;
        let (dialect, before) = of.split_once(' ')?;
        Some(after.split(' ').map(move |after| [dialect, before, after]))
    });
    losses.flatten().collect()
});

/// Whether the new type may keep less of a value without the database refusing it.
pub(super) fn loses(dialect: Dialect, from: &ColumnShape, to: &ColumnShape) -> bool {
    let change = [dialect.name(), from.loss_word(), to.loss_word()];
    LOSSES.contains(&change)
        || (!Facts::of(dialect).columns.keep_digits && keeps_fewer_digits(from, to))
}

/// The digits of a time that keeps all it can.
const MICROSECONDS: u32 = 6;

/// Whether a number or a time has fewer digits after its point, or a span fewer of its parts. SQLite keeps all.
fn keeps_fewer_digits(from: &ColumnShape, to: &ColumnShape) -> bool {
    let digits = |column: &ColumnShape| column.column_type.fraction_digits();
    let is_interval = |column: &ColumnShape| column.column_type == ColumnType::Interval;
    if is_interval(from) && is_interval(to) {
        return from.type_sql != to.type_sql && to.type_sql.contains(' ');
    }
    match (digits(from), digits(to)) {
        (Some(before), Some(after)) => after < before,
        (None, Some(after)) => match from.column_type.class() {
            TypeClass::Decimal | TypeClass::Float { .. } => true,
            TypeClass::Time | TypeClass::DateTime | TypeClass::Timestamp => after < MICROSECONDS,
            _ => false,
        },
        (Some(_) | None, None) => false,
    }
}

impl ColumnShape {
    /// The word for its type in the list of changes that lose values.
    #[doc(hidden)]
    pub fn loss_word(&self) -> &'static str {
        match self.column_type {
            ColumnType::Json { binary: true } => "jsonb",
            _ => self.column_type.facts().word,
        }
    }
}
