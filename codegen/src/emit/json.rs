//! Attributes of serde: the names and forms of columns in JSON, where an item derives serde's traits.

use bindery_schema::derives::SerdeDerives;
use bindery_schema::model::Column;

use super::shape::{Field, Given, Shape};
use super::shapes::Surroundings;
use super::{events, string_literal};
use crate::rust_writer::{RustWriter, Signature};

/// The form of a column in JSON, by its tags.
#[derive(Debug, Clone, Copy, Hash)]
pub(crate) struct JsonFacts<'m> {
    /// It is never there.
    skip: bool,
    rename: Option<&'m str>,
    /// The module that writes and reads its values.
    with: Option<&'m str>,
}

impl<'m> JsonFacts<'m> {
    /// Those of a column.
    pub(crate) fn from_column(column: &'m Column) -> Self {
        let tags = &column.serde;
        Self {
            skip: tags.skip.is_some(),
            rename: tags.rename.as_ref().map(|name| name.text.as_str()),
            with: tags.with.as_ref().map(|path| path.text.as_str()),
        }
    }
}

/// An item whose fields are columns.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Item {
    Row,
    New,
    Patch,
    Key,
}

impl Item {
    /// The traits that it derives.
    fn derives(self, shape: &Shape<'_>) -> SerdeDerives {
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
pub(crate) fn of_struct(w: &mut RustWriter, shape: &Shape<'_>, item: Item, generic: bool) {
    if let (true, Some(rule)) = (item.derives(shape).is_any(), shape.table.serde_rename) {
        w.line(&format!("#[serde(rename_all = \"{}\")]", rule.word()));
    }
    if matches!(item, Item::Row | Item::Key) {
        events::serde_bounds(w, shape, generic);
    }
}

/// The attribute of a column's field.
pub(crate) fn of_field(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    (item, field): (Item, &Field<'_>),
) {
    let derives = item.derives(shape);
    if !derives.is_any() {
        return;
    }
    let json = &field.column.json;
    if json.skip {
        // A new row that lacks what it must have would be stored with a value that the caller did not give.
        let needed = item == Item::New && field.given == Given::Required;
        let word = if needed { "skip_serializing" } else { "skip" };
        return w.line(&format!("#[serde({word})]"));
    }
    let rename = json
        .rename
        .map(|name| format!("rename = {}", string_literal(name)));
    let mut words: Vec<String> = rename.into_iter().collect();
    if let Some(path) = json.with {
        let lacks = item.may_lack(field);
        // A field with a function of its own is not taken for null where it is absent.
        let is_option = lacks || (field.nullable && item != Item::Key);
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
    let tag = around.tag(shape);
    format!(
        "::bindery::__private::Given::<{tag}, {}>",
        at.unwrap_or_default()
    )
}

/// Gives the runtime the functions of columns that have their own, where `New…` or `…Patch` may lack a value.
pub(crate) fn forms(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    for (at, field) in shape.fields.iter().enumerate() {
        let Some(path) = field.column.json.with else {
            continue;
        };
        let (mut needed, mut ty) = (SerdeDerives::default(), field.row_type());
        if field.is_given() && field.given.may_be_left_out() {
            needed = Item::New.derives(shape);
            ty = super::shape::optional(field.nullable, field.given_type());
        }
        if field.is_changeable() {
            let patch = Item::Patch.derives(shape);
            needed.writes |= patch.writes;
            needed.reads |= patch.reads;
        }
        let of = Form {
            path,
            ty: &ty,
            generic: field.on_row_engine && ty.contains("<E>"),
            at,
            tag: around.tag(shape),
        };
        if needed.writes {
            of.written(w);
        }
        if needed.reads {
            of.read(w);
        }
    }
}

/// The functions of a column.
struct Form<'f> {
    path: &'f str,
    ty: &'f str,
    generic: bool,
    /// The position of the column.
    at: usize,
    tag: String,
}

impl Form<'_> {
    fn written(&self, w: &mut RustWriter) {
        let signature = Signature {
            head: "fn write<S: ::bindery::__private::serde::Serializer>".to_owned(),
            params: vec![format!("value: &{}", self.ty), "to: S".to_owned()],
            returns: Some("::core::result::Result<S::Ok, S::Error>".to_owned()),
            bounds: Vec::new(),
        };
        self.implement(w, "WriteForm", &signature, "serialize(value, to)");
    }

    fn read(&self, w: &mut RustWriter) {
        let signature = Signature {
            head: "fn read<'de, D: ::bindery::__private::serde::Deserializer<'de>>".to_owned(),
            params: vec!["from: D".to_owned()],
            returns: Some(format!("::core::result::Result<{}, D::Error>", self.ty)),
            bounds: Vec::new(),
        };
        self.implement(w, "ReadForm", &signature, "deserialize(from)");
    }

    fn implement(&self, w: &mut RustWriter, name: &str, signature: &Signature, call: &str) {
        let Self { at, ty, tag, .. } = self;
        let what = format!("::bindery::__private::{name}<{at}, {ty}> for {tag}");
        w.item(|w| {
            w.block(&super::impl_head(self.generic, &what), |w| {
                w.function(signature, |w| w.line(&format!("{}::{call}", self.path)));
            });
        });
    }
}
