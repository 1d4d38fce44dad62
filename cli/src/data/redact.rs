//! `bindery dump --redact`: the columns whose values are replaced, and the secret that they are hashed with.

use bindery::data::{Redaction, Referred, ValueHash, ValueType};
use bindery_schema::ast;
use bindery_schema::model::{CheckedModel, ColumnId, Model, Table, TableId};
use bindery_schema::redaction;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::failure;
use super::tables::EngineTable;
use crate::failure::Failure;

/// Has the values of all columns with `@redact` replaced, and of those that refer to hashed ones.
pub(crate) fn redact(model: &CheckedModel, tables: &mut [EngineTable<'_>]) -> Result<(), Failure> {
    for one in tables {
        for (at, redaction) in redacted(model, one)? {
            let redacted = match referred_by(model, one, (at, redaction)) {
                Some(referred) => one.data.hash_as(at, referred),
                None => one.data.redact(at, redaction),
            };
            redacted.map_err(|error| failure(&error))?;
        }
    }
    Ok(())
}

/// The value that stands for that of a hashed text or of bytes, which databases compare in ways of their own.
fn referred_by(
    model: &Model,
    one: &EngineTable<'_>,
    (at, redaction): (usize, Redaction),
) -> Option<Referred> {
    let column = &one.data.columns()[at];
    let is_compared = matches!(column.value, ValueType::Text | ValueType::Bytes);
    if redaction != Redaction::Hash || !is_compared {
        return None;
    }
    let column = column_id(one.table, &column.name)?;
    referred(model, (one.table, column), &mut Vec::new())
}

fn referred(
    model: &Model,
    (table, column): (&Table, ColumnId),
    seen: &mut Vec<(TableId, ColumnId)>,
) -> Option<Referred> {
    let keys = table.foreign_keys.iter();
    let mut referring = keys.flat_map(|key| {
        let pairs = key.columns.iter().zip(&key.referred);
        let own = pairs.filter(|(own, _)| **own == column);
        own.map(move |(_, theirs)| (key, *theirs))
    });
    let (key, theirs) = referring.find(|(key, theirs)| {
        let redaction = redaction::of_column(model, key.table, *theirs);
        redaction == Some(ast::Redaction::Hash) && !seen.contains(&(key.table, *theirs))
    })?;
    seen.push((key.table, theirs));
    let other = model.table(key.table);
    let names = |(own, theirs): (&ColumnId, &ColumnId)| {
        let (own, theirs) = (table.column(*own), other.column(*theirs));
        (own.name.clone(), theirs.name.clone())
    };
    Some(Referred {
        schema: other.name.schema.clone(),
        table: other.name.name.clone(),
        has_heirs: other.native.has_heirs,
        columns: key.columns.iter().zip(&key.referred).map(names).collect(),
        column: other.column(theirs).name.clone(),
        next: referred(model, (other, theirs), seen).map(Box::new),
    })
}

/// The names of the columns that [`redact`] would have replaced.
pub(crate) fn names(
    model: &CheckedModel,
    tables: &[EngineTable<'_>],
) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for one in tables {
        let found = redacted(model, one)?.into_iter();
        let name = |at: usize| format!("{}.{}", one.data.name(), one.data.columns()[at].name);
        names.extend(found.map(|(at, _)| name(at)));
    }
    Ok(names)
}

/// The places of the columns among those that are dumped.
fn redacted(
    model: &CheckedModel,
    one: &EngineTable<'_>,
) -> Result<Vec<(usize, Redaction)>, Failure> {
    let mut ids = model.table_ids();
    let id = ids.find(|id| std::ptr::eq(model.table(*id), one.table));
    let id = id.ok_or_else(|| unknown(one, None))?;
    let mut found = Vec::new();
    for (at, column) in one.data.columns().iter().enumerate() {
        let column = column_id(one.table, &column.name)
            .ok_or_else(|| unknown(one, Some(column.name.as_str())))?;
        let redaction = redaction::of_column(model, id, column);
        found.extend(redaction.map(|redaction| (at, kind(redaction))));
    }
    Ok(found)
}

/// A dump whose replaced columns are not known may hold originals.
fn unknown(one: &EngineTable<'_>, column: Option<&str>) -> Failure {
    let name = one.data.name();
    let place = column.map_or_else(|| name.to_owned(), |column| format!("{name}.{column}"));
    Failure::new(format!(
        "the schema does not say whether values of `{place}` are to be replaced; nothing was written"
    ))
}

fn column_id(table: &Table, name: &str) -> Option<ColumnId> {
    let at = table
        .columns
        .iter()
        .position(|column| column.name == name)?;
    u32::try_from(at).ok().map(ColumnId)
}

fn kind(redaction: ast::Redaction) -> Redaction {
    match redaction {
        ast::Redaction::Hash => Redaction::Hash,
        ast::Redaction::Null => Redaction::Null,
        ast::Redaction::Fake => Redaction::Fake,
    }
}

/// A secret of one run: with it values are hashed, and after it no one finds out of which value a hash is by trying values.
#[derive(Clone)]
pub(crate) struct Secret([u8; 32]);

impl Secret {
    pub(crate) fn new() -> Result<Self, Failure> {
        let mut key = [0; 32];
        let filled = getrandom::fill(&mut key);
        filled
            .map_err(|error| Failure::new(format!("the system gives no random bytes: {error}")))?;
        Ok(Self(key))
    }

    /// The hash of values: HMAC-SHA-256, its first half.
    pub(crate) fn hash(&self) -> ValueHash {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        Box::new(move |value| {
            let mut mac = mac.clone();
            mac.update(value.as_bytes());
            let whole = mac.finalize().into_bytes();
            let mut half = [0; 16];
            half.copy_from_slice(&whole[..16]);
            half
        })
    }
}
