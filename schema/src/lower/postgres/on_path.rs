//! PostgreSQL's `search_path`: types, sequences, functions and collations that are named without a schema get the one
//! in which the path of their statement finds them, as what we write is read with no such path.

use crate::ast::{Expression, FileAst, Name, ObjectKind, ObjectName};
use crate::dialect::Dialect;
use crate::draft::{
    DraftColumn, DraftCounter, DraftGenerated, DraftObject, DraftObjectKind, DraftView,
};
use crate::sorting::sort_by;
use crate::source::Span;
use crate::syntax::{Names, Site, SiteKind, read_text, sites_of_definition};

use super::rename::literal;
use crate::lower::Fold;
use crate::lower::objects::is_sequence;
use crate::lower::rename::{rewrite, rewritten};
use crate::lower::view_readers::Read;

/// The test for the kind of object that a name stands for at its place.
type ObjectTest = fn(&DraftObject) -> bool;

impl Fold<'_> {
    /// The column's type, collation and values.
    pub(in crate::lower) fn place_column(&self, file: &FileAst, column: &mut DraftColumn) {
        if !self.counts_path(file) {
            return;
        }
        let written = &mut column.type_name;
        // None of a user's own has arguments: `bit(5)` is the database's.
        if written.schema.is_none() && written.arguments.is_empty() {
            written.schema = self.schema_of(file, &written.name, is_type);
        }
        if let Some(collation) = &mut column.collation
            && collation.schema.is_none()
        {
            collation.schema = self.schema_of(file, &collation.name.text, is_collation);
        }
        if let DraftCounter::Default(value) = &mut column.counter {
            self.place_expression(file, value);
        }
        if let DraftGenerated::Computed { expression, .. } = &mut column.generated {
            self.place_expression(file, expression);
        }
        if let Some(value) = &mut column.default {
            self.place_expression(file, value);
        }
    }

    /// `nextval('s')`, `'a'::kind`, `CAST (a AS kind)`, `f(a)`. What is not understood stays as it is written.
    pub(in crate::lower) fn place_expression(&self, file: &FileAst, value: &mut Expression) {
        if self.counts_path(file) {
            rewrite(value, Dialect::Postgres, |site, written| {
                self.placed(file, site, written)
            });
        }
    }

    /// Returns the text after the name of a type, domain or function, with names on the path resolved.
    pub(in crate::lower) fn placed_definition(
        &self,
        file: &FileAst,
        written: &Expression,
    ) -> String {
        if !self.counts_path(file) {
            return written.sql.clone();
        }
        let sites = sites_of_definition(&written.sql);
        rewritten(&written.sql, &sites, |site, written| {
            self.placed(file, site, written)
        })
    }

    /// The name with its schema.
    fn placed(&self, file: &FileAst, site: &Site, written: &str) -> Option<String> {
        let is_kind = match site.kind {
            SiteKind::Function => is_function,
            SiteKind::Type => is_type,
            SiteKind::Sequence => is_sequence,
            SiteKind::Column | SiteKind::Text => return None,
        };
        if site.kind == SiteKind::Sequence {
            let inner = site.text.strip_prefix('"');
            let inner = inner.and_then(|rest| rest.strip_suffix('"'));
            let folded = || site.text.trim().to_lowercase();
            let text = inner.map_or_else(folded, |inner| inner.replace("\"\"", "\""));
            let schema = self.schema_of(file, &text, is_kind)?;
            return Some(literal(&(identifier(&schema) + "." + &identifier(&text))));
        }
        let schema = self.schema_of(file, &site.text, is_kind)?;
        Some(identifier(&schema) + "." + written)
    }

    fn counts_path(&self, file: &FileAst) -> bool {
        file.dialect == Dialect::Postgres && self.path.is_some()
    }

    /// Of what a name without one means, if there is such a thing and it needs to be said.
    fn schema_of(&self, file: &FileAst, name: &str, kind: ObjectTest) -> Option<String> {
        let name = ObjectName {
            schema: None,
            name: Name {
                text: name.to_owned(),
                span: Span {
                    file: file.file,
                    start: 0,
                    end: 0,
                },
            },
            in_public: false,
            path: self.path.clone(),
        };
        let found = self.objects.meant(file.file, &name, kind)?;
        self.objects.get(found)?.name.schema.clone()
    }

    /// Names that the path of the file leads to are written with their schema: another file has another path.
    pub(in crate::lower) fn qualify_views(&mut self, file: &FileAst) {
        for at in 0..self.views.len() {
            let Some(mut view) = self.views[at].take() else {
                continue;
            };
            let has_path = view.table.name.path.is_some();
            if has_path && view.table.file == file.file && file.dialect == Dialect::Postgres {
                self.qualify_view(file, &mut view);
            }
            self.views[at] = Some(view);
        }
    }

    fn qualify_view(&self, file: &FileAst, view: &mut DraftView) {
        let sql = &view.body.sql;
        let Ok(query) = read_text(sql, Dialect::Postgres) else {
            return;
        };
        let mut places: Vec<(usize, String)> = Vec::new();
        for source in Names::of_rows(&query.statement).tables {
            let name = ObjectName {
                path: view.table.name.path.clone(),
                ..source.name
            };
            if name.schema.is_some() || name.in_public {
                continue;
            }
            let table = match self.read_by(file, &name) {
                Some(Read::Table(index)) => self.tables[index].as_ref(),
                Some(Read::View(at)) => self.views[at].as_ref().map(|view| &view.table),
                None => None,
            };
            let schema = table.and_then(|table| table.name.schema.clone());
            places.extend(schema.map(|schema| (name.name.span.start as usize, schema)));
        }
        sort_by(&mut places, Ord::cmp);
        let mut qualified = sql.clone();
        for (at, schema) in places.iter().rev() {
            qualified.insert_str(*at, &(identifier(schema) + "."));
        }
        view.body.sql = qualified;
    }
}

fn identifier(name: &str) -> String {
    let mut sql = crate::sql_writer::SqlWriter::new(Dialect::Postgres);
    sql.identifier(name);
    sql.finish()
}

fn is_type(object: &DraftObject) -> bool {
    matches!(
        object.kind,
        DraftObjectKind::Enum(_) | DraftObjectKind::Other(ObjectKind::Type | ObjectKind::Domain)
    )
}

fn is_function(object: &DraftObject) -> bool {
    object.kind == DraftObjectKind::Other(ObjectKind::Function)
}

fn is_collation(object: &DraftObject) -> bool {
    object.kind == DraftObjectKind::Other(ObjectKind::Collation)
}
