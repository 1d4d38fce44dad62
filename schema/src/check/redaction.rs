//! A redacted dump can be loaded: no value is missing where one must be, keys stay unique, and rows find the rows that they refer to.

use crate::ast::{RedactTag, Redaction};
use crate::column_type::{ColumnType, TypeClass};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;
use crate::model::{
    Column, ColumnId, Expression, Generated, Index, IndexKey, IndexPart, Model, Table, TableId,
};
use crate::name::words_in;
use crate::redaction::{of_column, references};

/// Characters of a hash as text.
const HASH_CHARACTERS: u32 = 32;
/// Bytes of a hash.
const HASH_BYTES: u32 = 16;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let is_tagged = |column: &Column| column.redact.is_some();
    let mut tables = model.tables.iter();
    if !tables.any(|table| table.columns.iter().any(is_tagged)) {
        return;
    }
    for place in all_columns(model) {
        let (table, column) = (model.table(place.0), place.1);
        match (
            table.column(column).redact,
            of_column(model, place.0, column),
        ) {
            (Some(tag), _) => tagged(&Tagged { model, place, tag }, diagnostics),
            (None, Some(_)) => inherited(model, place, diagnostics),
            (None, None) => {}
        }
    }
}

fn all_columns(model: &Model) -> impl Iterator<Item = (TableId, ColumnId)> {
    model.table_ids().flat_map(|id| {
        let columns = 0..model.table(id).columns.len() as u32;
        columns.map(move |at| (id, ColumnId(at)))
    })
}

/// A column with an annotation of its own.
struct Tagged<'m> {
    model: &'m Model,
    place: (TableId, ColumnId),
    tag: RedactTag,
}

fn tagged(one: &Tagged<'_>, diagnostics: &mut Diagnostics) {
    let found = one.computed().or_else(|| match one.tag.redaction {
        Redaction::Null => one.null(),
        Redaction::Fake => one.fake(),
        Redaction::Hash => one.hash(),
    });
    if let Some(found) = found {
        diagnostics.push(found);
    }
}

impl Tagged<'_> {
    fn table(&self) -> &Table {
        self.model.table(self.place.0)
    }

    fn column(&self) -> &Column {
        self.table().column(self.place.1)
    }

    /// A dump has no computed values: the database computes them again, of the replaced ones.
    fn computed(&self) -> Option<Diagnostic> {
        let (table, column) = (self.table(), self.column());
        let sources = computed_from(table, column)?;
        let name = &column.name;
        let message = format!("column `{name}` cannot be redacted: it is computed, and not dumped");
        let help = if sources.is_empty() {
            format!("remove `@redact {}`", self.tag.redaction.word())
        } else {
            let sources: Vec<String> = sources.iter().map(|one| format!("`{one}`")).into_vec();
            format!(
                "annotate the columns that it is computed from: {}",
                sources.join(", ")
            )
        };
        let found = Diagnostic::error("B0368", message).at(self.tag.span, "");
        Some(found.at(column.span, "this column").help(help))
    }

    fn null(&self) -> Option<Diagnostic> {
        let why = self.no_null()?;
        Some(self.refused("B0364", "replaced by NULL", why, &self.instead()))
    }

    fn no_null(&self) -> Option<&'static str> {
        let (table, column) = (self.table(), self.place.1);
        if in_primary_key(table, column) || !self.column().nullable {
            Some("it is NOT NULL")
        } else if is_referred(self.model, self.place) {
            Some("rows of other tables refer to it")
        } else if is_unique_null(table, column) {
            Some("a unique index takes NULL once")
        } else if is_in_condition(table, column) {
            Some(CONDITION)
        } else {
            None
        }
    }

    fn fake(&self) -> Option<Diagnostic> {
        let why = self.no_fake()?;
        let how = "replaced by invented values";
        Some(self.refused("B0365", how, why, &self.instead()))
    }

    fn no_fake(&self) -> Option<&'static str> {
        if is_key(self.model, self.place) {
            Some("invented values are not unique, and it is a key")
        } else if references(self.table(), self.place.1).next().is_some() {
            Some("no row has an invented key, and it refers to one")
        } else if is_in_condition(self.table(), self.place.1) {
            Some(CONDITION)
        } else if !has_fake(self.column()) {
            Some("there are no invented values of its type")
        } else {
            None
        }
    }

    fn hash(&self) -> Option<Diagnostic> {
        let is_whole = is_key(self.model, self.place)
            || references(self.table(), self.place.1).next().is_some();
        if let Some(why) = no_hash(self.column(), is_whole) {
            return Some(self.refused("B0366", "hashed", why, &self.instead()));
        }
        let name = plain_referred(self.model, self.place)?;
        let help = format!(
            "write `-- @redact hash` above `{name}`; columns that refer to it are then hashed too, and need no annotation"
        );
        let why = format!("it refers to `{name}`, which is not");
        Some(self.refused("B0367", "hashed", &why, &help))
    }

    /// The redactions that the column can have.
    fn instead(&self) -> String {
        let is_free = references(self.table(), self.place.1).next().is_none();
        let takes_hash =
            is_free && no_hash(self.column(), is_key(self.model, self.place)).is_none();
        let kinds = [
            (self.no_null().is_none(), Redaction::Null),
            (self.no_fake().is_none(), Redaction::Fake),
            (takes_hash, Redaction::Hash),
        ];
        let own = self.tag.redaction;
        let fitting = kinds
            .into_iter()
            .filter(|(fits, kind)| *fits && *kind != own);
        let words: Vec<String> = fitting
            .map(|(_, kind)| format!("`@redact {}`", kind.word()))
            .into_vec();
        if words.is_empty() {
            format!("remove `@redact {}`", own.word())
        } else {
            format!("write {}", words.join(" or "))
        }
    }

    fn refused(&self, code: &'static str, how: &str, why: &str, help: &str) -> Diagnostic {
        let name = &self.column().name;
        Diagnostic::error(code, format!("column `{name}` cannot be {how}: {why}"))
            .at(self.tag.span, "")
            .at(self.column().span, "this column")
            .help(help)
    }
}

/// A column that is hashed because one that it refers to is.
fn inherited(model: &Model, place: (TableId, ColumnId), diagnostics: &mut Diagnostics) {
    let table = model.table(place.0);
    let column = table.column(place.1);
    let found = if computed_from(table, column).is_some() {
        let why = "it is computed, and not dumped";
        Some((
            "B0368",
            why.to_owned(),
            "give it values of its own, or remove `@redact hash` there".to_owned(),
        ))
    } else if let Some(why) = no_hash(column, true) {
        let help = "give both columns a type that holds a hash, or remove `@redact hash` there";
        Some(("B0366", why.to_owned(), help.to_owned()))
    } else {
        plain_referred(model, place).map(|name| {
            let why = format!("it refers to `{name}` too, which is not");
            (
                "B0367",
                why,
                format!("write `-- @redact hash` above `{name}` too"),
            )
        })
    };
    let Some((code, why, help)) = found else {
        return;
    };
    let message = format!(
        "column `{}` of `{}` refers to a hashed column and cannot be hashed: {why}",
        column.name, table.name
    );
    diagnostics.push(
        Diagnostic::error(code, message)
            .at(column.span, "")
            .help(help),
    );
}

/// A column that it refers to and that keeps its values, or has them replaced by others than hashes.
fn plain_referred(model: &Model, (table, column): (TableId, ColumnId)) -> Option<String> {
    let mut referred = references(model.table(table), column);
    let (table, column) = referred
        .find(|(table, column)| of_column(model, *table, *column) != Some(Redaction::Hash))?;
    let table = model.table(table);
    Some(format!("{}.{}", table.name, table.column(column).name))
}

/// The columns that a computed one is computed from; none where it is not computed.
fn computed_from<'m>(table: &'m Table, column: &Column) -> Option<Vec<&'m str>> {
    let Generated::Computed { expression, .. } = &column.generated else {
        return None;
    };
    let names = table.columns.iter().map(|column| column.name.as_str());
    Some(
        names
            .filter(|name| mentions(expression, name) && *name != column.name)
            .into_vec(),
    )
}

/// Whether the expression may mention the column. Another word of its name is taken for it too.
fn mentions(expression: &Expression, column: &str) -> bool {
    let mut words = words_in(&expression.sql);
    words.any(|word| word == column.to_lowercase())
}

fn in_primary_key(table: &Table, column: ColumnId) -> bool {
    let key = table.primary_key.as_ref();
    key.is_some_and(|key| key.columns.contains(&column))
}

/// The reason why a column is neither NULL nor invented by which a unique index selects its rows.
const CONDITION: &str = "the condition of a unique index reads it";

/// Whether it belongs to a key of its table, or others refer to it.
fn is_key(model: &Model, place: (TableId, ColumnId)) -> bool {
    let table = model.table(place.0);
    table.is_unique(place.1)
        || in_expression_of(unique_indexes(table), table, place.1)
        || is_referred(model, place)
}

fn unique_indexes(table: &Table) -> impl Iterator<Item = &Index> {
    table.indexes.iter().filter(|index| index.unique)
}

/// Whether expressions that one of the indexes is over mention it.
fn in_expression_of<'t>(
    indexes: impl Iterator<Item = &'t Index>,
    table: &Table,
    column: ColumnId,
) -> bool {
    let name = &table.column(column).name;
    let mut parts = indexes.flat_map(|index| &index.parts);
    parts.any(|part| match &part.key {
        IndexKey::Column(_) => false,
        IndexKey::Expression(expression) => mentions(expression, name),
    })
}

/// Whether two NULLs would be equal values of a unique index. What an expression makes of NULL is not known.
fn is_unique_null(table: &Table, column: ColumnId) -> bool {
    let mut uniques = table.uniques.iter();
    let mut indexes = unique_indexes(table).filter(|index| index.nulls_not_distinct);
    let is_part = |part: &IndexPart| matches!(part.key, IndexKey::Column(own) if own == column);
    uniques.any(|unique| unique.nulls_not_distinct && unique.columns.contains(&column))
        || indexes.any(|index| index.parts.iter().any(is_part))
        || in_expression_of(unique_indexes(table), table, column)
}

/// Whether a unique index is about rows that have certain values of it (`WHERE deleted_at IS NULL`).
fn is_in_condition(table: &Table, column: ColumnId) -> bool {
    let name = &table.column(column).name;
    let mut conditions = unique_indexes(table).filter_map(|index| index.predicate.as_ref());
    conditions.any(|condition| mentions(condition, name))
}

fn is_referred(model: &Model, place: (TableId, ColumnId)) -> bool {
    all_columns(model).any(|(table, column)| {
        references(model.table(table), column).any(|referred| referred == place)
    })
}

fn has_fake(column: &Column) -> bool {
    if column.as_text {
        return false;
    }
    match column.column_type.class() {
        TypeClass::Boolean
        | TypeClass::Integer(_)
        | TypeClass::Float { .. }
        | TypeClass::Decimal
        | TypeClass::Text
        | TypeClass::Bytes
        | TypeClass::Date
        | TypeClass::Time
        | TypeClass::DateTime
        | TypeClass::Timestamp
        | TypeClass::Year
        | TypeClass::Interval
        | TypeClass::Uuid
        | TypeClass::Json => true,
        TypeClass::Enum | TypeClass::Set | TypeClass::Bit | TypeClass::Any | TypeClass::Array => {
            false
        }
    }
}

/// Returns why it cannot be hashed; `is_whole` where the hash may not be cut to the column's length.
fn no_hash(column: &Column, is_whole: bool) -> Option<&'static str> {
    let of = &column.column_type;
    let fits = |least: u32| !is_whole || of.length().is_none_or(|length| length >= least);
    match of.class() {
        TypeClass::Text if column.as_text => Some("its type is known to the database only"),
        TypeClass::Text if fits(HASH_CHARACTERS) => None,
        TypeClass::Text => Some("it has fewer than the 32 characters of a hash"),
        TypeClass::Bytes if fits(HASH_BYTES) => None,
        TypeClass::Bytes => Some("it has fewer than the 16 bytes of a hash"),
        TypeClass::Uuid => None,
        TypeClass::Integer(_) if matches!(of, ColumnType::I64 | ColumnType::U64) => None,
        TypeClass::Integer(_) => Some("hashes of whole numbers have 62 bits"),
        TypeClass::Boolean
        | TypeClass::Float { .. }
        | TypeClass::Decimal
        | TypeClass::Date
        | TypeClass::Time
        | TypeClass::DateTime
        | TypeClass::Timestamp
        | TypeClass::Year
        | TypeClass::Interval
        | TypeClass::Json
        | TypeClass::Enum
        | TypeClass::Set
        | TypeClass::Bit
        | TypeClass::Any
        | TypeClass::Array => Some("hashes are text, bytes, whole numbers of 64 bits or UUIDs"),
    }
}
