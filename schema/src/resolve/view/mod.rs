//! Views whose columns can be typed become tables that are only read; the others are known by name.
//!
//! `scope` follows the names of a query, `value` types its values by what the files of the dialects say.

mod dialect;
mod grouping;
mod names;
mod order;
mod scope;
mod value;

pub(super) use dialect::home_of_function;

use std::rc::Rc;

use crate::ast::{ExpressionPiece, Notes};
use crate::dialect::Dialect;
use crate::draft::DraftView;
use crate::model::{
    Column, ColumnId, FieldType, Generated, Table, TableId, TableName, View, ViewQuery,
};
use crate::name;
use crate::parse::{COLUMN_LIMIT, comment_text};

use super::Resolver;
use scope::{Output, Relation, Tables};

/// Why a view has no model: in words that follow its name.
type Unread = String;

/// A view whose columns are known.
struct Read {
    columns: Vec<Column>,
    sources: Vec<Option<(TableId, ColumnId)>>,
    reads: Vec<TableId>,
    /// The name of something that it reads and that is not in the model.
    missing: Option<String>,
}

impl<'a> Resolver<'a> {
    /// All views, each after those it reads.
    pub(super) fn views(&mut self) {
        let views = &self.draft.views;
        let names = views
            .iter()
            .map(|view| view.table.name.name.text.to_lowercase());
        self.view_names = names.collect();
        let mut models: Vec<Option<Result<TableId, Unread>>> = vec![None; views.len()];
        for at in order::reading_order(views) {
            models[at] = self.view(&views[at]);
        }
        for (view, model) in views.iter().zip(models) {
            self.model.views.extend(model.map(|model| View {
                name: table_name(view),
                materialized: view.materialized,
                span: view.table.name.name.span,
                model,
            }));
        }
    }

    /// `None`: left out by wish.
    fn view(&mut self, view: &'a DraftView) -> Option<Result<TableId, Unread>> {
        let key = view.table.name.name.text.to_lowercase();
        if view.table.notes.skip.is_some() {
            self.skipped.insert(key);
            return None;
        }
        Some(self.read_view(view).map(|read| {
            let id = TableId(self.model.tables.len() as u32);
            for (at, source) in read.sources.iter().enumerate() {
                if let Some(source) = source {
                    self.sources.insert((id, ColumnId(at as u32)), *source);
                }
            }
            let table = self.view_table(view, read);
            self.by_name.entry(key).or_default().push(id);
            self.bound.push(&view.table);
            self.model.tables.push(table);
            id
        }))
    }

    /// Returns the columns of a table's query; `None` where that is not known.
    pub(super) fn columns_of_query(&mut self, view: &DraftView) -> Option<Vec<Column>> {
        self.read_view(view).ok().map(|read| read.columns)
    }

    fn read_view(&mut self, view: &DraftView) -> Result<Read, Unread> {
        let tables = Tables::new(self, view);
        let relation = tables.whole();
        let unknown = tables.unknown.take();
        let (reads, missing) = tables.read();
        self.report_unknown(view, unknown);
        let relation = relation?;
        let names = column_names(view, &relation)?;
        let mut columns = Vec::new();
        let mut sources = Vec::new();
        for (at, (output, name)) in relation.columns.iter().zip(names).enumerate() {
            columns.push(view_column(view, at, output, name)?);
            sources.push(output.typed.as_ref().and_then(|typed| typed.source));
        }
        Ok(Read {
            columns,
            sources,
            reads,
            missing,
        })
    }

    fn view_table(&mut self, view: &'a DraftView, read: Read) -> Table {
        let draft = &view.table;
        let base = &draft.name.name;
        let model_name = draft.notes.model.as_ref();
        let docs = prose(&draft.notes, draft.comment.as_deref());
        let obstacle = self.obstacle(view, &read);
        let indexes = self.indexes_of_view(draft, &read.columns);
        Table {
            native: crate::model::NativeTable::default(),
            name: table_name(view),
            span: base.span,
            model_name: model_name
                .map_or_else(|| name::model_name(&base.text), |name| name.text.clone()),
            accessor: name::escape_keyword(&name::accessor(&base.text)),
            engines: self.engines_of_view(view, &read.reads),
            engines_span: draft.engines_span,
            source_dialect: draft.dialect,
            columns: read.columns,
            primary_key: None,
            uniques: Vec::new(),
            indexes,
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            docs,
            unmanaged: draft.notes.unmanaged.is_some(),
            validate: false,
            publish: None,
            capture: None,
            renamed_from: None,
            strict: false,
            without_rowid: false,
            storage_engine: None,
            view: Some(ViewQuery {
                materialized: view.materialized,
                columns: view.columns.iter().map(|name| name.text.clone()).collect(),
                sql: view.body.sql.clone(),
                reads: read.reads,
                obstacle,
            }),
        }
    }

    /// Returns the engines of a view; one without a tag lives where all of its sources do.
    fn engines_of_view(
        &mut self,
        view: &DraftView,
        reads: &[TableId],
    ) -> Vec<crate::model::EngineId> {
        let shared = reads.split_first().map(|(first, others)| {
            let of = |id: &TableId| &self.model.table(*id).engines;
            let mut engines = of(first).clone();
            engines.retain(|engine| others.iter().all(|other| of(other).contains(engine)));
            engines
        });
        match shared.filter(|shared| view.table.engines.is_empty() && !shared.is_empty()) {
            Some(shared) => shared,
            None => self.engines(&view.table),
        }
    }

    /// Returns the construct of the query that bindery does not make.
    fn obstacle(&self, view: &DraftView, read: &Read) -> Option<String> {
        if let Some(missing) = &read.missing {
            return Some(format!("it reads `{missing}`, which is not in the schema"));
        }
        let table = |id: &TableId| self.model.table(*id);
        let unmade = |table: &&Table| {
            table
                .view
                .as_ref()
                .is_some_and(|view| view.obstacle.is_some())
        };
        if let Some(other) = read.reads.iter().map(table).find(unmade) {
            return Some(format!("it reads `{}`, which is not made", other.name.name));
        }
        if let Some(other) = self.unmade_view(view) {
            return Some(format!("it reads `{other}`, which is not made"));
        }
        let function = unknown_function(&view.body.tokens, view.table.dialect)?;
        Some(format!(
            "it calls `{function}`, which bindery does not know"
        ))
    }

    /// A view that the text reads anywhere, in the queries of its values too, and that is not made.
    fn unmade_view(&self, view: &'a DraftView) -> Option<&'a str> {
        let is_made = |schema: Option<&str>, name: &str| {
            let known = self.by_name.get(&name.to_lowercase());
            let mut known = known.into_iter().flatten().map(|id| self.model.table(*id));
            known.any(|table| {
                let is_unmade = table
                    .view
                    .as_ref()
                    .is_some_and(|view| view.obstacle.is_some());
                !is_unmade && schema.is_none_or(|schema| of_schema(&table.name, schema))
            })
        };
        let mut named = crate::lower::named_tables(&view.body.tokens);
        let unmade = named.find(|(schema, name)| {
            let is_view = self.view_names.contains(&name.to_lowercase());
            is_view && !is_made(*schema, name) && !is_common(&view.body.tokens, name)
        });
        unmade.map(|(_, name)| name)
    }
}

/// `public` and `main` are where everything is.
fn of_schema(name: &TableName, schema: &str) -> bool {
    let own = name.schema.as_deref();
    own.map_or(matches!(schema, "public" | "main"), |own| {
        own.eq_ignore_ascii_case(schema)
    })
}

/// A query of a `WITH`, rather than a view of its name?
fn is_common(tokens: &[ExpressionPiece], name: &str) -> bool {
    let mut named = tokens.iter().enumerate();
    named.any(|(at, piece)| {
        piece.text.eq_ignore_ascii_case(name)
            && at.checked_sub(1).is_some_and(|before| {
                let words = ["with", "recursive", ","];
                words
                    .iter()
                    .any(|word| tokens[before].text.eq_ignore_ascii_case(word))
            })
            && tokens
                .get(at + 1)
                .is_some_and(|next| next.text == "(" || next.text.eq_ignore_ascii_case("as"))
    })
}

fn table_name(view: &DraftView) -> TableName {
    TableName {
        schema: view.table.name.schema.clone(),
        name: view.table.name.name.text.clone(),
    }
}

/// The names of a view's columns: its own list first, then those of the query.
fn column_names(view: &DraftView, relation: &Rc<Relation>) -> Result<Vec<String>, Unread> {
    if relation.columns.len() > COLUMN_LIMIT {
        return Err(format!("has more than {COLUMN_LIMIT} columns"));
    }
    if view.columns.len() > relation.columns.len() {
        return Err("names more columns than its query gives".to_owned());
    }
    let mut names: Vec<String> = Vec::new();
    let mut taken = std::collections::HashSet::new();
    for (at, output) in relation.columns.iter().enumerate() {
        let own = view.columns.get(at).map(|name| &name.text);
        let Some(name) = own.or(output.name.as_ref()) else {
            return Err(format!("gives its column {} no name", at + 1));
        };
        if !taken.insert(name.to_lowercase()) {
            return Err(format!("has two columns `{name}`"));
        }
        names.push(name.clone());
    }
    Ok(names)
}

fn view_column(
    view: &DraftView,
    at: usize,
    output: &Output,
    name: String,
) -> Result<Column, Unread> {
    let number = if view.columns.is_empty() {
        output.item
    } else {
        Some(at)
    };
    let nothing = Notes::default();
    let written = view
        .column_notes
        .iter()
        .find(|(known, _)| Some(*known) == number);
    let notes = written.map_or(&nothing, |(_, notes)| notes);
    let skip = notes.skip.is_some();
    let typed = match output
        .typed
        .clone()
        .filter(|typed| !typed.is_untyped_null())
    {
        Some(typed) => typed,
        None if skip => value::Typed::text(view.table.dialect, true),
        None => return Err(format!("has a column `{name}` whose type is not known")),
    };
    let commented = view
        .column_comments
        .iter()
        .rev()
        .find(|(known, _)| *known == name);
    let comment = commented.and_then(|(_, text)| text.as_deref());
    let own_name = notes.name.as_ref().map(|name| name.text.clone());
    let custom = notes.rust_type.as_ref().map(|path| path.text.clone());
    let span = view.columns.get(at).map_or(output.span, |name| name.span);
    Ok(Column {
        native: crate::model::NativeColumn::default(),
        field: name::escape_keyword(&own_name.unwrap_or_else(|| name::field(&name))),
        name,
        span,
        type_span: span,
        sql_type: typed.sql_type,
        column_type: typed.column_type,
        float_digits: None,
        as_text: typed.as_text,
        field_type: custom.map_or(FieldType::Plain, FieldType::Custom),
        nullable: typed.nullable,
        default: None,
        generated: Generated::No,
        collation: None,
        on_update_now: false,
        version: false,
        updated: false,
        skip,
        renamed_from: None,
        redact: None,
        link: None,
        docs: prose(notes, comment),
    })
}

/// Returns the prose beside it, else the database's comment.
fn prose(notes: &Notes, comment: Option<&str>) -> Vec<String> {
    if notes.docs.is_empty() {
        comment.map(comment_text).unwrap_or_default()
    } else {
        notes.docs.clone()
    }
}

/// The first function of a query that is not one of the database's own, as far as they are known.
fn unknown_function(tokens: &[ExpressionPiece], dialect: Dialect) -> Option<&str> {
    let pairs = tokens.windows(2).enumerate();
    let calls = pairs.filter(|(_, pair)| pair[0].is_name() && pair[1].is_symbol("("));
    let unknown = calls.filter(|(at, pair)| {
        !names_columns(tokens, *at)
            && !dialect::is_known_call(dialect, &pair[0].text.to_lowercase())
    });
    unknown.map(|(_, pair)| pair[0].text.as_str()).next()
}

/// `AS t (a, b)`, `(…) t (a, b)` and `WITH t (a, b) AS (…)` name columns.
fn names_columns(tokens: &[ExpressionPiece], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let words = ["as", "with", "recursive", ")"];
    let follows = before.is_some_and(|piece| {
        words
            .iter()
            .any(|word| piece.text.eq_ignore_ascii_case(word))
    });
    let list = tokens[at..]
        .iter()
        .take_while(|piece| !piece.is_symbol(")"))
        .count();
    let defines = |piece: &ExpressionPiece| piece.text.eq_ignore_ascii_case("as");
    let opens =
        |piece: &ExpressionPiece| piece.text == "(" || piece.text.eq_ignore_ascii_case("not");
    let common_table = tokens.get(at + list + 1).is_some_and(defines)
        && tokens.get(at + list + 2).is_some_and(opens);
    follows || common_table
}
