//! The sources of a query: tables, queries, functions, and what joins make of them.

use crate::lists::IntoVec as _;
use std::rc::Rc;

use super::checker::{Checker, Clause};
use super::facts::{Facts, Qualifiers};
use super::findings;
use super::mysql::Construct;
use super::names::{NameKind, Named};
use super::query::columns_in;
use super::scope::{Common, Field, Fields, Merged, Relation, Scope};
use super::select::conjuncts;
use super::value::{Ty, Value};
use crate::ast::{Name, ObjectName};
use crate::dialect::Dialect;
use crate::model::{TableId, Unique};
use crate::name::same_name;
use crate::source::Span;
use crate::syntax::{Expr, ExprKind, Join, JoinKind, JoinOn, Source, SourceKind};

impl Checker<'_> {
    /// Adds the tables of a FROM to those that can be seen.
    pub(super) fn sources(&mut self, sources: &[Source], scope: &mut Scope<'_>) {
        for source in sources {
            self.joined(source, scope);
        }
        self.check_names_of_tables(sources, scope);
    }

    /// Refuses two tables of one name.
    fn check_names_of_tables(&mut self, sources: &[Source], scope: &Scope<'_>) {
        let Some(first) = sources
            .first()
            .filter(|_| !self.facts.sources.repeated_names)
        else {
            return;
        };
        let relations = &scope.relations;
        let twice = relations.iter().enumerate().find_map(|(at, one)| {
            let name = one.name.as_deref()?;
            let mut before = relations[..at].iter();
            let is = |other: &Relation| {
                let own = other.name.as_deref();
                one.schema == other.schema
                    && own.is_some_and(|own| same_name(own, name, self.dialect))
            };
            before.any(is).then_some(name)
        });
        if let Some(name) = twice {
            self.report(findings::table_twice(name, first.span));
        }
    }

    /// One table with what is joined to it.
    fn joined(&mut self, source: &Source, scope: &mut Scope<'_>) {
        let first = scope.relations.len();
        let first_merged = scope.merged.len();
        self.one(source, scope);
        for join in &source.joins {
            self.join(join, scope, first, first_merged);
        }
    }

    /// The right side of a join that gives its rows in any case: it sees nothing of the left one.
    fn joined_alone(
        &mut self,
        source: &Source,
        scope: &mut Scope<'_>,
        first: usize,
        first_merged: usize,
    ) {
        let hidden = scope.relations.split_off(first);
        let hidden_merged = scope.merged.split_off(first_merged.min(scope.merged.len()));
        self.joined(source, scope);
        scope.relations.splice(first..first, hidden);
        let at = first_merged.min(scope.merged.len());
        scope.merged.splice(at..at, hidden_merged);
    }

    fn join(&mut self, join: &Join, scope: &mut Scope<'_>, first: usize, first_merged: usize) {
        let middle = scope.relations.len();
        let mut middle_merged = scope.merged.len();
        let fills_left = matches!(join.kind, JoinKind::Right | JoinKind::Full);
        if fills_left && !self.facts.sources.outer_side_sees_left {
            self.joined_alone(&join.source, scope, first, first_merged);
        } else {
            self.joined(&join.source, scope);
        }
        let names = match &join.on {
            JoinOn::Using(names) => names.clone(),
            JoinOn::Natural => common_names(scope, (first, middle, middle_merged), self.dialect),
            JoinOn::Nothing | JoinOn::Condition(_) => Vec::new(),
        };
        for name in &names {
            self.merge(name, join, scope, (first, middle, &mut middle_merged));
        }
        let nulls_left = matches!(join.kind, JoinKind::Right | JoinKind::Full);
        let nulls_right = matches!(join.kind, JoinKind::Left | JoinKind::Full);
        if let JoinOn::Condition(condition) = &join.on {
            if join.kind == JoinKind::Full && self.facts.sources.full_join_by_equality {
                self.check_full_join(condition);
            }
            // Before an outer join leaves anything without a row.
            self.within(Clause::On, |checker| {
                if first == 0 || checker.facts.sources.conditions_see_all {
                    return checker.condition(condition, scope);
                }
                let joined = scope.since(first, first_merged);
                checker.condition(condition, &joined)
            });
        }
        for relation in &mut scope.relations[first..middle] {
            relation.nullable |= nulls_left;
        }
        for relation in &mut scope.relations[middle..] {
            relation.nullable |= nulls_right;
        }
        let known = scope.merged.len() - names.len().min(scope.merged.len());
        if nulls_left {
            for merged in &mut scope.merged[first_merged.min(known)..known] {
                merged.value.nullable = true;
            }
        }
    }

    /// PostgreSQL finds the rows of a full join by values that are equal, and by nothing else. A condition without columns is one
    /// for all rows.
    fn check_full_join(&mut self, condition: &Expr) {
        let mut columns = Vec::new();
        columns_in(condition, &mut columns);
        let finds_none = |part: &&Expr| match &part.kind {
            ExprKind::Chain(chain) => chain.rest.iter().all(|(operator, _)| {
                let text = operator.text.as_str();
                matches!(text, "<" | ">" | "<=" | ">=" | "<>" | "!=" | "or")
            }),
            ExprKind::Between(_) | ExprKind::Is(_) | ExprKind::Match(_) => true,
            _ => false,
        };
        let parts = conjuncts(condition);
        if !columns.is_empty() && parts.iter().all(finds_none) {
            self.report(findings::full_join(condition.span));
        }
    }

    /// One column of the two of this name.
    fn merge(
        &mut self,
        name: &Name,
        join: &Join,
        scope: &mut Scope<'_>,
        (first, middle, middle_merged): (usize, usize, &mut usize),
    ) {
        let (kind, dialect) = (join.kind, self.dialect);
        let is = |known: &str| same_name(known, &name.text, dialect);
        // Of joins in parentheses, either side may have merged columns.
        let merged_in = |merged: &[Merged]| merged.iter().position(|one| is(&one.name));
        let left = match merged_in(&scope.merged[..*middle_merged]) {
            Some(at) => {
                *middle_merged -= 1;
                Some(scope.merged.remove(at).value)
            }
            None => self.side(name, scope, first..middle),
        };
        let right = match merged_in(&scope.merged[*middle_merged..]) {
            Some(at) => Some(scope.merged.remove(*middle_merged + at).value),
            None => self.side(name, scope, middle..scope.relations.len()),
        };
        let (Some(left), Some(right)) = (left, right) else {
            return;
        };
        self.note_merged(join.source.span, left.key, right.key);
        let nullable = match kind {
            JoinKind::Inner => left.nullable && right.nullable,
            JoinKind::Left => left.nullable,
            JoinKind::Right => right.nullable,
            JoinKind::Full => left.nullable || right.nullable,
        };
        let mut value = match kind {
            JoinKind::Right => right.clone(),
            JoinKind::Full => self.common(&[&left, &right], "the merged column", name.span),
            JoinKind::Inner | JoinKind::Left => left.clone(),
        };
        if kind == JoinKind::Full || left.source != right.source {
            let unlike = left.ty != right.ty;
            if unlike && kind != JoinKind::Full && !self.facts.sources.merges_one_side {
                value = self.common(&[&left, &right], "the merged column", name.span);
            }
        }
        value.nullable = nullable;
        scope.merged.push(Merged {
            name: name.text.clone(),
            value,
        });
    }

    /// The column of one side of a join, which is seen by itself no more.
    fn side(
        &mut self,
        name: &Name,
        scope: &mut Scope<'_>,
        range: std::ops::Range<usize>,
    ) -> Option<Value> {
        let dialect = self.dialect;
        let mut known = Vec::new();
        for relation in &mut scope.relations[range] {
            let Some(fields) = relation.fields.clone() else {
                return Some(Value::open(name.span));
            };
            let found = fields.iter().position(|field| {
                let own = field.name.as_deref();
                own.is_some_and(|own| same_name(own, &name.text, dialect))
            });
            if let Some(at) = found.filter(|at| !relation.merged.contains(at)) {
                relation.merged.push(at);
                return Some(fields[at].value.clone().or_null(relation.nullable));
            }
            known.extend(fields.iter().filter_map(|field| field.name.clone()));
        }
        self.report_name(name, NameKind::Column(None), known);
        None
    }

    /// One table, query or function.
    fn one(&mut self, source: &Source, scope: &mut Scope<'_>) {
        let alias = source.alias.as_ref().map(|name| name.text.clone());
        let mut relation = match &source.kind {
            SourceKind::Table(name) => {
                let relation = self.table(name, &scope.common.clone());
                self.check_indexes(source, &relation);
                relation
            }
            SourceKind::Query(query, lateral) => {
                if *lateral {
                    self.of_product(Construct::Lateral, query.span);
                }
                let outer = if self.sees_neighbours(source) {
                    Some(&*scope)
                } else {
                    scope.outer
                };
                let rows = self.query(query, outer, &scope.common, None);
                self.check_columns(&rows);
                plain(None, rows)
            }
            SourceKind::Functions(calls, numbered) => {
                self.functions(source, calls, *numbered, scope)
            }
            SourceKind::Joined(inner) => {
                if source.alias.is_none() {
                    return self.joined(inner, scope);
                }
                let mut own = Scope::of(&scope.common, scope.outer);
                self.joined(inner, &mut own);
                plain(None, own.all_fields(self.dialect).map(Rc::from))
            }
        };
        if alias.is_some() {
            relation.name = alias;
            relation.schema = None;
        }
        if !source.columns.is_empty() {
            if matches!(source.kind, SourceKind::Query(..)) {
                self.of_product(Construct::NamesOfColumns, source.span);
            }
            relation.fields = self.renamed(&relation.fields, &source.columns);
        }
        scope.relations.push(relation);
    }

    /// The indexes that a table is to be read by.
    fn check_indexes(&mut self, source: &Source, relation: &Relation) {
        let Some(id) = relation.table.filter(|_| !source.indexes.is_empty()) else {
            return;
        };
        let table = self.model.table(id);
        let indexes = table.indexes.iter().map(|index| &index.name);
        let is_index = |unique: &&Unique| unique.is_index || self.facts.sources.uniques_are_indexes;
        let uniques = table.uniques.iter().filter(is_index);
        let names = indexes.chain(uniques.map(|unique| &unique.name));
        let known: Vec<String> = names.flatten().cloned().into_vec();
        let dialect = self.dialect;
        for wanted in &source.indexes {
            let mut all = known.iter();
            let is = |name: &String| same_name(name, &wanted.text, dialect);
            let may_be = (self.facts.sources.may_name_index)(table, &wanted.text);
            if !may_be && !all.any(is) {
                self.report(findings::unknown_index(wanted, &known));
            }
        }
    }

    /// Refuses two columns of one name in a query of FROM.
    fn check_columns(&mut self, fields: &Fields) {
        if !self.facts.sources.distinct_columns {
            return;
        }
        let fields = fields.as_deref().unwrap_or_default();
        for (at, field) in fields.iter().enumerate() {
            let Some(name) = &field.name else { continue };
            let mut before = fields[..at].iter().filter_map(|one| one.name.as_deref());
            if before.any(|one| same_name(one, name, self.dialect)) {
                self.report(findings::two_of_one_name(name, field.value.span));
            }
        }
    }

    /// Whether a query in FROM sees the tables before it: `LATERAL`.
    fn sees_neighbours(&self, source: &Source) -> bool {
        matches!(source.kind, SourceKind::Query(_, true))
    }

    /// The names that stand behind an alias.
    pub(super) fn renamed(&mut self, fields: &Fields, names: &[Name]) -> Fields {
        let fields = fields.as_ref()?;
        if names.len() > fields.len()
            && let Some(more) = names.get(fields.len())
        {
            self.report(findings::number_of_values(
                names.len(),
                fields.len(),
                more.span,
            ));
            return None;
        }
        let renamed = fields.iter().enumerate().map(|(at, field)| Field {
            name: names
                .get(at)
                .map(|name| name.text.clone())
                .or_else(|| field.name.clone()),
            value: field.value.clone(),
        });
        Some(renamed.collect())
    }

    /// A table, a view or a query of WITH.
    pub(super) fn table(&mut self, name: &ObjectName, common: &Common) -> Relation {
        let text = &name.name.text;
        if self.is_of_no_database(name) {
            let schema = name.schema.clone().unwrap_or_default();
            self.report(findings::no_database(&schema, &name.name));
            return Relation {
                is_wrong: true,
                ..plain(Some(text.clone()), None)
            };
        }
        if name.schema.is_none()
            && let Some(fields) = common.find(text, self.dialect)
        {
            return plain(Some(text.clone()), fields);
        }
        let empty = self.facts.names.empty_table;
        if empty.is_some_and(|empty| text.eq_ignore_ascii_case(empty)) {
            return plain(None, Some(Rc::from([])));
        }
        let mut open = plain(Some(text.clone()), None);
        match self.names.table(name) {
            Named::Table(id) => return self.relation_of(id, name),
            Named::Missing
                if !is_of_database(self.dialect, name.schema.as_deref(), &text.to_lowercase()) =>
            {
                let kind = NameKind::Table(name.clone());
                self.report_name(&name.name, kind, self.known_tables());
                open.is_wrong = true;
            }
            Named::Missing => {
                let own = text.to_lowercase();
                let fields = (self.facts.names.columns_of_system)(self, &own, name.name.span);
                open.fields = fields.map(Rc::from);
            }
            Named::Open => self.opens.push(name.clone()),
        }
        open
    }

    /// Whether a schema is none of the files that are attached.
    fn is_of_no_database(&self, name: &ObjectName) -> bool {
        let Some(schema) = name.schema.as_deref() else {
            return false;
        };
        let is = |known: &str| known.eq_ignore_ascii_case(schema);
        let mut tables = self.model.tables.iter();
        self.facts.names.qualifiers == Qualifiers::Attached
            && !is("main")
            && !is("temp")
            && !tables.any(|table| table.name.schema.as_deref().is_some_and(is))
    }

    pub(super) fn relation_of(&mut self, id: TableId, name: &ObjectName) -> Relation {
        if !self.tables.contains(&id) {
            self.tables.push(id);
        }
        let table = self.model.table(id);
        self.note_table(id, name);
        let key = self.key_of(id);
        let seen = (0..table.columns.len()).filter(|at| self.names.sees(id, *at));
        let fields = seen.map(|at| Field {
            name: Some(table.columns[at].name.clone()),
            value: Value {
                key: (key == Some(at)).then_some(name.name.span),
                ..self.value_of_column(id, at)
            },
        });
        let fields: Rc<[Field]> = fields.collect();
        Relation {
            name: Some(name.name.text.clone()),
            schema: name.schema.clone(),
            fields: Some(fields),
            is_wrong: false,
            nullable: false,
            table: Some(id),
            merged: Vec::new(),
        }
    }

    fn known_tables(&self) -> Vec<String> {
        let tables = self.model.tables.iter();
        tables.map(|table| table.name.name.clone()).into_vec()
    }

    /// Functions whose rows are read.
    fn functions(
        &mut self,
        source: &Source,
        calls: &[Expr],
        numbered: bool,
        scope: &Scope<'_>,
    ) -> Relation {
        if source.alias.is_none() && self.facts.sources.functions_need_alias {
            self.report(findings::function_without_name(source.span));
        }
        let mut fields: Option<Vec<Field>> = Some(Vec::new());
        let mut name = None;
        for call in calls {
            let (own, of_call) = self.table_function(source, call, scope);
            name = name.or(own);
            fields = match (fields, of_call) {
                (Some(mut all), Some(more)) => {
                    all.extend(more);
                    Some(all)
                }
                _ => None,
            };
        }
        if numbered && let Some(fields) = &mut fields {
            let count = Value::new(self.count_type(), false, source.span);
            fields.push(Field {
                name: Some("ordinality".to_owned()),
                value: count,
            });
        }
        if calls.len() > 1 {
            // The shorter one is filled up with NULL.
            for field in fields.iter_mut().flatten() {
                field.value.nullable = true;
            }
        }
        plain(name, fields.map(Rc::from))
    }

    /// The name of a function that is read, and the columns of its rows.
    fn table_function(
        &mut self,
        source: &Source,
        call: &Expr,
        scope: &Scope<'_>,
    ) -> (Option<String>, Option<Vec<Field>>) {
        let ExprKind::Call(inner) = &call.kind else {
            return (None, None);
        };
        let name = inner.function().to_owned();
        let clause = std::mem::replace(&mut self.clause, Clause::From);
        let columns = self.rows_of_call(inner, call.span, scope);
        self.clause = clause;
        if !source.types.is_empty() {
            let typed = source.columns.iter().zip(&source.types);
            let typed = typed.map(|(name, written)| Field {
                name: Some(name.text.clone()),
                value: Value::new(
                    self.type_of_name(written).unwrap_or(Ty::Open),
                    true,
                    name.span,
                ),
            });
            return (Some(name), Some(typed.into_vec()));
        }
        // A function of one column: it is called as the alias is.
        let single = columns.as_ref().is_some_and(|columns| columns.len() == 1);
        let columns = columns.map(|mut columns| {
            if single && columns[0].name.as_deref() == Some(&name) {
                let alias = source.alias.as_ref().map(|alias| alias.text.clone());
                columns[0].name = alias.or(Some(name.clone()));
            }
            columns
        });
        (Some(name), columns)
    }
}

/// The names that columns of both sides have.
fn common_names(
    scope: &Scope<'_>,
    (first, middle, middle_merged): (usize, usize, usize),
    dialect: Dialect,
) -> Vec<Name> {
    let names = |relations: &[Relation]| -> Vec<String> {
        let fields = relations.iter().flat_map(|relation| {
            let own = relation
                .fields
                .iter()
                .flat_map(|fields| fields.iter().enumerate());
            own.filter(|(at, _)| !relation.merged.contains(at))
        });
        fields
            .filter_map(|(_, field)| field.name.clone())
            .into_vec()
    };
    let mut left = names(&scope.relations[first..middle]);
    let (of_left, of_right) = scope.merged.split_at(middle_merged);
    left.extend(of_left.iter().map(|merged| merged.name.clone()));
    let mut right = names(&scope.relations[middle..]);
    right.extend(of_right.iter().map(|merged| merged.name.clone()));
    let mut common: Vec<String> = Vec::new();
    for name in left {
        let both = right.iter().any(|other| same_name(&name, other, dialect));
        if both && !common.contains(&name) {
            common.push(name);
        }
    }
    let at = Span {
        file: crate::source::FileId(0),
        start: 0,
        end: 0,
    };
    common
        .into_iter()
        .map(|text| Name { text, span: at })
        .into_vec()
}

fn plain(name: Option<String>, fields: Fields) -> Relation {
    Relation {
        name,
        schema: None,
        fields,
        is_wrong: false,
        nullable: false,
        table: None,
        merged: Vec::new(),
    }
}

/// Tables and views that every database has.
pub(crate) fn is_of_database(dialect: Dialect, schema: Option<&str>, name: &str) -> bool {
    let names = &Facts::of(dialect).names;
    match schema.map(str::to_lowercase) {
        Some(schema) => names.system_schemas.contains(&&*schema),
        None => {
            let mut prefixes = names.system_prefixes.iter();
            names.system_tables.contains(&name) || prefixes.any(|word| name.starts_with(word))
        }
    }
}
