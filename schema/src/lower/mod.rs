//! Stage `lower`: folds the statements of all files, in order, into the tables as they stand at the end.
//!
//! `CREATE`, `ALTER`, `RENAME` and `DROP` are applied by name; nothing is bound to engines or types here.

mod alter;
mod cascade;
mod check_name;
mod child;
mod column;
mod constraint;
mod distribution;
mod drop_column;
mod effects;
mod guarded;
mod lookup;
mod moved;
mod mysql;
mod native;
mod objects;
mod outside;
mod parts;
mod postgres;
mod reads;
mod rename;
mod schema;
mod setting;
pub(crate) use column::column;
pub(crate) use lookup::{column_index, same_name};
pub(crate) use reads::names_of;
#[cfg(feature = "diff")]
pub(crate) use setting::usual_value;
mod types;
mod unknown;
mod user_type;
mod view;
mod view_readers;

use crate::lists::IntoVec as _;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::mem;

use crate::ast::{
    Ast, Comment, CommentTarget, CreateFunction, CreateIndex, CreateTable, DroppedKey, FileAst,
    Keeper, Name, ObjectName, Partition, SearchPath, Statement, TableConstraintKind, TableOption,
    TypeName,
};
use crate::diagnostic::Diagnostics;
use crate::draft::{Draft, DraftDomain, DraftEnum, DraftTable, DraftView, TableIndex};
use crate::findings::{too_many, unreadable};
use crate::input::Input;
use crate::parse::comment_text;
use crate::plan::capture;
use crate::source::FileId;

use effects::Effects;
use objects::Objects;

/// Folds all files. What is folded makes room for what is made of the next.
pub fn lower(mut ast: Ast, input: &Input, diagnostics: &mut Diagnostics) -> Draft {
    let default_engine = input.default_engine_name().unwrap_or_default().to_owned();
    let mut fold = Fold::new(default_engine, diagnostics);
    for file in &mut ast.files {
        let statements = mem::take(&mut file.statements);
        let file = &*file;
        for (kind, count) in &file.skipped {
            *fold.skipped.entry(kind.clone()).or_default() += count;
        }
        fold.stood_in.extend(file.stood_in.iter().cloned());
        fold.text_searches
            .extend(file.text_searches.iter().cloned());
        for statement in statements {
            fold.now += 1;
            fold.statement(file, &statement);
        }
        fold.leave_out_outdated_views(file);
        fold.qualify_views(file);
    }
    fold.report_parts(&ast);
    if input.has_tables_outside {
        fold.add_tables_outside();
    }
    let read_as = ast
        .files
        .iter()
        .map(|file| (file.file, file.read_as.clone()));
    let dumps = ast.files.iter().filter(|file| file.is_dump);
    let allowed = ast.files.iter().filter_map(|file| file.allow.clone());
    Draft {
        read_as: read_as.into_vec(),
        dumps: dumps.map(|file| file.own).into_vec(),
        allowed: allowed.into_vec(),
        ..fold.finish()
    }
}

/// The suffixes that FTS3, FTS4, FTS5 and R*Tree append to the name of their table.
const SHADOWS: [&str; 11] = [
    "content", "segments", "segdir", "docsize", "stat", "data", "idx", "config", "node", "rowid",
    "parent",
];

/// So much may be done because something else was changed: a few seconds of work.
const FOLLOW_LIMIT: usize = 2_000_000;

/// The state of the fold.
struct Fold<'a> {
    diagnostics: &'a mut Diagnostics,
    default_engine: String,
    /// The tables in the order of their statements; `None` where one was dropped.
    tables: Vec<Option<DraftTable>>,
    /// By name in lower case; for looking up only.
    by_name: HashMap<String, Vec<TableIndex>>,
    /// Where indexes of this name are: each schema may have one.
    index_owner: HashMap<String, Vec<TableIndex>>,
    /// The table whose column takes its numbers from the sequence of this name and schema, where no column's usual name
    /// is that.
    sequence_owner: HashMap<String, TableIndex>,
    /// Names that changes may mention though no model has them: views, partitions, dropped tables.
    no_models: HashSet<String>,
    /// Names, in lower case, that foreign keys gave while no table bore them, and names of dropped tables: SQLite and MySQL
    /// keep such keys, and a table that gets the name later is the one they mean.
    awaited: HashSet<String>,
    /// SQLite's virtual tables, in lower case.
    virtual_tables: HashSet<String>,
    /// MySQL: the character set that a database of a file gives its tables.
    character_sets: Vec<(FileId, Option<String>, Vec<TableOption>)>,
    enums: Vec<DraftEnum>,
    enum_by_name: HashMap<String, Vec<usize>>,
    domains: Vec<DraftDomain>,
    objects: Objects,
    /// Types, by their number among the objects, and the tables of these types.
    typed: Vec<(usize, TableIndex)>,
    partitions: Vec<Partition>,
    /// The views in the order of their statements; `None` where one was dropped.
    views: Vec<Option<DraftView>>,
    view_by_name: HashMap<String, Vec<usize>>,
    /// Views by what they read, in lower case; for looking up only.
    readers: HashMap<String, BTreeSet<usize>>,
    /// Tables that inherit from one.
    heirs: HashMap<TableIndex, Vec<TableIndex>>,
    /// How much was done because something else was changed.
    followed: usize,
    functions: BTreeMap<String, Option<TypeName>>,
    routines: Vec<CreateFunction>,
    skipped: BTreeMap<String, usize>,
    stood_in: BTreeSet<(String, String)>,
    text_searches: BTreeSet<String>,
    /// The number of the current statement.
    now: usize,
    /// Where the table that is made or changed finds what is named without a schema.
    path: Option<SearchPath>,
    /// Counts changes of unknown tables.
    unknown_tables: usize,
    /// Partitions of which a statement says what they alone have.
    of_parts: Vec<Name>,
}

impl<'a> Fold<'a> {
    fn new(default_engine: String, diagnostics: &'a mut Diagnostics) -> Self {
        Self {
            diagnostics,
            default_engine,
            tables: Vec::new(),
            by_name: HashMap::new(),
            index_owner: HashMap::new(),
            sequence_owner: HashMap::new(),
            no_models: HashSet::new(),
            awaited: HashSet::new(),
            virtual_tables: HashSet::new(),
            character_sets: Vec::new(),
            enums: Vec::new(),
            enum_by_name: HashMap::new(),
            domains: Vec::new(),
            objects: Objects::default(),
            typed: Vec::new(),
            partitions: Vec::new(),
            views: Vec::new(),
            view_by_name: HashMap::new(),
            readers: HashMap::new(),
            heirs: HashMap::new(),
            followed: 0,
            functions: BTreeMap::new(),
            routines: Vec::new(),
            skipped: BTreeMap::new(),
            stood_in: BTreeSet::new(),
            text_searches: BTreeSet::new(),
            now: 0,
            path: None,
            unknown_tables: 0,
            of_parts: Vec::new(),
        }
    }

    fn statement(&mut self, file: &FileAst, statement: &Statement) {
        match statement {
            Statement::CreateTable(table) => self.create_table(file, table),
            Statement::AlterTable(alter) => self.alter_table(file, alter),
            Statement::DropTable { names, cascade } => {
                for name in names {
                    if *cascade {
                        self.drop_what_refers_to(file, name);
                    }
                    self.drop_partitions(name);
                    self.drop_table(file, name);
                }
            }
            Statement::CreateIndex(index) => self.create_index(file, index),
            Statement::DropIndex { names, table } => names
                .iter()
                .for_each(|name| self.drop_index(file, name, table.as_ref())),
            Statement::RenameIndex { from, to } => {
                self.rename_index(file, from, to);
            }
            Statement::CreateEnum(created) => self.create_enum(file, created),
            Statement::AlterEnum(alter) => self.alter_enum(file, alter),
            Statement::AlterComposite(alter) => self.alter_composite(file, alter),
            Statement::DropType { names, cascade } => {
                for name in names {
                    if *cascade {
                        self.drop_columns_of_type(file, name);
                    }
                    self.drop_type(file, name);
                }
            }
            Statement::DropSequence(names) => {
                for name in names {
                    self.drop_sequence(file, name);
                }
            }
            Statement::DropFunction(functions) => {
                for dropped in functions {
                    self.drop_function(file, dropped);
                }
            }
            Statement::CreateDomain(created) => self.create_domain(file, created),
            Statement::Comment(comment) => self.comment(file, comment),
            Statement::CreateView(view) => self.create_view(file, view),
            Statement::DropView { names, cascade } => names
                .iter()
                .for_each(|name| self.drop_view(file, name, *cascade)),
            Statement::DropSchema(schemas) => schemas
                .iter()
                .for_each(|schema| self.drop_schema(file, schema.as_deref())),
            Statement::RenameSchema { from, to } => self.rename_schema(file, from, to),
            Statement::DatabaseCharacterSet {
                database,
                options,
                kind,
            } => {
                self.skip(kind);
                self.set_database(file, database, options);
            }
            Statement::CreateFunction(created) => self.create_function(created),
            Statement::NoModel { name, kind } => self.no_model(name, kind),
            Statement::IfFits(statement) => self.if_fits(file, statement),
            Statement::CreateObject(created) => self.create_object(file, created),
            Statement::AlterObject(change) => self.alter_object(file, change),
            Statement::MoveObject(moved) => self.move_object(file, moved),
            Statement::AlterDomain(alter) => self.alter_domain(file, alter),
            Statement::Partition(partition) => self.partition(partition),
            Statement::Distribute(change) => self.distribute(file, change),
        }
    }

    /// Functions are counted as passed over: only the type of what they return is of use, to views.
    fn create_function(&mut self, created: &CreateFunction) {
        if !created.kind.is_empty() {
            self.skip(&created.kind);
        }
        self.routines.push(created.clone());
        let Some(returns) = created.value().filter(|returns| returns.name != "void") else {
            return;
        };
        let same = |known: &TypeName| {
            (&known.schema, &known.name, known.array)
                == (&returns.schema, &returns.name, returns.array)
        };
        self.functions
            .entry(created.name.name.text.to_lowercase())
            .and_modify(|known| *known = known.take().filter(same))
            .or_insert_with(|| Some(returns.clone()));
    }

    fn no_model(&mut self, name: &ObjectName, kind: &str) {
        let name = name.name.text.to_lowercase();
        if kind == "CREATE VIRTUAL TABLE" {
            self.virtual_tables.insert(name.clone());
        }
        self.no_models.insert(name);
        self.skip(kind);
    }

    /// Counts what is done to others; `false` where no sensible file goes on.
    fn may_follow(&mut self, name: &Name, effort: usize) -> bool {
        let before = self.followed;
        self.followed += effort;
        if before <= FOLLOW_LIMIT && self.followed > FOLLOW_LIMIT {
            self.diagnostics.push(too_many::changes(name.span));
        }
        self.followed <= FOLLOW_LIMIT
    }

    fn skip(&mut self, kind: &str) {
        *self.skipped.entry(kind.to_owned()).or_default() += 1;
    }

    fn create_table(&mut self, file: &FileAst, created: &CreateTable) {
        if let Some(of) = &created.of {
            return match self.typed_table(file, created, of) {
                Some((object, table)) => {
                    let index = self.tables.len();
                    self.create_table(file, &table);
                    self.typed.push((object, index));
                }
                None => {
                    let finding = unreadable::row_type(&of.name.text, of.name.span);
                    self.diagnostics.push(finding);
                }
            };
        }
        if Effects::of(file.dialect).catalogue_tables
            && self.belongs_to_sqlite(&created.name.name.text)
        {
            return self.no_model(&created.name, "CREATE TABLE of SQLite's own");
        }
        if capture::is_own_table(&created.name.name.text) {
            return self.no_model(&created.name, "CREATE TABLE of bindery's own");
        }
        if matches!(created.keeper, Keeper::Virtual | Keeper::FullText) {
            let name = created.name.name.text.to_lowercase();
            self.virtual_tables.insert(name);
        }
        if created.or_replace {
            self.drop_table(file, &created.name);
        }
        self.path.clone_from(&created.name.path);
        let mut table = self.empty_table(file, created);
        self.take_from_database(&mut table);
        if created.if_not_exists && self.exists_already(&table) {
            return;
        }
        for (position, column) in created.columns.iter().enumerate() {
            self.copies_at(file, created, position, &mut table);
            if !self.merge_inherited(file, created, &mut table, column) {
                self.add_column(file, &mut table, column);
            }
        }
        self.copies_at(file, created, created.columns.len(), &mut table);
        // Keys may mention periods that stand after them.
        let (periods, others): (Vec<_>, Vec<_>) = created
            .constraints
            .iter()
            .partition(|constraint| matches!(constraint.kind, TableConstraintKind::Period(_)));
        for constraint in periods.into_iter().chain(others) {
            self.add_constraint(file, &mut table, constraint);
        }
        if file.dialect.capabilities(file.flavour).merges_equal_keys {
            constraint::merge_equal_keys(&mut table);
        }
        let index = self.tables.len();
        self.number_sequences(index, &mut table);
        self.note_keys(index, &mut table);
        self.insert(table);
    }

    /// `.schema` shows `sqlite_sequence` and `sqlite_stat1`, and the shadow tables of virtual tables: their name and a word after it.
    fn belongs_to_sqlite(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let shadow = name.rsplit_once('_').is_some_and(|(base, word)| {
            SHADOWS.contains(&word) && self.virtual_tables.contains(base)
        });
        shadow || name == "sqlite_sequence" || name.starts_with("sqlite_stat")
    }

    fn comment(&mut self, file: &FileAst, comment: &Comment) {
        match &comment.on {
            CommentTarget::Table(name) => {
                if let Some(index) = self.find(file, name) {
                    self.table_mut(index).comment = comment.text.clone();
                } else if let Some(view) = self.find_view(file, name) {
                    view.table.comment = comment.text.clone();
                }
            }
            CommentTarget::Column(name, column) => {
                let Some(index) = self.find(file, name) else {
                    return self.comment_on_view(file, name, column, comment);
                };
                let dialect = file.dialect;
                let columns = &mut self.table_mut(index).columns;
                if let Some(found) = lookup::column_index(columns, &column.text, dialect) {
                    columns[found].comment = comment.text.clone();
                }
            }
            CommentTarget::Type(name) => {
                let found = self.find_enum(file, name);
                if let (Some(index), Some(text)) = (found, &comment.text) {
                    self.enums[index].docs = comment_text(text);
                }
            }
        }
    }

    fn create_index(&mut self, file: &FileAst, index: &CreateIndex) {
        let Some(owner) = self.find(file, &index.table) else {
            if self.index_of_view(file, index) {
                return;
            }
            return self.unknown_table(&index.table, "an index");
        };
        if index.if_not_exists && self.has_index(owner, index) {
            return;
        }
        let name = self.name_of_index(owner, index);
        if let Some(name) = &name {
            let owners = self.index_owner.entry(name.text.to_lowercase());
            owners.or_default().push(owner);
        }
        let mut index = CreateIndex {
            name,
            ..index.clone()
        };
        self.path.clone_from(&index.table.path);
        for value in index.expressions() {
            self.place_expression(file, value);
        }
        constraint::add_index(self.table_mut(owner), &index);
    }

    /// Whether there is an index of the name in the schema of this table.
    fn has_index(&self, owner: TableIndex, index: &CreateIndex) -> bool {
        let (Some(name), Some(table)) = (&index.name, &self.tables[owner]) else {
            return false;
        };
        let owners = self.index_owner.get(&name.text.to_lowercase());
        let owners = owners.into_iter().flatten();
        let mut known = owners.filter_map(|&known| self.tables[known].as_ref());
        // It went with a column it spoke of, perhaps.
        known.any(|known| {
            known.name.schema == table.name.schema && constraint::is_named(known, &name.text)
        })
    }

    /// The table whose index a name means, which is not an index of it any more.
    fn take_index_owner(&mut self, name: &ObjectName) -> Option<TableIndex> {
        let owners = self.index_owner.get_mut(&name.name.text.to_lowercase())?;
        let tables = &self.tables;
        let rank = |&(_, &owner): &(usize, &TableIndex)| {
            let table = tables[owner].as_ref();
            let rank = table.map(|table| name.rank(table.name.schema.as_deref()));
            rank.flatten().unwrap_or(usize::MAX)
        };
        let best = owners.iter().enumerate().rev().min_by_key(rank);
        best.map(|(at, _)| at).map(|at| owners.remove(at))
    }

    /// `false` where nothing bears the name.
    fn rename_index(&mut self, file: &FileAst, from: &ObjectName, to: &Name) -> bool {
        let Some(owner) = self.take_index_owner(from) else {
            return self.rename_index_of_view(from, to) || self.rename_key(file, from, to);
        };
        let owners = self.index_owner.entry(to.text.to_lowercase());
        owners.or_default().push(owner);
        if let Some(table) = self.tables[owner].as_mut() {
            alter::rename_constraint(table, &from.name, to);
        }
        true
    }

    /// An index that a key made bears its name.
    fn rename_key(&mut self, file: &FileAst, from: &ObjectName, to: &Name) -> bool {
        let tables = self.tables.iter_mut().flatten();
        let bears = |table: &&mut DraftTable| {
            let schema = table.name.schema.as_deref();
            table.file == file.file
                && from.rank(schema).is_some()
                && constraint::key_named(table, &from.name.text).is_some()
        };
        let found = tables.rev().find(bears);
        found.is_some_and(|table| {
            alter::rename_constraint(table, &from.name, to);
            true
        })
    }

    fn drop_index(&mut self, file: &FileAst, name: &ObjectName, table: Option<&ObjectName>) {
        let given = table.and_then(|table| self.find(file, table));
        let owner = given.or_else(|| self.take_index_owner(name));
        match owner.and_then(|owner| self.tables[owner].as_mut()) {
            Some(table) => constraint::drop_named(table, &name.name.text, DroppedKey::Index),
            None => self.drop_index_of_view(name),
        }
    }

    /// A change of a table that is not there; quiet where it never was to be a model.
    fn unknown_table(&mut self, name: &ObjectName, what: &str) {
        let text = &name.name.text;
        let mut parts = self.partitions.iter();
        if parts.any(|part| part.name.name.text == *text) {
            self.of_parts.push(name.name.clone());
            return self.skip("changes of one partition alone");
        }
        if self.no_models.contains(&text.to_lowercase()) {
            return self.skip("changes of what is no model");
        }
        let known = self
            .tables
            .iter()
            .flatten()
            .map(|table| table.name.name.text.as_str());
        self.unknown_tables += 1;
        // Comparing many names with many misspelt ones would take time; that many mistakes have one cause.
        let tried = if self.unknown_tables <= 50 { 20_000 } else { 0 };
        let near = crate::name::suggest(text, known.take(tried));
        let finding = unknown::table(&name.name, what, near);
        self.diagnostics.push(finding);
    }

    fn finish(mut self) -> Draft {
        self.place_partitions();
        self.shared_sequences();
        let mut kept = 0..;
        let place = |table: &Option<DraftTable>| table.as_ref().and_then(|_| kept.next());
        let moved: Vec<Option<TableIndex>> = self.tables.iter().map(place).into_vec();
        let mut tables: Vec<DraftTable> = self.tables.into_iter().flatten().into_vec();
        for key in tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
            key.target = key.target.and_then(|target| moved[target]);
        }
        for table in &mut tables {
            for (_, parent) in &mut table.native.inherits {
                *parent = parent.and_then(|parent| moved[parent]);
            }
        }
        Draft {
            tables,
            enums: self.enums,
            domains: self.domains,
            objects: self.objects.into_vec(),
            functions: self.functions,
            routines: self.routines,
            views: self.views.into_iter().flatten().into_vec(),
            other_names: self.no_models,
            skipped: self.skipped,
            stood_in: self.stood_in,
            text_searches: self.text_searches,
            read_as: Vec::new(),
            dumps: Vec::new(),
            allowed: Vec::new(),
        }
    }
}
