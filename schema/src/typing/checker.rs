//! One statement that is checked: what it names, the parameters found so far, and the findings.

use crate::lists::IntoVec as _;
use crate::sorting::sort_by_key;
use std::collections::HashMap;

use super::cluster::{self, Notes, Scattered};
use super::facts::Facts;
use super::findings;
use super::grammar;
use super::mysql::OfProduct;
use super::names::{NameKind, Names, OfEngines, UnknownName};
use super::output::{Embedded, SeenStar, Star};
use super::parameters::Cell;
use super::postgres::PgType;
use super::scope::Field;
use super::table::TablePart;
use super::value::{Constant, Ty, Value};
use super::window::NamedWindow;
use crate::ast::{Name, ObjectName, TypeArgument, TypeName};
use crate::column_type::{ColumnType, LobSize};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::{Dialect, DialectRules as _};
use crate::model::{ColumnId, EngineId, EnumId, Model, TableId};
use crate::name::same_name;
use crate::source::{FileId, Span};
use crate::syntax::{self, Parameter, Statement, Text, Tokens};

/// The text of a statement, and what it may name.
pub(crate) struct Source<'a> {
    /// Of the whole file, as the places of the tokens are in it.
    pub(crate) text: &'a str,
    pub(crate) tokens: &'a Tokens,
    pub(crate) file: FileId,
    pub(crate) dialect: Dialect,
    /// Its name in messages.
    pub(crate) kind: &'a str,
    /// The engines whose tables it may name.
    pub(crate) engines: &'a [EngineId],
    pub(crate) annotations: &'a Annotations,
}

/// Annotations above a statement.
#[derive(Debug, Default)]
pub(crate) struct Annotations {
    pub(crate) parameters: Vec<Given>,
    pub(crate) columns: Vec<GivenColumn>,
    /// Tables whose columns are a row of their model.
    pub(crate) embedded: Vec<Name>,
}

/// The type that is given to a parameter.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) parameter: Parameter,
    pub(crate) to: TypeName,
    pub(crate) nullable: bool,
}

/// The type that is given to a column of the rows.
#[derive(Debug, Clone)]
pub(crate) struct GivenColumn {
    pub(crate) name: Name,
    pub(crate) to: TypeName,
    pub(crate) nullable: bool,
}

/// The meaning of a statement.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) columns: Vec<CheckedColumn>,
    /// Every placeholder in the order of the text.
    pub(crate) parameters: Vec<ParameterUse>,
    /// The tables that it reads and writes.
    pub(crate) tables: Vec<TableId>,
    pub(crate) returns_rows: bool,
    /// It writes no rows and locks none; a function that it calls may.
    pub(crate) only_reads: bool,
    /// The `*` of its rows.
    pub(crate) stars: Vec<Star>,
    /// A `*` has no names in the text, so that the columns follow those of a table.
    pub(crate) by_name: bool,
    /// The models among its columns.
    pub(crate) embedded: Vec<Embedded>,
    /// The table of which it needs all shards of a cluster.
    pub(crate) scattered: Option<Scattered>,
}

/// A column of its rows.
#[derive(Debug, Clone)]
pub(crate) struct CheckedColumn {
    /// `None` where the database makes one up.
    pub(crate) name: Option<String>,
    pub(crate) span: Span,
    pub(crate) column_type: ColumnType,
    pub(crate) sql_type: String,
    pub(crate) as_text: bool,
    pub(crate) nullable: bool,
    /// The column that it is, unchanged.
    pub(crate) source: Option<(TableId, ColumnId)>,
}

/// A placeholder with the type of its value.
#[derive(Debug, Clone)]
pub(crate) struct ParameterUse {
    pub(crate) parameter: Parameter,
    pub(crate) span: Span,
    pub(crate) column_type: ColumnType,
    /// NULL may be given.
    pub(crate) nullable: bool,
    /// It stands for any number of values: `IN :ids`.
    pub(crate) list: Option<ListUse>,
}

/// A list of values in a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListUse {
    /// `IN` or `NOT IN` before it.
    pub(crate) operator: Span,
    pub(crate) negated: bool,
}

/// Where an expression stands, as far as aggregates may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    /// They may.
    Items,
    Where,
    GroupBy,
    /// Aggregates may.
    Having,
    /// The functions that `FROM` reads.
    From,
    On,
    Values,
    Set,
    Returning,
    Limit,
    /// The arguments of an aggregate.
    Aggregate,
    /// A window, or the arguments of what is computed over one: aggregates may.
    Window,
    /// A table, outside of any query.
    Table(TablePart),
}

/// Checks statements of one model.
pub(super) struct Checker<'a> {
    pub(super) model: &'a Model,
    pub(super) names: &'a dyn Names,
    pub(super) annotations: &'a Annotations,
    pub(super) dialect: Dialect,
    pub(super) facts: &'static Facts,
    text: &'a str,
    /// Parameters that the text says may be NULL.
    pub(super) optional: Vec<String>,
    pub(super) cells: Vec<Cell>,
    pub(super) tables: Vec<TableId>,
    /// Names of views and tables that it reads beside them, whose columns are not known.
    pub(super) opens: Vec<ObjectName>,
    /// Every `*` by its place.
    pub(super) stars: HashMap<Span, SeenStar>,
    /// Items of `SELECT` that other clauses named, by their places; `None` while one is looked at.
    pub(super) named_items: HashMap<Span, Option<Value>>,
    pub(super) clause: Clause,
    /// The query is a part of `UNION` and its kin, whose types the other parts have a say in.
    pub(super) in_set: bool,
    /// Values of GROUP BY that are NULL in some rows: those of `ROLLUP` and its kin.
    pub(super) grouped: Vec<String>,
    /// The windows that the query names.
    pub(super) windows: Vec<NamedWindow>,
    /// Values that a column does not take are changed or left out instead of refused: `INSERT IGNORE`.
    pub(super) ignores: bool,
    /// Each group has a row: an aggregate is NULL only where its argument is.
    pub(super) groups_have_rows: bool,
    /// Names that stand for nothing.
    pub(super) unknown: Vec<UnknownName>,
    pub(super) findings: Vec<Diagnostic>,
    /// The tables and columns that it names, where one of its engines is a Citus cluster.
    pub(super) notes: Option<Notes>,
    /// Words that MariaDB or MySQL alone has.
    pub(super) of_products: Vec<OfProduct>,
    /// Types that are not known, for no reason that is among the findings.
    pub(super) open_types: Vec<Diagnostic>,
}

/// Checks a statement. What is wrong is in `diagnostics`, and then there is no result.
pub(crate) fn statement(
    model: &Model,
    source: &Source<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Checked> {
    let text = Text {
        text: source.text,
        tokens: source.tokens,
        file: source.file,
        dialect: source.dialect,
        kind: source.kind,
        parameters: true,
    };
    let whole = match syntax::read_statement(&text) {
        Ok(whole) => whole,
        Err(problem) => {
            diagnostics.push(*problem);
            return None;
        }
    };
    let names = OfEngines {
        model,
        engines: source.engines,
        dialect: source.dialect,
    };
    let mut checker = Checker::new(model, &names, source.dialect, source.text);
    checker.annotations = source.annotations;
    checker.optional.clone_from(&whole.optional);
    checker.notes = cluster::notes(model, source.engines);
    let checked = whole.look(|statement| checker.whole(statement, (&text, source.engines)));
    let unknown = checker.unknown.iter().map(UnknownName::in_query);
    let found = checker.findings.into_iter().chain(checker.open_types);
    let mut findings: Vec<Diagnostic> = unknown.chain(found).into_vec();
    sort_by_key(&mut findings, |one| {
        one.labels.first().map(|label| label.span.start)
    });
    findings.into_iter().for_each(|one| diagnostics.push(one));
    checked
}

static NO_ANNOTATIONS: Annotations = Annotations {
    parameters: Vec::new(),
    columns: Vec::new(),
    embedded: Vec::new(),
};

fn is_called(field: &Field, name: &Name, dialect: Dialect) -> bool {
    let own = field.name.as_deref();
    own.is_some_and(|own| same_name(own, &name.text, dialect))
}

impl<'a> Checker<'a> {
    pub(super) fn new(
        model: &'a Model,
        names: &'a dyn Names,
        dialect: Dialect,
        text: &'a str,
    ) -> Self {
        Self {
            model,
            names,
            annotations: &NO_ANNOTATIONS,
            dialect,
            facts: Facts::of(dialect),
            text,
            optional: Vec::new(),
            cells: Vec::new(),
            tables: Vec::new(),
            opens: Vec::new(),
            stars: HashMap::new(),
            named_items: HashMap::new(),
            clause: Clause::Items,
            in_set: false,
            grouped: Vec::new(),
            windows: Vec::new(),
            groups_have_rows: false,
            ignores: false,
            unknown: Vec::new(),
            findings: Vec::new(),
            notes: None,
            of_products: Vec::new(),
            open_types: Vec::new(),
        }
    }

    /// The result, where nothing is wrong.
    fn whole(
        &mut self,
        statement: &Statement,
        (text, engines): (&Text<'_>, &[EngineId]),
    ) -> Option<Checked> {
        let common = super::scope::Common::default();
        let rows = self.statement(statement, None, &common);
        let returns_rows = match statement {
            Statement::Query(_) => true,
            Statement::Insert(insert) => !insert.returning.is_empty(),
            Statement::Update(update) => !update.returning.is_empty(),
            Statement::Delete(delete) => !delete.returning.is_empty(),
            Statement::Merge(_) => false,
        };
        let fields = rows.filter(|_| returns_rows);
        let fields = fields.as_deref().unwrap_or_default();
        let embedded = self.embedded(statement, fields);
        let columns = self.columns(fields);
        self.check_parameters();
        self.check_products(engines);
        let parameters = self.uses();
        if !self.is_right() || !self.open_types.is_empty() {
            return None;
        }
        let scattered = match self.scattered(statement, (text, engines)) {
            Ok(scattered) => scattered,
            Err(finding) => {
                self.report(*finding);
                return None;
            }
        };
        let (stars, are_named) = self.output_stars(statement);
        Some(Checked {
            columns: columns?,
            parameters: parameters?,
            tables: self.tables.clone(),
            returns_rows,
            only_reads: syntax::only_reads(statement),
            by_name: !are_named,
            stars,
            embedded,
            scattered,
        })
    }

    /// Where the statement runs on the cluster among its engines, if there is one that has its tables.
    fn scattered(
        &self,
        statement: &Statement,
        (text, engines): (&Text<'_>, &[EngineId]),
    ) -> Result<Option<Scattered>, Box<Diagnostic>> {
        match cluster::hosting(self.model, engines, &self.tables) {
            Some(engine) => {
                let asked = cluster::Asked {
                    checker: self,
                    engine,
                    depth: 0,
                };
                cluster::scattered(&asked, text, statement)
            }
            None => Ok(None),
        }
    }

    /// Reads the statement with another text, and notes its tables and columns.
    pub(super) fn reading_again<'t>(
        &'t self,
        text: &'t str,
        optional: &[String],
        statement: &Statement,
    ) -> Checker<'t> {
        let mut again = Checker::new(self.model, self.names, self.dialect, text);
        again.annotations = self.annotations;
        again.optional = optional.to_vec();
        again.notes = Some(Notes::default());
        again.statement(statement, None, &super::scope::Common::default());
        again
    }

    /// Whether nothing was found to be wrong so far.
    pub(super) fn is_right(&self) -> bool {
        self.findings.is_empty() && self.unknown.is_empty()
    }

    fn columns(&mut self, fields: &[Field]) -> Option<Vec<CheckedColumn>> {
        let columns = fields.iter().enumerate();
        let columns: Vec<_> = columns
            .map(|(at, field)| self.given_or_found(at, field))
            .into_vec();
        self.check_annotations(fields);
        columns.into_iter().collect()
    }

    /// The column with the type that an annotation gives it.
    fn given_or_found(&mut self, at: usize, field: &Field) -> Option<CheckedColumn> {
        let is = |given: &&GivenColumn| is_called(field, &given.name, self.dialect);
        let Some(given) = self.annotations.columns.iter().find(is) else {
            return self.output(at, field);
        };
        let ty = self.type_of_name(&given.to);
        let Some(typed) = ty.and_then(|ty| self.column_of_type(&ty)) else {
            let (written, span) = (&given.to.written, given.to.span);
            self.report(findings::no_type(written, span));
            return None;
        };
        // A value of any type of SQLite is of the given one.
        let found = self.column_of_value(&field.value);
        let found = found.filter(|(found, ..)| *found != ColumnType::Any);
        let source = field.value.source.filter(|_| found.is_some());
        let is_other = |(found, ..): &(ColumnType, String, bool)| !found.is_same_in_rust(&typed.0);
        if let Some(found) = found.as_ref().filter(|found| is_other(found)) {
            let words = (found.0.facts().word, typed.0.facts().word);
            self.report(findings::other_type(&given.name, words, field.value.span));
            return None;
        }
        let (column_type, sql_type, as_text) = found.unwrap_or(typed);
        Some(CheckedColumn {
            name: field.name.clone(),
            span: field.value.span,
            column_type,
            sql_type,
            as_text,
            nullable: given.nullable,
            source,
        })
    }

    /// Reports annotations of columns that are not there.
    fn check_annotations(&mut self, fields: &[Field]) {
        let names = fields.iter().filter_map(|field| field.name.clone());
        let names: Vec<String> = names.into_vec();
        let is_right = self.is_right();
        for given in self.annotations.columns.iter().filter(|_| is_right) {
            if !fields
                .iter()
                .any(|field| is_called(field, &given.name, self.dialect))
            {
                self.report(findings::annotated_nothing(&given.name, &names));
            }
        }
    }

    pub(super) fn output(&mut self, at: usize, field: &Field) -> Option<CheckedColumn> {
        let value = &field.value;
        if value.ty == Ty::Wrong {
            return None;
        }
        let what = match &field.name {
            Some(name) => format!("the column `{name}`"),
            None => format!("the column {}", at + 1),
        };
        let Some((column_type, sql_type, as_text)) = self.column_of_value(value) else {
            let finding = if value.ty == Ty::Postgres(PgType::RECORD) {
                findings::whole_row(&what, value.span)
            } else {
                findings::type_not_known(&what, value.span)
            };
            self.open_types.push(finding);
            return None;
        };
        if matches!(column_type, ColumnType::Array(_)) && !value.is_filled {
            self.report(findings::elements_of_null(&what, value.span));
            return None;
        }
        Some(CheckedColumn {
            name: field.name.clone(),
            span: value.span,
            column_type,
            sql_type,
            as_text,
            nullable: value.nullable,
            source: value.source,
        })
    }

    /// The type of a column with such values.
    fn column_of_value(&self, value: &Value) -> Option<(ColumnType, String, bool)> {
        if let Some((table, column)) = value.source {
            let column = self.model.table(table).column(column);
            let sql_type = column.sql_type.clone();
            return Some((column.column_type.clone(), sql_type, column.as_text));
        }
        self.column_of_type(&value.ty)
    }

    fn column_of_type(&self, ty: &Ty) -> Option<(ColumnType, String, bool)> {
        match ty {
            Ty::Postgres(PgType::Enum(id)) => {
                Some((ColumnType::Enum(*id), self.enum_name(*id), false))
            }
            Ty::Postgres(PgType::EnumArray(id)) => {
                let array = ColumnType::Array(Box::new(ColumnType::Enum(*id)));
                Some((array, format!("{}[]", self.enum_name(*id)), false))
            }
            // It is sent as an empty text.
            Ty::Postgres(PgType::VOID) => Some((
                ColumnType::Text(LobSize::Unbounded),
                "void".to_owned(),
                true,
            )),
            Ty::Postgres(found) => found.to_column(),
            Ty::Of(found) => {
                let sql_type = self.dialect.rules().computed(found).to_owned();
                Some((found.clone(), sql_type, false))
            }
            Ty::Untyped => self.column_of_type(self.facts.values.untyped_column.as_ref()?),
            Ty::Open | Ty::Wrong => None,
        }
    }

    fn enum_name(&self, id: EnumId) -> String {
        self.model.enum_type(id).name.clone()
    }

    /// The placeholders in the order of the text.
    fn uses(&mut self) -> Option<Vec<ParameterUse>> {
        let mut all = Vec::new();
        for cell in self.cells.clone() {
            let column = cell.source.map(|(table, column)| {
                let column = self.model.table(table).column(column);
                (column.column_type.clone(), String::new(), false)
            });
            let (column_type, _, _) = column.or_else(|| self.column_of_type(&cell.ty))?;
            all.extend(cell.uses.iter().map(|span| {
                ParameterUse {
                    parameter: cell.parameter.clone(),
                    span: *span,
                    column_type: column_type.clone(),
                    nullable: cell.nullable,
                    list: cell
                        .lists
                        .iter()
                        .find(|(list, _)| list == span)
                        .map(|(_, one)| *one),
                }
            }));
        }
        sort_by_key(&mut all, |one| one.span.start);
        Some(all)
    }

    pub(super) fn report(&mut self, finding: Diagnostic) {
        // An expression may be looked at twice.
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Remembers a name that stands for nothing.
    pub(super) fn report_name(&mut self, name: &Name, kind: NameKind, known: Vec<String>) {
        let name = name.clone();
        // A part of a statement may be looked at twice.
        let mut before = self.unknown.iter();
        if !before.any(|other| other.name.span == name.span) {
            self.unknown.push(UnknownName { name, kind, known });
        }
    }

    pub(super) fn text_at(&self, span: Span) -> &'a str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// The values of a column of the schema.
    pub(super) fn value_of_column(&self, table: TableId, at: usize) -> Value {
        let id = ColumnId(at as u32);
        let column = self.model.table(table).column(id);
        let ty = self.type_of_column(&column.column_type, &column.sql_type, column.as_text);
        Value {
            source: Some((table, id)),
            is_filled: true,
            ..Value::new(ty, column.nullable, column.span)
        }
    }

    fn type_of_column(&self, column_type: &ColumnType, sql_type: &str, as_text: bool) -> Ty {
        if self.facts.have_catalogue() {
            return PgType::from_column(column_type, sql_type, as_text)
                .map_or(Ty::Open, Ty::Postgres);
        }
        if as_text {
            Ty::Open
        } else {
            Ty::Of(column_type.clone())
        }
    }

    /// The type that is written, as a cast has it.
    pub(super) fn type_of_name(&self, written: &TypeName) -> Option<Ty> {
        if self.facts.have_catalogue() {
            return self.postgres_type(written).map(Ty::Postgres);
        }
        let digits = match written.arguments.first() {
            Some(TypeArgument::Number(number)) => number.parse().unwrap_or(0),
            _ => 0,
        };
        let is_unsigned = written.suffix.contains("unsigned");
        let found = grammar::type_named(&written.name, is_unsigned, digits)?;
        Some(Ty::Of(found))
    }

    fn postgres_type(&self, written: &TypeName) -> Option<PgType> {
        let found = match self.own_type_of(written) {
            Some(found) => found,
            None => {
                let name = match written.suffix.as_str() {
                    "" => written.name.clone(),
                    suffix => format!("{} {suffix}", written.name),
                };
                PgType::named(&name)?
            }
        };
        if written.array {
            return found.array();
        }
        Some(found)
    }

    /// An enum or a domain of the schema: a domain is what it is of.
    fn own_type_of(&self, written: &TypeName) -> Option<PgType> {
        let rank = |name: &str, schema: Option<&str>, span: Span| {
            let rank = (written.name == name).then(|| written.rank(schema))??;
            Some((!self.names.prefers(span.file), rank))
        };
        let enums = self.model.enums.iter().enumerate();
        let enums = enums
            .filter(|(_, known)| known.named)
            .filter_map(|(at, known)| {
                let rank = rank(&known.name, known.schema.as_deref(), known.span)?;
                Some((rank, PgType::Enum(EnumId(at as u32))))
            });
        let domains = self.model.domains.iter().filter_map(|known| {
            let rank = rank(&known.name, known.schema.as_deref(), known.span)?;
            let (of, sql_type) = (&known.column_type, known.sql_type.as_str());
            Some((rank, PgType::from_column(of, sql_type, known.as_text)?))
        });
        let found = enums.chain(domains).min_by_key(|(rank, _)| *rank);
        found.map(|(_, found)| found)
    }

    /// A type in words.
    pub(super) fn shown(&self, value: &Value) -> String {
        match &value.ty {
            Ty::Postgres(PgType::Enum(id)) => self.enum_name(*id),
            Ty::Postgres(PgType::EnumArray(id)) => format!("{}[]", self.enum_name(*id)),
            Ty::Postgres(found) => found.name(),
            Ty::Of(found) => self.dialect.rules().computed(found).to_owned(),
            Ty::Untyped if value.constant == Constant::Null => "NULL".to_owned(),
            Ty::Untyped => "text".to_owned(),
            Ty::Open | Ty::Wrong => "unknown".to_owned(),
        }
    }

    /// The type of texts.
    pub(super) fn text_type(&self) -> Ty {
        self.facts.values.text.clone()
    }

    /// The type of conditions.
    pub(super) fn condition_type(&self) -> Ty {
        match self.facts.grammar {
            Some(grammar) => Ty::Of(grammar.condition.clone()),
            None => Ty::Postgres(PgType::BOOL),
        }
    }

    /// The type of numbers of rows.
    pub(super) fn count_type(&self) -> Ty {
        self.facts.values.count.clone()
    }
}
