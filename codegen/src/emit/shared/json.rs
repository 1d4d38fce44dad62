//! Attributes of serde: the names and forms of columns in JSON, where an item derives serde's traits.

use bindery_schema::derives::SerdeDerives;
use bindery_schema::lists::IntoVec as _;

use crate::emit::shape::{Field, Given, Shape, Surroundings};
use crate::rust_writer::{RustWriter, string_literal};

/// An item whose fields are columns.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum JsonItem {
    Row,
    New,
    Patch,
    Key,
}

impl JsonItem {
    /// The traits that it derives.
    pub(crate) fn derives(self, shape: &Shape<'_>) -> SerdeDerives {
        let paths = match self {
            Self::Row => &shape.derives.row,
            Self::New => &shape.derives.new,
            Self::Patch => &shape.derives.patch,
            Self::Key => &shape.derives.key,
        };
        SerdeDerives::among(paths.iter().copied())
    }

    /// Returns whether a column may be left out there: its value then is in an `Option` of its own.
    fn may_lack(self, field: &Field<'_>) -> bool {
        match self {
            Self::Row | Self::Key => false,
            Self::New => field.given.may_be_left_out(),
            Self::Patch => true,
        }
    }
}

/// The attribute of a struct.
pub(crate) fn of_struct(w: &mut RustWriter, shape: &Shape<'_>, item: JsonItem, generic: bool) {
    if let (true, Some(rule)) = (item.derives(shape).is_any(), shape.table.serde_rename) {
        w.line(&format!("#[serde(rename_all = \"{}\")]", rule.word()));
    }
    if matches!(item, JsonItem::Row | JsonItem::Key) {
        engine_bounds(w, shape, generic);
    }
}

/// The bounds that serde's derives need for a row of a published table on several engines.
fn engine_bounds(w: &mut RustWriter, shape: &Shape<'_>, generic: bool) {
    if generic && !shape.table.events.is_empty() {
        w.line(r#"#[serde(bound(serialize = "", deserialize = "E: ::bindery::StaticEngine"))]"#);
    }
}

/// The field of a row's engine is no part of an event.
pub(crate) fn skipped_engine(w: &mut RustWriter, shape: &Shape<'_>) {
    if !shape.table.events.is_empty() {
        w.line("#[serde(skip)]");
    }
}

/// The attribute of a column's field.
pub(crate) fn of_field(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    (item, field): (JsonItem, &Field<'_>),
) {
    let derives = item.derives(shape);
    if !derives.is_any() {
        return;
    }
    let json = &field.column.json;
    if json.skip {
        // A new row that lacks what it must have would be stored with a value that the caller did not give.
        let needed = item == JsonItem::New && field.given == Given::Required;
        let word = if needed { "skip_serializing" } else { "skip" };
        return w.line(&format!("#[serde({word})]"));
    }
    let rename = json
        .rename
        .map(|name| format!("rename = {}", string_literal(name)));
    let mut words: Vec<String> = rename.into_iter().into_vec();
    if let Some(path) = json.with {
        let lacks = item.may_lack(field);
        // A field with a function of its own is not taken for null where it is absent.
        let is_option = lacks || (field.nullable && item != JsonItem::Key);
        words.extend((is_option && derives.reads).then(|| "default".to_owned()));
        let path = if lacks {
            given(around, shape, field)
        } else {
            path.to_owned()
        };
        words.push(format!("with = {}", string_literal(&path)));
    }
    if !words.is_empty() {
        w.line(&format!("#[serde({})]", words.join(", ")));
    }
}

/// The path of the functions for a value that may not be given.
fn given(around: &Surroundings<'_>, shape: &Shape<'_>, field: &Field<'_>) -> String {
    let mut fields = shape.fields.iter();
    let at = fields.position(|own| std::ptr::eq(own, field));
    let tag = around.tag(shape.names);
    format!(
        "::bindery::__private::Given::<{tag}, {}>",
        at.unwrap_or_default()
    )
}
