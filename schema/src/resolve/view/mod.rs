//! Views whose columns can be typed become tables that are only read; the others are known by name, and made all the same.
//!
//! `scope` follows the names of a query, `value` types its values by what the files of the dialects say.

mod aliases;
mod grouping;
mod names;
mod order;
mod scope;
mod value;

use std::rc::Rc;

use crate::ast::{ExpressionPiece, Notes, ObjectKind, ObjectName, PartKey, SerdeTags};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::draft::{DraftObjectKind, DraftView};
use crate::lower::same_name;
use crate::model::{
    Column, ColumnId, FieldType, Generated, NamedView, Table, TableId, TableName, View, ViewQuery,
};
use crate::name;
use crate::parse::{COLUMN_LIMIT, comment_text};
use crate::source::Span;

use super::Resolver;
use names::unknown_columns;
use scope::{Output, Relation, Tables};

/// Why a view has no model: in words that follow its name.
type Unread = String;

/// The names of a view's query.
struct Read {
    reads: Vec<TableId>,
    /// The views without a model among what it reads.
    reads_by_name: Vec<TableName>,
    /// The name of something that it reads and that may be there, though it is not in the model.
    missing: Option<String>,
    /// Names that nothing has.
    unknown: Vec<Diagnostic>,
}

/// The columns of a view, and for each the column that it is, unchanged.
struct Columns {
    columns: Vec<Column>,
    sources: Vec<Option<(TableId, ColumnId)>>,
}

impl<'a> Resolver<'a> {
    /// All views, each after those it reads.
    pub(super) fn views(&mut self) {
        let views = &self.draft.views;
        let names = views
            .iter()
            .map(|view| view.table.name.name.text.to_lowercase());
        self.view_names = names.collect();
        for at in order::reading_order(views) {
            self.view(&views[at]);
        }
    }

    /// One that is left out by wish is none.
    fn view(&mut self, view: &'a DraftView) {
        let key = view.table.name.name.text.to_lowercase();
        if view.table.notes.skip.is_some() {
            self.skipped.insert(key);
            return;
        }
        let (columns, mut read) = self.read_view(view);
        let unknown_names = std::mem::take(&mut read.unknown);
        let model = match columns {
            Ok(columns) => Ok(self.add_view(view, columns, &read)),
            Err(why) => {
                let columns = columns_of_indexes(view);
                let table = self.view_table(view, columns, &read);
                Err(Box::new(NamedView { why, table }))
            }
        };
        self.model.views.push(View {
            name: table_name(view),
            materialized: view.materialized,
            span: view.table.name.name.span,
            model,
            unknown_names,
        });
    }

    /// Among the tables.
    fn add_view(&mut self, view: &'a DraftView, known: Columns, read: &Read) -> TableId {
        let id = TableId(self.model.tables.len() as u32);
        for (at, source) in known.sources.iter().enumerate() {
            if let Some(source) = source {
                self.sources.insert((id, ColumnId(at as u32)), *source);
            }
        }
        let table = self.view_table(view, known.columns, read);
        let key = view.table.name.name.text.to_lowercase();
        self.by_name.entry(key).or_default().push(id);
        self.bound.push(&view.table);
        self.model.tables.push(table);
        id
    }

    /// Returns the columns of a table's query; `None` where that is not known.
    pub(super) fn columns_of_query(&mut self, view: &DraftView) -> Option<Vec<Column>> {
        let (known, _) = self.read_view(view);
        Some(known.ok()?.columns)
    }

    fn read_view(&self, view: &DraftView) -> (Result<Columns, Unread>, Read) {
        let tables = Tables::new(self, view);
        let columns = tables.whole().and_then(|relation| columns(view, &relation));
        let (reads, reads_by_name) = tables.read();
        let (missing, mut unknown) = self.missing(view, tables.missing.take());
        unknown.extend(unknown_columns(view, tables.unknown.take()));
        let read = Read {
            reads,
            reads_by_name,
            missing,
            unknown,
        };
        (columns, read)
    }

    fn view_table(&mut self, view: &'a DraftView, columns: Vec<Column>, read: &Read) -> Table {
        let draft = &view.table;
        let base = &draft.name.name;
        let model_name = draft.notes.model.as_ref();
        let docs = prose(&draft.notes, draft.comment.as_deref());
        let obstacle = self.obstacle(view, read);
        let indexes = self.indexes_of_view(draft, &columns);
        Table {
            native: crate::model::NativeTable::default(),
            name: table_name(view),
            span: base.span,
            model_name: model_name
                .map_or_else(|| name::model_name(&base.text), |name| name.text.clone()),
            accessor: name::escape_keyword(&name::accessor(&base.text)),
            engines: self.engines_of_view(view, read),
            engines_span: draft.engines_span,
            source_dialect: draft.dialect,
            columns,
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
            serde_rename: self.input.serde_rename.get(&draft.file).copied(),
            strict: false,
            without_rowid: false,
            storage_engine: None,
            view: Some(ViewQuery {
                materialized: view.materialized,
                columns: view.columns.iter().map(|name| name.text.clone()).collect(),
                sql: view.body.sql.clone(),
                words: view.words.clone(),
                reads: read.reads.clone(),
                reads_by_name: read.reads_by_name.clone(),
                obstacle,
            }),
        }
    }

    /// Returns the engines of a view; one without a tag lives where all of its sources do.
    fn engines_of_view(&mut self, view: &DraftView, read: &Read) -> Vec<crate::model::EngineId> {
        let named = self.named_views().map(|named| &named.table);
        let named = named.filter(|table| read.reads_by_name.contains(&table.name));
        let tables = read.reads.iter().map(|id| self.model.table(*id));
        let mut sources = tables.chain(named).map(|table| &table.engines);
        let shared = sources.next().map(|first| {
            let mut engines = first.clone();
            sources.for_each(|other| engines.retain(|engine| other.contains(engine)));
            engines
        });
        match shared.filter(|shared| view.table.engines.is_empty() && !shared.is_empty()) {
            Some(shared) => shared,
            None => self.engines(&view.table),
        }
    }

    /// The views so far that have no model.
    fn named_views(&self) -> impl Iterator<Item = &NamedView> {
        let views = self.model.views.iter();
        views.filter_map(|view| view.model.as_ref().err().map(|named| &**named))
    }

    /// Returns the construct of the query that bindery does not make.
    fn obstacle(&self, view: &'a DraftView, read: &Read) -> Option<String> {
        if let Some(missing) = &read.missing {
            return Some(format!("it reads `{missing}`, which bindery does not make"));
        }
        if let Some(other) = self.unmade_view(view) {
            return Some(format!("it reads `{other}`, which is not made"));
        }
        let function = unknown_function(&view.body.tokens, view.table.dialect)?;
        let is_own = self.draft.functions.contains_key(&function.to_lowercase());
        (is_own || self.adds_functions())
            .then(|| format!("it calls `{function}`, which bindery does not make"))
    }

    /// Returns whether functions may be there that neither the database nor a statement that is read brings.
    fn adds_functions(&self) -> bool {
        let objects = self.draft.objects.iter();
        let mut kinds = objects.map(|object| object.kind);
        kinds.any(|kind| kind == DraftObjectKind::Other(ObjectKind::Extension))
            || self.draft.skipped.contains_key("CREATE AGGREGATE")
    }

    /// A view that the text reads and that is not made.
    fn unmade_view(&self, view: &'a DraftView) -> Option<String> {
        let tables = self.model.tables.iter();
        let views = tables.chain(self.named_views().map(|named| &named.table));
        let unmade = views.filter(|table| {
            let query = table.view.as_ref();
            query.is_some_and(|view| view.obstacle.is_some())
        });
        let unmade: Vec<&Table> = unmade.collect();
        if unmade.is_empty() {
            return None;
        }
        let mut named = named_objects(view);
        let is = |name: &ObjectName, table: &Table| {
            same_name(&table.name.name, &name.name.text, view.table.dialect)
                && name.rank(table.name.schema.as_deref()).is_some()
        };
        let found = named.find(|name| unmade.iter().any(|table| is(name, table)));
        found.map(|name| name.name.text)
    }
}

/// The tables and views that the text of a query names anywhere, but for the queries of its `WITH`.
fn named_objects(view: &DraftView) -> impl Iterator<Item = ObjectName> {
    let named = crate::lower::named_tables(view).into_iter();
    named.filter(|name| !is_common(&view.body.tokens, &name.name.text))
}

/// Returns whether the name is that of a query of a `WITH`, rather than of a view.
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

/// The columns that a query gives.
fn columns(view: &DraftView, relation: &Rc<Relation>) -> Result<Columns, Unread> {
    let names = column_names(view, relation)?;
    let mut known = Columns {
        columns: Vec::new(),
        sources: Vec::new(),
    };
    for (at, (output, name)) in relation.columns.iter().zip(names).enumerate() {
        known.columns.push(view_column(view, at, output, name)?);
        let source = output.typed.as_ref().and_then(|typed| typed.source);
        known.sources.push(source);
    }
    Ok(known)
}

/// The columns that the indexes of a view name, where no others are known.
fn columns_of_indexes(view: &DraftView) -> Vec<Column> {
    let parts = view.table.indexes.iter().flat_map(|index| &index.parts);
    let mut columns: Vec<Column> = Vec::new();
    for part in parts {
        if let PartKey::Column(name) = &part.key
            && !columns.iter().any(|column| column.name == name.text)
        {
            let typed = value::Typed::text(view.table.dialect, true);
            columns.push(plain_column(name.text.clone(), name.span, typed));
        }
    }
    columns
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
    let mut column = plain_column(name, span, typed);
    column.field = own_name.map_or(column.field, |name| name::escape_keyword(&name));
    column.field_type = custom.map_or(FieldType::Plain, FieldType::Custom);
    column.skip = skip;
    column.serde = notes.serde.clone();
    column.docs = prose(notes, comment);
    Ok(column)
}

/// A column of a view without annotations.
fn plain_column(name: String, span: Span, typed: value::Typed) -> Column {
    Column {
        native: crate::model::NativeColumn::default(),
        field: name::escape_keyword(&name::field(&name)),
        name,
        span,
        type_span: span,
        sql_type: typed.sql_type,
        column_type: typed.column_type,
        float_digits: None,
        as_text: typed.as_text,
        field_type: FieldType::Plain,
        nullable: typed.nullable,
        default: None,
        generated: Generated::No,
        collation: None,
        on_update_now: false,
        version: false,
        updated: false,
        skip: false,
        renamed_from: None,
        redact: None,
        serde: SerdeTags::default(),
        link: None,
        docs: Vec::new(),
    }
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
            && !crate::typing::grammar::is_known_call(dialect, &pair[0].text.to_lowercase())
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
