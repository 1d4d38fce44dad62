//! Resolves constructs of a schema's own dialect only, and which objects each table needs there.
//!
//! An object is needed by all that mention its name: too many do no harm, as they are in the original too.

mod mysql;
mod postgres;

use crate::lists::IntoVec as _;
use mysql::period;
use postgres::identity;
pub(super) use postgres::serial;

use crate::dialect::DialectRules as _;
use std::collections::{BTreeSet, HashMap};

use crate::ast::{Expression, KeyPart, ObjectKind as Written, ObjectName, PartKey};
use crate::column_type::ColumnType;
use crate::dialect::{Dialect, is_own};
use crate::draft::{
    DraftColumn, DraftCounter, DraftGenerated, DraftObject, DraftObjectKind, DraftTable,
};
use crate::model::{
    Column, ColumnId, Counter, Default, DefaultValue, Exclusion, NativeColumn, NativeObject,
    NativeTable, ObjectKind, Partition, TableId, TableName,
};
use crate::source::FileId;
use crate::sql_writer::SqlWriter;
use crate::syntax::ungrouped;
use crate::syntax::words_of;

use super::facts::Facts;
use super::{Resolver, types};

/// A table's own words, but for what other tables are needed for.
pub(super) fn table(draft: &DraftTable) -> NativeTable {
    let native = &draft.native;
    let options = native.options.iter().map(|option| option.text.clone());
    let exclusion = |(name, sql): &(Option<String>, Expression)| Exclusion {
        name: name.clone(),
        sql: sql.sql.clone(),
        span: sql.span,
    };
    let partition = |part: &crate::ast::Partition| Partition {
        name: table_name(&part.name),
        parent: table_name(&part.parent),
        bound: part.bound.clone(),
    };
    let changed = |(sequence, change): &(String, String)| {
        let name = TableName {
            schema: draft.name.schema.clone(),
            name: sequence.clone(),
        };
        let mut sql = SqlWriter::new(draft.dialect);
        sql.push("ALTER SEQUENCE ")
            .table(&name)
            .push(" ")
            .push(change);
        sql.finish()
    };
    NativeTable {
        outside: draft.native.outside,
        unlogged: native.unlogged,
        inherits: Vec::new(),
        has_heirs: false,
        options: options.into_vec(),
        partitioned: native
            .options
            .iter()
            .any(|option| option.key == "PARTITION BY"),
        periods: native.periods.iter().map(period).into_vec(),
        keeps_versions: native
            .options
            .iter()
            .any(|option| option.key == "SYSTEM VERSIONING"),
        exclusions: native.exclusions.iter().map(exclusion).into_vec(),
        comment: comment(&draft.comment, draft.dialect),
        partitions: native.partitions.iter().map(partition).into_vec(),
        behind: native.behind.iter().map(changed).into_vec(),
        objects: Vec::new(),
        beside: Vec::new(),
    }
}

fn comment(text: &Option<String>, dialect: Dialect) -> Option<String> {
    text.clone().filter(|_| Facts::of(dialect).keeps_comments)
}

fn table_name(name: &ObjectName) -> TableName {
    TableName {
        schema: name.schema.clone(),
        name: name.name.text.clone(),
    }
}

/// A column's own words, beside what its default and its type were found to be.
pub(super) fn column(
    draft: &DraftColumn,
    table: &DraftTable,
    default: Option<&Default>,
    column_type: &ColumnType,
) -> NativeColumn {
    let repeated = |written: &Expression| match default {
        Some(known) if needs_parentheses(written, known, column_type, table.dialect) => {
            format!("({})", written.sql)
        }
        Some(_) | None => written.sql.clone(),
    };
    NativeColumn {
        not_null: draft.not_null,
        not_null_of_domain: false,
        says_null: draft.says_null,
        inherited: draft.inherited,
        declared: declared(draft, table.dialect),
        not_null_conflict: draft.not_null_conflict.clone(),
        default: draft.default.as_ref().map(repeated),
        type_words: draft.type_words.clone(),
        words: draft.words.clone(),
        collation_schema: draft
            .collation
            .as_ref()
            .and_then(|name| name.schema.clone()),
        on_update: draft.on_update_now.clone(),
        comment: comment(&draft.comment, table.dialect),
        counter: counter(draft, table.dialect),
        settings: draft.settings.clone(),
        identity_settings: draft.identity_settings.clone(),
    }
}

/// MariaDB takes and writes expressions as they are, and any default of a long column; MySQL takes both in parentheses
/// only, which MariaDB takes, too ("Data Type Default Values" of MySQL's manual; tried on both).
fn needs_parentheses(
    written: &Expression,
    default: &Default,
    column_type: &ColumnType,
    dialect: Dialect,
) -> bool {
    let is_moment = matches!(
        column_type,
        ColumnType::DateTime(_) | ColumnType::Timestamp(_)
    );
    let needed = match &default.value {
        DefaultValue::Null => false,
        DefaultValue::Now => !is_moment,
        DefaultValue::Bool(_)
        | DefaultValue::Number(_)
        | DefaultValue::Text(_)
        | DefaultValue::Bytes(_) => dialect.rules().wraps_default(column_type),
        DefaultValue::CurrentDate
        | DefaultValue::CurrentTime
        | DefaultValue::RandomUuid
        | DefaultValue::Expression(_) => true,
    };
    let is_bare = || ungrouped(&written.sql, dialect) == written.sql.trim();
    Facts::of(dialect).defaults.wrapped && needed && is_bare()
}

fn declared(draft: &DraftColumn, dialect: Dialect) -> Option<String> {
    let serial = draft.type_name.name == "serial";
    let written = || draft.type_name.written.clone();
    let is_shown = types::types_of(dialect).are_declared_as_written && !serial;
    draft.declared.clone().or_else(|| is_shown.then(written))
}

fn counter(draft: &DraftColumn, dialect: Dialect) -> Counter {
    let counters = &Facts::of(dialect).counters;
    match &draft.counter {
        DraftCounter::Autoincrement if counters.autoincrement => Counter::Autoincrement,
        DraftCounter::Identity(options) => Counter::Identity(identity(options)),
        DraftCounter::Default(default) => Counter::Sequence(default.sql.clone()),
        DraftCounter::Usual | DraftCounter::Autoincrement => match &draft.generated {
            DraftGenerated::Counted { .. } => (counters.of_type)(&draft.type_name.name),
            DraftGenerated::No | DraftGenerated::Computed { .. } => Counter::Usual,
        },
    }
}

impl Resolver<'_> {
    /// Parents of tables, and the objects each table needs.
    pub(super) fn native_words(&mut self) {
        for id in self.model.table_ids() {
            let draft = self.bound[id.0 as usize];
            let parents = draft.native.inherits.iter();
            let parents = parents.filter_map(|(_, parent)| self.ids[(*parent)?]);
            let parents: Vec<TableId> = parents.filter(|parent| *parent != id).into_vec();
            for parent in &parents {
                self.model.tables[parent.0 as usize].native.has_heirs = true;
            }
            self.model.tables[id.0 as usize].native.inherits = parents;
        }
        self.inherited_tags();
        if self.draft.objects.is_empty() {
            return self.unknown_sequences(None);
        }
        let needs = Needs::new(self.draft.objects.iter());
        self.objects();
        self.unknown_sequences(Some(&needs));
        for id in self.model.table_ids() {
            let draft = self.bound[id.0 as usize];
            let view = self.model.table(id).view.as_ref();
            let objects = match view {
                Some(view) => needs.of_view(draft, &view.calls),
                None => needs.of_table(draft),
            };
            let table = &mut self.model.tables[id.0 as usize];
            table.native.objects = objects;
        }
        self.objects_of_named_views(&needs);
        self.objects_beside(&needs);
    }

    /// Views without a model are made all the same.
    fn objects_of_named_views(&mut self, needs: &Needs<'_>) {
        for view in &mut self.model.views {
            let mut drafts = self.draft.views.iter();
            let draft = drafts.find(|draft| draft.table.name.name.span == view.span);
            if let (Some(draft), Err(named)) = (draft, &mut view.model) {
                let calls = named.table.view.as_ref().map(|view| view.calls.as_slice());
                named.table.native.objects = needs.of_view(&draft.table, calls.unwrap_or_default());
            }
        }
    }

    /// Objects that no table needs: the first table of their file is made after them, else the first of their dialect.
    fn objects_beside(&mut self, needs: &Needs<'_>) {
        let tables = self.model.tables.iter();
        let mut needed: BTreeSet<usize> = tables
            .flat_map(|table| table.native.objects.iter().copied())
            .collect();
        // Every database has that language.
        let names = self
            .draft
            .objects
            .iter()
            .map(|object| &object.name.name.text);
        let languages = names
            .enumerate()
            .filter(|(_, name)| name.eq_ignore_ascii_case("plpgsql"));
        needed.extend(languages.map(|(at, _)| at));
        for (at, object) in self.draft.objects.iter().enumerate() {
            // Functions are made for what calls them.
            let is_function = object.kind == DraftObjectKind::Other(Written::Function);
            if needed.contains(&at) || is_function {
                continue;
            }
            let fits = |id: &TableId| {
                let is_managed = !self.model.table(*id).unmanaged;
                is_managed && is_own(&self.model, *id, object.dialect)
            };
            let is_beside = |id: &TableId| self.bound[id.0 as usize].file == object.file;
            let mut ids = self.model.table_ids();
            let here = ids.find(|id| is_beside(id) && fits(id));
            if let Some(id) = here.or_else(|| self.model.table_ids().find(fits)) {
                let with_calls = needs.with_their_own(vec![at]).into_iter();
                let new: Vec<usize> = with_calls.filter(|at| needed.insert(*at)).into_vec();
                self.model.tables[id.0 as usize].native.beside.extend(new);
            }
        }
    }

    /// The values of a column that a parent has too are redacted and in JSON as the parent's, unless it says otherwise.
    fn inherited_tags(&mut self) {
        for id in self.model.table_ids() {
            if self.model.table(id).native.inherits.is_empty() {
                continue;
            }
            for at in 0..self.model.table(id).columns.len() {
                let column = &self.model.table(id).columns[at];
                let of_parents = |has| self.of_parents(id, &column.name, has);
                let own = column.redact;
                let redact = own.or_else(|| of_parents(|own| own.redact.is_some())?.redact);
                let serde = of_parents(|own| !own.serde.is_empty()).map(|own| own.serde.clone());
                let column = &mut self.model.tables[id.0 as usize].columns[at];
                column.redact = redact;
                if let Some(serde) = serde.filter(|_| column.serde.is_empty()) {
                    column.serde = serde;
                }
            }
        }
    }

    /// The column of that name of the nearest parent whose own has a tag.
    fn of_parents(&self, id: TableId, column: &str, has: fn(&Column) -> bool) -> Option<&Column> {
        let mut seen = vec![id];
        let mut open = self.model.table(id).native.inherits.clone();
        while let Some(parent) = open.pop() {
            if seen.contains(&parent) {
                continue;
            }
            seen.push(parent);
            let table = self.model.table(parent);
            let same = table.columns.iter().find(|own| own.name == column);
            if let Some(tagged) = same.filter(|own| has(own)) {
                return Some(tagged);
            }
            open.extend(&table.native.inherits);
        }
        None
    }

    /// A sequence that nothing creates counts nothing: the column is counted as the dialect does it.
    fn unknown_sequences(&mut self, needs: Option<&Needs<'_>>) {
        for (draft, table) in self.bound.iter().zip(&mut self.model.tables) {
            for (written, column) in draft.columns.iter().zip(&mut table.columns) {
                let DraftCounter::Default(default) = &written.counter else {
                    continue;
                };
                if !needs.is_some_and(|needs| needs.sequence(draft, default)) {
                    column.native.counter = Counter::Usual;
                }
            }
        }
    }

    fn objects(&mut self) {
        for object in &self.draft.objects {
            let resolved = NativeObject {
                name: table_name(&object.name),
                kind: self.object_kind(object.kind),
                dialect: object.dialect,
                first_name: object.first_name.clone(),
                definition: definition(object),
                changes: object.changes.clone(),
                owner: object
                    .owner
                    .as_ref()
                    .and_then(|(table, column)| self.owner(table, &column.text, object.file)),
            };
            self.model.objects.push(resolved);
        }
    }

    fn object_kind(&self, kind: DraftObjectKind) -> ObjectKind {
        match kind {
            // One without values.
            DraftObjectKind::Enum(index) => {
                self.user_types.enum_ids[index].map_or(ObjectKind::Type, ObjectKind::Enum)
            }
            DraftObjectKind::Other(Written::Extension) => ObjectKind::Extension,
            DraftObjectKind::Other(Written::Collation) => ObjectKind::Collation,
            DraftObjectKind::Other(Written::Type) => ObjectKind::Type,
            DraftObjectKind::Other(Written::Domain) => ObjectKind::Domain,
            DraftObjectKind::Other(Written::Sequence) => ObjectKind::Sequence,
            DraftObjectKind::Other(Written::Function) => ObjectKind::Function,
        }
    }

    fn owner(&self, table: &ObjectName, column: &str, file: FileId) -> Option<(TableId, ColumnId)> {
        let named = self.by_name.get(&table.name.text.to_lowercase())?;
        let rank = |id: &&TableId| {
            let draft = self.bound[id.0 as usize];
            let named = draft.file == file && draft.name.name.text == table.name.text;
            named.then(|| table.rank(draft.name.schema.as_deref()))?
        };
        let ranked = named.iter().filter_map(|id| Some((rank(&id)?, id)));
        let (_, found) = ranked.min_by_key(|(rank, _)| *rank)?;
        let columns = &self.model.table(*found).columns;
        let index = columns.iter().position(|known| known.name == column)?;
        Some((*found, ColumnId(index as u32)))
    }
}

/// The objects that mention other objects.
struct Needs<'a> {
    objects: Vec<&'a DraftObject>,
    /// Objects by what they give, for looking up only.
    by_word: HashMap<String, Vec<usize>>,
    /// Sequences by the table of the column they belong to.
    owned: HashMap<String, Vec<usize>>,
}

impl<'a> Needs<'a> {
    fn new(objects: impl Iterator<Item = &'a DraftObject>) -> Self {
        let objects: Vec<_> = objects.into_vec();
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        let mut owned: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, object) in objects.iter().enumerate() {
            for word in gives(object) {
                by_word.entry(word).or_default().push(index);
            }
            if let Some((table, _)) = &object.owner {
                let table = table.name.text.clone();
                owned.entry(table).or_default().push(index);
            }
        }
        Self {
            objects,
            by_word,
            owned,
        }
    }

    /// The objects of these words, of the same file where there are such.
    fn named(&self, word: &str, file: FileId, dialect: Dialect) -> impl Iterator<Item = usize> {
        let all = self.by_word.get(word).map_or(&[][..], Vec::as_slice);
        let here = all.iter().any(|&index| self.objects[index].file == file);
        let fits = move |index: &&usize| {
            let object = self.objects[**index];
            object.dialect == dialect && (!here || object.file == file)
        };
        all.iter().filter(fits).copied()
    }

    /// Whether a default mentions a sequence that is created.
    fn sequence(&self, draft: &DraftTable, default: &Expression) -> bool {
        let is_sequence =
            |index: usize| self.objects[index].kind == DraftObjectKind::Other(Written::Sequence);
        words_of(&default.sql, draft.dialect)
            .iter()
            .any(|word| self.named(word, draft.file, draft.dialect).any(is_sequence))
    }

    /// Returns the objects that a table needs, and those that these need, in the order of the files.
    fn of_table(&self, draft: &DraftTable) -> Vec<usize> {
        let owned = self.owned.get(&draft.name.name.text);
        let of_file = |index: &&usize| self.objects[**index].file == draft.file;
        let owned = owned.into_iter().flatten().filter(of_file);
        let mut open: Vec<usize> = owned.copied().into_vec();
        for word in table_words(draft) {
            open.extend(self.named(&word, draft.file, draft.dialect));
        }
        self.with_their_own(open)
    }

    /// The functions that a view calls, and what they need.
    fn of_view(&self, draft: &DraftTable, calls: &[String]) -> Vec<usize> {
        let is_function =
            |index: &usize| self.objects[*index].kind == DraftObjectKind::Other(Written::Function);
        let mut called = Vec::new();
        for word in calls {
            let named = self.named(word, draft.file, draft.dialect);
            called.extend(named.filter(is_function));
        }
        self.with_their_own(called)
    }

    fn with_their_own(&self, mut open: Vec<usize>) -> Vec<usize> {
        let mut needed = BTreeSet::new();
        while let Some(index) = open.pop() {
            if needed.insert(index) {
                let object = self.objects[index];
                for word in &object.words {
                    open.extend(self.named(word, object.file, object.dialect));
                }
            }
        }
        needed.into_iter().into_vec()
    }
}

/// An enum that has no values is not an enum of the model.
fn definition(object: &DraftObject) -> String {
    match object.kind {
        DraftObjectKind::Enum(_) => "AS ENUM ()".to_owned(),
        DraftObjectKind::Other(_) => object.definition.clone(),
    }
}

/// The names that an object makes known.
fn gives(object: &DraftObject) -> Vec<String> {
    let name = object.name.name.text.to_lowercase();
    match object.kind {
        DraftObjectKind::Other(Written::Extension) => {
            let given = crate::dialect::extension_words(&name).iter();
            given
                .map(|word| (*word).to_owned())
                .chain([name.clone()])
                .into_vec()
        }
        DraftObjectKind::Enum(_) | DraftObjectKind::Other(_) => vec![name],
    }
}

/// Everything a table may mention.
fn table_words(draft: &DraftTable) -> BTreeSet<String> {
    let words_of = |written: &Expression| words_of(&written.sql, draft.dialect);
    let mut words: BTreeSet<String> = BTreeSet::new();
    for column in &draft.columns {
        words.insert(column.type_name.name.to_lowercase());
        words.extend(
            column
                .collation
                .as_ref()
                .map(|name| name.name.text.to_lowercase()),
        );
        words.extend(column.default.iter().flat_map(words_of));
        if let DraftCounter::Default(default) = &column.counter {
            words.extend(words_of(default));
        }
        if let DraftGenerated::Computed { expression, .. } = &column.generated {
            words.extend(words_of(expression));
        }
    }
    for check in &draft.checks {
        words.extend(words_of(&check.condition));
    }
    for (_, exclusion) in &draft.native.exclusions {
        words.extend(words_of(exclusion));
    }
    for index in &draft.indexes {
        words.extend(index.method.clone());
        words.extend(index.predicate.iter().flat_map(words_of));
        words.extend(index.parts.iter().flat_map(|part| {
            let mut words = qualifier_words(part);
            if let PartKey::Expression(key) = &part.key {
                words.extend(words_of(key));
            }
            words
        }));
    }
    for option in &draft.native.options {
        words.extend(option.words.iter().cloned());
    }
    words
}

fn qualifier_words(part: &KeyPart) -> Vec<String> {
    let qualifier = part.qualifier.as_deref().unwrap_or_default();
    let split = qualifier.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
    split.map(str::to_lowercase).into_vec()
}
