//! Views whose columns can be typed become tables that are only read; the others are known by name, and made all the same.
//!
//! `typing` follows the names of a query and types its values; `tables` says what they stand for.

mod order;
mod tables;
mod unknown;

use crate::ast::{Notes, ObjectKind, PartKey, SerdeTags};
use crate::column_type::{ColumnType, LobSize};
use crate::diagnostic::Diagnostic;
use crate::dialect::{Dialect, DialectRules as _};
use crate::draft::{DraftObjectKind, DraftView};
use crate::lists::IntoVec as _;
use crate::lower::names_of;
use crate::model::{
    Column, ColumnId, FieldType, Generated, Model, NamedView, Table, TableId, TableName, View,
    ViewQuery,
};
use crate::name;
use crate::parse::{COLUMN_LIMIT, comment_text};
use crate::sorting::sort_by;
use crate::source::Span;
use crate::syntax::{self, ExprKind, ItemKind, Node, SelectItem, Whole};
use crate::typing::grammar::is_known_call;
use crate::typing::{CheckedColumn, LookedColumn, columns_of_view};

use super::Resolver;
use tables::OfView;

/// Why a view has no model: in words that follow its name.
type Unread = String;

/// The names of a view's query.
#[derive(Default)]
struct Read {
    reads: Vec<TableId>,
    /// The views without a model among what it reads.
    reads_by_name: Vec<TableName>,
    /// The name of something that it reads and that may be there, though it is not in the model.
    missing: Option<String>,
    /// Names that nothing has.
    unknown: Vec<Diagnostic>,
}

impl Read {
    fn sort(&mut self) {
        sort_by(&mut self.reads, Ord::cmp);
        self.reads.dedup();
        sort_by(&mut self.reads_by_name, Ord::cmp);
        self.reads_by_name.dedup();
    }
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
        let names = OfView {
            view,
            model: &self.model,
            bound: &self.bound,
            by_name: &self.by_name,
        };
        let query = match &view.query {
            Ok(query) => query,
            Err(why) => {
                return (
                    Err(format!("has a query that is not read: {why}")),
                    self.names_in(view),
                );
            }
        };
        // A view belongs to the first of several files that are one, and its query may stand in a later one.
        let (dialect, file) = (view.table.dialect, query.span().file);
        let text = self.input.sources.file(file).text();
        let looked = columns_of_view(&self.model, &names, dialect, text, query);
        let by_name = looked.opens.iter();
        let by_name = by_name.filter_map(|name| names.named_view(name).cloned());
        let mut read = Read {
            reads: looked.reads,
            reads_by_name: by_name.into_vec(),
            ..Read::default()
        };
        (read.missing, read.unknown) = self.unknown_names(view, looked.unknown);
        read.sort();
        let columns = looked.columns.map_err(|reason| match reason {
            Some(reason) => format!("has columns that are not known: {reason}"),
            None => "has a `*` over something whose columns are not known".to_owned(),
        });
        let columns = columns.and_then(|given| columns_of(view, query.items(), given));
        (columns, read)
    }

    /// The tables that a query may read which cannot be read itself: all that it holds the name of.
    fn names_in(&self, view: &DraftView) -> Read {
        let mut read = Read::default();
        for source in names_of(view).tables {
            let key = source.name.name.text.to_lowercase();
            read.reads
                .extend(self.by_name.get(&key).into_iter().flatten());
            let named = named_views(&self.model).map(|named| &named.table.name);
            let named = named.filter(|name| name.name.eq_ignore_ascii_case(&key));
            read.reads_by_name.extend(named.cloned());
        }
        read.sort();
        read
    }

    fn view_table(&mut self, view: &'a DraftView, columns: Vec<Column>, read: &Read) -> Table {
        let draft = &view.table;
        let base = &draft.name.name;
        let model_name = draft.notes.model.as_ref();
        let docs = prose(&draft.notes, draft.comment.as_deref());
        let functions = unknown_functions(view);
        let (calls, others): (Vec<String>, Vec<String>) = functions
            .into_iter()
            .partition(|name| self.makes_function(view, name));
        let obstacle = self.obstacle(others.first(), read);
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
            distribution: None,
            renamed_from: None,
            serde_rename: self.input.serde_rename.get(&draft.file).copied(),
            strict: false,
            without_rowid: false,
            full_text: false,
            storage_engine: None,
            view: Some(ViewQuery {
                materialized: view.materialized,
                columns: view.columns.iter().map(|name| name.text.clone()).into_vec(),
                sql: view.body.sql.clone(),
                words: view.words.clone(),
                reads: read.reads.clone(),
                reads_by_name: read.reads_by_name.clone(),
                calls: calls.iter().map(|name| name.to_lowercase()).into_vec(),
                obstacle,
            }),
        }
    }

    /// Returns the engines of a view; one without a tag lives where all of its sources do.
    fn engines_of_view(&mut self, view: &DraftView, read: &Read) -> Vec<crate::model::EngineId> {
        let named = named_views(&self.model).map(|named| &named.table);
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

    /// Returns the construct of the query that bindery does not make.
    fn obstacle(&self, unmade: Option<&String>, read: &Read) -> Option<String> {
        if let Some(missing) = &read.missing {
            return Some(format!("it reads `{missing}`, which bindery does not make"));
        }
        if let Some(other) = self.unmade_view(read) {
            return Some(format!("it reads `{other}`, which is not made"));
        }
        let function = unmade?;
        let is_own = self.draft.functions.contains_key(&function.to_lowercase());
        (is_own || self.adds_functions())
            .then(|| format!("it calls `{function}`, which bindery does not make"))
    }

    /// Returns whether a statement that is read makes the function, so that it can be made before the view.
    fn makes_function(&self, view: &DraftView, name: &str) -> bool {
        self.draft.objects.iter().any(|object| {
            object.kind == DraftObjectKind::Other(ObjectKind::Function)
                && object.dialect == view.table.dialect
                && object.name.name.text.eq_ignore_ascii_case(name)
        })
    }

    /// Returns whether functions may be there that neither the database nor a statement that is read brings.
    fn adds_functions(&self) -> bool {
        let objects = self.draft.objects.iter();
        let mut kinds = objects.map(|object| object.kind);
        kinds.any(|kind| kind == DraftObjectKind::Other(ObjectKind::Extension))
            || self.draft.skipped.contains_key("CREATE AGGREGATE")
    }

    /// A view that it reads and that is not made.
    fn unmade_view(&self, read: &Read) -> Option<String> {
        let named = named_views(&self.model).map(|named| &named.table);
        let named = named.filter(|table| read.reads_by_name.contains(&table.name));
        let tables = read.reads.iter().map(|id| self.model.table(*id));
        let mut unmade = tables.chain(named).filter(|table| {
            let query = table.view.as_ref();
            query.is_some_and(|view| view.obstacle.is_some())
        });
        unmade.next().map(|table| table.name.name.clone())
    }
}

/// The views so far that have no model.
fn named_views(model: &Model) -> impl Iterator<Item = &NamedView> {
    let views = model.views.iter();
    views.filter_map(|view| view.model.as_ref().err().map(|named| &**named))
}

fn table_name(view: &DraftView) -> TableName {
    TableName {
        schema: view.table.name.schema.clone(),
        name: view.table.name.name.text.clone(),
    }
}

/// The columns that a query gives, by its own names and its notes.
fn columns_of(
    view: &DraftView,
    items: &[SelectItem],
    given: Vec<LookedColumn>,
) -> Result<Columns, Unread> {
    let names = column_names(view, &given)?;
    let mut known = Columns {
        columns: Vec::new(),
        sources: Vec::new(),
    };
    for (at, (column, name)) in given.into_iter().zip(names).enumerate() {
        let source = column.typed.as_ref().ok().and_then(|typed| typed.source);
        known.sources.push(source);
        known
            .columns
            .push(view_column(view, (at, items), column, name)?);
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
            columns.push(plain_column(name.text.clone(), name.span, None, view));
        }
    }
    columns
}

/// The names of a view's columns: its own list first, then those of the query.
fn column_names(view: &DraftView, given: &[LookedColumn]) -> Result<Vec<String>, Unread> {
    if given.len() > COLUMN_LIMIT {
        return Err(format!("has more than {COLUMN_LIMIT} columns"));
    }
    if view.columns.len() > given.len() {
        return Err("names more columns than its query gives".to_owned());
    }
    let mut names: Vec<String> = Vec::new();
    let mut taken = std::collections::HashSet::new();
    for (at, column) in given.iter().enumerate() {
        let own = view.columns.get(at).map(|name| &name.text);
        let Some(name) = own.or(column.name.as_ref()) else {
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
    (at, items): (usize, &[SelectItem]),
    given: LookedColumn,
    name: String,
) -> Result<Column, Unread> {
    let number = if view.columns.is_empty() {
        let is_item =
            |item: &SelectItem| item.span == given.span && matches!(item.kind, ItemKind::Value(..));
        items.iter().position(is_item)
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
    let typed = match given.typed {
        Ok(typed) => Some(typed),
        Err(_) if skip => None,
        Err(None) => return Err(format!("has a column `{name}` whose type is not known")),
        Err(Some(reason)) => {
            return Err(format!(
                "has a column `{name}` whose type is not known: {reason}"
            ));
        }
    };
    let commented = view
        .column_comments
        .iter()
        .rev()
        .find(|(known, _)| *known == name);
    let comment = commented.and_then(|(_, text)| text.as_deref());
    let own_name = notes.name.as_ref().map(|name| name.text.clone());
    let custom = notes.rust_type.as_ref().map(|path| path.text.clone());
    let span = view.columns.get(at).map_or(given.span, |name| name.span);
    let mut column = plain_column(name, span, typed, view);
    column.field = own_name.map_or(column.field, |name| name::escape_keyword(&name));
    column.field_type = custom.map_or(FieldType::Plain, FieldType::Custom);
    column.skip = skip;
    column.serde = notes.serde.clone();
    column.docs = prose(notes, comment);
    Ok(column)
}

/// A column of a view without annotations; one whose type is not known is a text.
fn plain_column(
    name: String,
    span: Span,
    typed: Option<CheckedColumn>,
    view: &DraftView,
) -> Column {
    let (column_type, sql_type, as_text, nullable) = match typed {
        Some(typed) => (
            typed.column_type,
            typed.sql_type,
            typed.as_text,
            typed.nullable,
        ),
        None => {
            let text = ColumnType::Text(LobSize::Unbounded);
            let sql_type = view.table.dialect.rules().computed(&text).to_owned();
            (text, sql_type, false, true)
        }
    };
    Column {
        native: crate::model::NativeColumn::default(),
        field: name::escape_keyword(&name::field(&name)),
        name,
        span,
        type_span: span,
        sql_type,
        column_type,
        float_digits: None,
        as_text,
        field_type: FieldType::Plain,
        nullable,
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

/// The functions of a view's query that are none of the database's own, as far as they are known, in their order.
fn unknown_functions(view: &DraftView) -> Vec<String> {
    match &view.query {
        Ok(query) => unknown_calls(query, view.table.dialect),
        Err(_) => Vec::new(),
    }
}

fn unknown_calls(query: &Whole, dialect: Dialect) -> Vec<String> {
    let mut unknown: Vec<(u32, &str)> = Vec::new();
    syntax::walk_statement(&query.statement, |node| {
        if let Node::Expr(expr) = node
            && let ExprKind::Call(call) = &expr.kind
            && !call.bare
            && !is_known_call(dialect, &call.function().to_lowercase())
        {
            unknown.push((expr.span.start, call.function()));
        }
    });
    sort_by(&mut unknown, |one, other| one.0.cmp(&other.0));
    unknown
        .into_iter()
        .map(|(_, name)| name.to_owned())
        .into_vec()
}
