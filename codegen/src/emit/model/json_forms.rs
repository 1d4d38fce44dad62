//! The functions that columns have of their own for JSON, where `New…` or `…Patch` may lack a value.

use bindery_schema::derives::SerdeDerives;

use crate::emit::shape::{Shape, Surroundings, optional};
use crate::emit::shared::json::JsonItem;
use crate::emit::text::impl_head;
use crate::rust_writer::{RustWriter, Signature};

/// Gives the runtime these functions.
pub(crate) fn forms(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    for (at, field) in shape.fields.iter().enumerate() {
        let Some(path) = field.column.json.with else {
            continue;
        };
        let (mut needed, mut ty) = (SerdeDerives::default(), field.row_type());
        if field.is_given() && field.given.may_be_left_out() {
            needed = JsonItem::New.derives(shape);
            ty = optional(field.nullable, field.given_type());
        }
        if field.is_changeable() {
            let patch = JsonItem::Patch.derives(shape);
            needed.writes |= patch.writes;
            needed.reads |= patch.reads;
        }
        let of = Form {
            path,
            ty: &ty,
            generic: field.on_row_engine && ty.contains("<E>"),
            at,
            tag: around.tag(shape.names),
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
            w.block(&impl_head(self.generic, &what), |w| {
                w.function(signature, |w| w.line(&format!("{}::{call}", self.path)));
            });
        });
    }
}
