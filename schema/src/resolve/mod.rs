//! Stage `resolve`: binds every name of the draft to what it means and settles types, defaults and keys.
//!
//! Mistakes in a single name or type are reported here; whether the whole makes sense is the matter of `check`.

mod column;
mod default;
mod derives;
mod distribution;
mod engines;
mod enum_names;
mod expression;
mod facts;
mod field_type;
mod foreign;
mod index;
mod interface;
mod json;
mod length;
mod lints;
mod naming;
mod native;
mod portable;
mod publish;
mod reference;
mod sync;
mod table_expression;
mod table_query;
pub mod types;
mod unknown_column;
mod user_type;
mod view;

use crate::lists::IntoVec as _;
use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::draft::{Draft, DraftTable};
use crate::input::Input;
use crate::lower::same_name;
use crate::model::{
    Column, ColumnId, EngineId, EnumValue, Model, PrimaryKey, StorageEngine, Table, TableId,
    TableName,
};
use crate::name;
use crate::parse::comment_text;

/// Binds a draft.
pub fn resolve(mut draft: Draft, input: &Input, diagnostics: &mut Diagnostics) -> Model {
    table_query::settle(&mut draft, input, diagnostics);
    let mut resolver = Resolver::new(&draft, input, diagnostics);
    resolver.user_types();
    resolver.tables();
    resolver.views();
    resolver.duplicate_tables();
    naming::settle(&mut resolver.model, &resolver.bound);
    derives::report_unknown(&resolver.model, resolver.diagnostics);
    publish::derive(&mut resolver.model);
    resolver.references();
    resolver.links();
    resolver.syncs();
    resolver.distributions();
    resolver.keys_of_others();
    resolver.table_expressions();
    resolver.domain_expressions();
    resolver.lengths();
    resolver.native_words();
    json::skip_in_views(&mut resolver.model, &resolver.sources);
    field_type::settle(
        &mut resolver.model,
        &resolver.bound,
        &resolver.sources,
        &resolver.of_sql_type,
    );
    resolver.interfaces();
    resolver
        .mapping
        .report_unused(&resolver.model, resolver.diagnostics);
    resolver.settle_lints();
    field_type::record_places(&mut resolver.model, &input.sources);
    resolver.model
}

/// The state of the stage.
struct Resolver<'a> {
    draft: &'a Draft,
    input: &'a Input,
    diagnostics: &'a mut Diagnostics,
    model: Model,
    /// For each table of the model, its draft.
    bound: Vec<&'a DraftTable>,
    /// For each draft, its table; `None`: `@skip`.
    ids: Vec<Option<TableId>>,
    /// Tables by name in lower case, for looking up only.
    by_name: HashMap<String, Vec<TableId>>,
    /// Names of tables that are not in the model by wish.
    skipped: HashSet<String>,
    /// Names of all views in lower case, for looking up only.
    view_names: HashSet<String>,
    /// How many references to unknown tables were found.
    unknown_tables: usize,
    /// The columns that columns of views are, unchanged.
    sources: HashMap<(TableId, ColumnId), (TableId, ColumnId)>,
    user_types: user_type::UserTypes,
    /// `[types]` of the configuration.
    mapping: types::Mapping<'a>,
    /// Rust types that columns have for their SQL types, unless they refer to others; for looking up only.
    of_sql_type: HashMap<(TableId, ColumnId), String>,
    reported: engines::Reported,
}

impl<'a> Resolver<'a> {
    fn new(draft: &'a Draft, input: &'a Input, diagnostics: &'a mut Diagnostics) -> Self {
        let model = Model {
            engines: input.engines.clone(),
            skipped: draft.skipped.clone(),
            stood_in: draft.stood_in.clone(),
            text_searches: draft.text_searches.clone(),
            derives: input.derives.clone(),
            groups: input.groups.clone(),
            shards: input.shards.clone(),
            functions: draft.routines.clone(),
            ..Model::default()
        };
        Self {
            draft,
            input,
            diagnostics,
            model,
            bound: Vec::new(),
            ids: Vec::new(),
            by_name: HashMap::new(),
            skipped: HashSet::new(),
            view_names: HashSet::new(),
            unknown_tables: 0,
            sources: HashMap::new(),
            user_types: user_type::UserTypes::default(),
            mapping: types::Mapping::new(&input.types),
            of_sql_type: HashMap::new(),
            reported: engines::Reported::default(),
        }
    }

    fn tables(&mut self) {
        let draft = self.draft;
        for table in &draft.tables {
            let key = table.name.name.text.to_lowercase();
            if table.notes.skip.is_some() {
                self.skipped.insert(key);
                self.ids.push(None);
                continue;
            }
            let id = TableId(self.model.tables.len() as u32);
            let resolved = self.table(table);
            self.ids.push(Some(id));
            self.by_name.entry(key).or_default().push(id);
            self.model.tables.push(resolved);
            self.bound.push(table);
        }
    }

    fn table(&mut self, draft: &'a DraftTable) -> Table {
        let base = &draft.name.name;
        let model_name = draft
            .notes
            .model
            .as_ref()
            .map_or_else(|| name::model_name(&base.text), |name| name.text.clone());
        let key = self.primary_key(draft);
        let mut columns: Vec<Column> = draft
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let id = ColumnId(index as u32);
                let key = key.as_ref().filter(|key| key.columns.contains(&id));
                self.column(id, draft, column, key, &model_name)
            })
            .into_vec();
        let mut docs = draft.notes.docs.clone();
        if docs.is_empty() {
            docs = draft
                .comment
                .as_deref()
                .map(comment_text)
                .unwrap_or_default();
        }
        columns.shrink_to_fit();
        let uniques = self.uniques(draft, &columns, key.as_ref());
        let indexes = self.indexes(draft, &uniques, key.as_ref());
        let checks = self.checks(draft);
        Table {
            name: TableName {
                schema: draft.name.schema.clone(),
                name: base.text.clone(),
            },
            span: base.span,
            model_name,
            accessor: name::escape_keyword(&name::accessor(&base.text)),
            engines: self.engines(draft),
            engines_span: draft.engines_span,
            source_dialect: draft.dialect,
            columns,
            primary_key: key,
            uniques,
            indexes,
            foreign_keys: Vec::new(),
            checks,
            docs,
            unmanaged: draft.notes.unmanaged.is_some(),
            validate: draft.notes.validate.is_some(),
            publish: draft.notes.publish.clone(),
            capture: draft.notes.capture,
            distribution: None,
            renamed_from: draft
                .notes
                .renamed_from
                .as_ref()
                .map(|name| name.text.clone()),
            serde_rename: self.input.serde_rename.get(&draft.file).copied(),
            strict: draft.strict,
            without_rowid: draft.without_rowid,
            full_text: draft.full_text,
            storage_engine: draft.storage_engine.as_ref().map(|name| StorageEngine {
                name: name.text.clone(),
                span: name.span,
            }),
            view: None,
            native: native::table(draft),
        }
    }

    fn primary_key(&mut self, draft: &DraftTable) -> Option<PrimaryKey> {
        let key = draft.primary_key.as_ref()?;
        let columns = self.column_ids(draft, &key.columns, "the primary key");
        // A key that cannot be bound is reported once: with any column in its place nothing else seems wrong as well.
        let any = || (!draft.columns.is_empty()).then(|| vec![ColumnId(0)]);
        let columns = columns.filter(|columns| !columns.is_empty()).or_else(any)?;
        Some(PrimaryKey {
            columns,
            name: key.name.clone(),
            parts: index::part_words(&key.parts),
            deferrable: key.deferrable,
            words: key.words.clone(),
            span: key.span,
        })
    }

    /// Two tables of one name on one engine.
    fn duplicate_tables(&mut self) {
        let mut seen: HashMap<(EngineId, Option<String>, String), TableId> = HashMap::new();
        for id in self.model.table_ids() {
            let table = self.model.table(id);
            for &engine in &table.engines {
                let folds = same_name("a", "A", self.model.engine(engine).dialect);
                let name = if folds {
                    table.name.name.to_lowercase()
                } else {
                    table.name.name.clone()
                };
                let key = (engine, table.name.schema.clone(), name);
                let Some(&first) = seen.get(&key) else {
                    seen.insert(key, id);
                    continue;
                };
                let finding = twice(&self.model, id, first, engine);
                self.diagnostics.push(finding);
                break;
            }
        }
    }
}

/// Two tables of one name, which may differ in case.
fn twice(model: &Model, again: TableId, first: TableId, engine: EngineId) -> Diagnostic {
    let (again, first) = (model.table(again), model.table(first));
    let (name, other) = (&again.name.name, &first.name.name);
    let on = &model.engine(engine);
    let message = if name == other {
        format!("table `{name}` is there twice on engine `{}`", on.name)
    } else {
        let product = on.dialect.product();
        format!(
            "tables `{other}` and `{name}` are one on engine `{}`: {product} does not distinguish them",
            on.name
        )
    };
    let free = model.engines.iter().enumerate().find(|(id, _)| {
        let id = EngineId(*id as u32);
        !again.engines.contains(&id) && !first.engines.contains(&id)
    });
    let mut help = format!("remove or rename one of them, for example to `{name}_2`");
    if let Some((_, free)) = free {
        help += &format!(
            "; or let it live elsewhere: `-- @engines {}` above it",
            free.name
        );
    }
    Diagnostic::error("B0101", message)
        .at(again.span, "again")
        .at(first.span, "first here")
        .help(help)
}

/// Values with their variants.
fn enum_values(values: &[String]) -> Vec<EnumValue> {
    values
        .iter()
        .map(|value| EnumValue {
            value: value.clone(),
            variant: name::variant(value),
        })
        .into_vec()
}
