//! Tables and views of PostgreSQL: columns and constraints between the parentheses, then indexes and comments.

use std::collections::{BTreeMap, BTreeSet};

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::settled_expression;
use bindery_schema::model::TableName;
use bindery_schema::sql_writer::SqlWriter;

use super::super::CatalogueItem;

/// A row of [`super::queries::TABLES`].
#[derive(Debug, bindery::Row)]
pub(super) struct Table {
    pub(super) key: String,
    pub(super) schema: String,
    pub(super) name: String,
    /// The name with its schema where that is not the current one.
    shown: String,
    kind: String,
    unlogged: bool,
    options: Option<String>,
    partition_key: Option<String>,
    /// Of a partition.
    bounds: Option<String>,
    parents: Option<String>,
    /// The access method, unless it is the usual.
    method: Option<String>,
    comment: Option<String>,
    /// Of a view.
    query: Option<String>,
    /// Of a foreign table.
    server: Option<String>,
    is_in_current_schema: bool,
}

/// A row of [`super::queries::COLUMNS`].
#[derive(Debug, bindery::Row)]
pub(super) struct Column {
    pub(super) table_key: String,
    name: String,
    kind: String,
    not_null: bool,
    collation: Option<String>,
    /// The default, or what the column is computed from.
    expression: Option<String>,
    computed: String,
    identity: String,
    /// It is there only because a parent of the table has it.
    is_inherited: bool,
    storage: Option<String>,
    compression: Option<String>,
    comment: Option<String>,
}

/// A row of [`super::queries::CONSTRAINTS`].
#[derive(Debug, bindery::Row)]
pub(super) struct Constraint {
    pub(super) table_key: String,
    name: String,
    kind: String,
    definition: String,
    /// Of a check, within the definition.
    condition: Option<String>,
    /// Of its index.
    options: Option<String>,
    /// The table that a foreign key refers to.
    target: Option<String>,
    has_usual_name: bool,
}

/// A row of [`super::queries::INDEXES`].
#[derive(Debug, bindery::Row)]
pub(super) struct Index {
    pub(super) table_key: String,
    definition: String,
    /// Of a partial one, within the definition.
    condition: Option<String>,
    is_partitioned: bool,
}

/// A row of [`super::queries::SEQUENCES`].
#[derive(Debug, bindery::Row)]
pub(super) struct Sequence {
    pub(super) key: String,
    pub(super) sort: String,
    shown: String,
    kind: String,
    options: String,
    owner: Option<String>,
    owner_column: Option<String>,
    owner_shown: Option<String>,
    column_type: Option<String>,
    is_identity: bool,
    has_usual_name: bool,
    unlogged: bool,
}

impl Sequence {
    pub(super) fn create(&self) -> String {
        let unlogged = if self.unlogged { "UNLOGGED " } else { "" };
        let kind = if self.kind == "bigint" {
            String::new()
        } else {
            format!(" AS {}", self.kind)
        };
        let name = &self.shown;
        format!("CREATE {unlogged}SEQUENCE {name}{kind} {}", self.options)
            .trim_end()
            .to_owned()
    }

    /// The words of a column whose values it makes: `serial`, or none where more must be said.
    fn serial(&self, column: &Column) -> Option<&'static str> {
        let called = format!("nextval({}::regclass)", literal(&self.shown));
        let is_usual = self.has_usual_name && self.options.is_empty() && !self.unlogged;
        let is_its_type = self.column_type.as_deref() == Some(&self.kind);
        if !(is_usual
            && is_its_type
            && column.not_null
            && column.expression.as_ref() == Some(&called))
        {
            return None;
        }
        match self.kind.as_str() {
            "smallint" => Some("smallserial"),
            "integer" => Some("serial"),
            _ => Some("bigserial"),
        }
    }

    fn identity_options(&self) -> String {
        let name = format!("SEQUENCE NAME {}", self.shown);
        let name = if self.has_usual_name { "" } else { &name };
        let options = format!("{name} {}", self.options);
        match options.trim() {
            "" => String::new(),
            options => format!(" ({options})"),
        }
    }
}

impl Column {
    /// Its default, or what it is computed from.
    fn value(&self) -> String {
        let Some(expression) = self.expression.as_deref().map(settled_expression) else {
            return String::new();
        };
        match self.computed.as_str() {
            "" => format!(" DEFAULT {expression}"),
            "v" => format!(" GENERATED ALWAYS AS ({expression}) VIRTUAL"),
            _ => format!(" GENERATED ALWAYS AS ({expression}) STORED"),
        }
    }

    /// The changes that make the column of a partitioned table like this one of a partition.
    fn words_alone(&self, of_table: &Self) -> Vec<String> {
        let mut words = Vec::new();
        if self.not_null && !of_table.not_null {
            words.push("SET NOT NULL".to_owned());
        }
        let (own, usual) = (self.value(), of_table.value());
        if self.computed.is_empty() && own != usual {
            words.push(match own.is_empty() {
                true => "DROP DEFAULT".to_owned(),
                false => format!("SET{own}"),
            });
        }
        words
    }
}

/// Everything about tables, by the key of the table.
pub(super) struct Tables {
    pub(super) tables: Vec<Table>,
    pub(super) columns: BTreeMap<String, Vec<Column>>,
    pub(super) constraints: BTreeMap<String, Vec<Constraint>>,
    pub(super) indexes: BTreeMap<String, Vec<Index>>,
    pub(super) sequences: Vec<Sequence>,
}

impl Table {
    pub(super) fn is_view(&self) -> bool {
        self.query.is_some()
    }

    /// Its columns and constraints are those of its parent.
    fn is_partition(&self) -> bool {
        self.bounds.is_some()
    }

    /// The word of its kind in `COMMENT ON`.
    fn word(&self) -> &'static str {
        match self.kind.as_str() {
            "v" => "VIEW",
            "m" => "MATERIALIZED VIEW",
            "f" => "FOREIGN TABLE",
            _ => "TABLE",
        }
    }

    fn create(&self, lines: &[String]) -> String {
        if let Some(query) = &self.query {
            let options = surrounded(" WITH (", self.options.as_ref(), ")");
            let query = query.trim().trim_end_matches(';');
            return format!(
                "CREATE {} {}{options} AS\n {query}",
                self.word(),
                self.shown
            );
        }
        let unlogged = if self.unlogged { "UNLOGGED " } else { "" };
        let columns = if lines.is_empty() {
            "()".to_owned()
        } else {
            format!("(\n    {}\n)", lines.join(",\n    "))
        };
        let mut sql = format!("CREATE {unlogged}{} {}", self.word(), self.shown);
        match (&self.bounds, &self.parents) {
            (Some(bounds), Some(parent)) => {
                sql += &format!(" PARTITION OF {parent} {bounds}");
            }
            (None, Some(parents)) => sql += &format!(" {columns} INHERITS ({parents})"),
            (_, None) => sql += &format!(" {columns}"),
        }
        sql += &surrounded(" PARTITION BY ", self.partition_key.as_ref(), "");
        sql += &surrounded(" USING ", self.method.as_ref(), "");
        sql += &surrounded(" WITH (", self.options.as_ref(), ")");
        sql + &surrounded(" SERVER ", self.server.as_ref(), "")
    }
}

/// The definition with its condition as the server writes it again.
fn settled(definition: &str, condition: Option<&String>) -> String {
    match condition {
        Some(condition) => definition.replacen(condition, &settled_expression(condition), 1),
        None => definition.to_owned(),
    }
}

fn surrounded(before: &str, text: Option<&String>, after: &str) -> String {
    text.map_or(String::new(), |text| format!("{before}{text}{after}"))
}

impl Constraint {
    /// Between the parentheses, or after `ADD`.
    fn line(&self) -> String {
        let name = if self.has_usual_name {
            String::new()
        } else {
            format!("CONSTRAINT {} ", self.name)
        };
        let definition = settled(&self.definition, self.condition.as_ref());
        let (definition, deferred) = match definition.find(" DEFERRABLE") {
            Some(at) if self.options.is_some() => definition.split_at(at),
            Some(_) | None => (definition.as_str(), ""),
        };
        let options = surrounded(" WITH (", self.options.as_ref(), ")");
        format!("{name}{definition}{options}{deferred}")
    }

    fn is_foreign_key(&self) -> bool {
        self.kind == "f"
    }

    /// Returns what makes it one with another key of the same `CREATE TABLE`.
    fn key(&self) -> Option<&str> {
        let words = ["PRIMARY KEY ", "UNIQUE "].into_iter();
        let words = words.filter(|_| matches!(self.kind.as_str(), "p" | "u"));
        words
            .filter_map(|word| self.definition.strip_prefix(word))
            .next()
    }

    /// CREATE TABLE knows no constraint that old rows may break.
    fn is_added_later(&self, made: &BTreeSet<&str>) -> bool {
        let is_open = |target: &String| !made.contains(target.as_str());
        self.definition.ends_with(" NOT VALID") || self.target.as_ref().is_some_and(is_open)
    }
}

impl Tables {
    /// Whether the sequence is written by the words of its column.
    pub(super) fn is_in_column(&self, sequence: &Sequence) -> bool {
        sequence.is_identity
            || self
                .owner(sequence)
                .is_some_and(|column| sequence.serial(column).is_some())
    }

    fn owner(&self, sequence: &Sequence) -> Option<&Column> {
        let columns = self.columns.get(sequence.owner.as_ref()?)?;
        columns
            .iter()
            .find(|column| Some(&column.name) == sequence.owner_column.as_ref())
    }

    /// The keys of the tables that it refers to.
    pub(super) fn targets(&self, table: &str) -> BTreeSet<String> {
        let constraints = self.constraints.get(table).into_iter().flatten();
        constraints.filter_map(|one| one.target.clone()).collect()
    }

    /// The statements of a table; keys to tables that are not made yet go to the end.
    pub(super) fn item(
        &self,
        table: &Table,
        made: &BTreeSet<&str>,
        last: &mut Vec<String>,
    ) -> CatalogueItem {
        let columns = self.columns.get(&table.key).map_or(&[][..], Vec::as_slice);
        let constraints = self.constraints.get(&table.key).into_iter().flatten();
        let mut keys = BTreeSet::new();
        // Of equal keys PostgreSQL makes one, but for those that come after the table; parts have all of theirs after it.
        let mut is_repeated = |one: &Constraint| {
            !table.is_partition() && one.key().is_some_and(|key| !keys.insert(key.to_owned()))
        };
        let (later, here): (Vec<_>, Vec<_>) =
            constraints.partition(|one| one.is_added_later(made) || is_repeated(one));
        let own = columns.iter().filter(|column| !column.is_inherited);
        let lines = own
            .map(|column| self.column(table, column))
            .chain(here.iter().map(|one| one.line()));
        let mut statements = vec![table.create(&lines.collect::<Vec<_>>())];
        statements.extend(self.settings(table, columns));
        if table.is_partition() {
            // Its own constraints stand beside those of its parent.
            statements.extend(here.iter().map(|one| of_part_alone(added(table, one))));
            statements.extend(self.values_of_part(table, columns).map(of_part_alone));
        }
        for constraint in later {
            let to = if constraint.is_foreign_key() {
                &mut *last
            } else {
                &mut statements
            };
            to.push(added(table, constraint));
        }
        let indexes = self.indexes.get(&table.key).into_iter().flatten();
        let indexes = indexes.map(Index::create);
        match table.is_partition() {
            true => statements.extend(indexes.map(of_part_alone)),
            false => statements.extend(indexes),
        }
        statements.extend(comments(table, columns));
        CatalogueItem {
            table: (!table.is_partition()).then(|| TableName {
                schema: (!table.is_in_current_schema).then(|| table.schema.clone()),
                name: table.name.clone(),
            }),
            statements,
        }
    }

    /// ALTER statements: defaults and NOT NULL that differ from those of the partitioned table.
    fn values_of_part<'c>(
        &'c self,
        table: &'c Table,
        columns: &'c [Column],
    ) -> impl Iterator<Item = String> + 'c {
        let mut tables = self.tables.iter();
        let parent = tables.find(|one| Some(&one.shown) == table.parents.as_ref());
        let of_parent = parent.and_then(|parent| self.columns.get(&parent.key));
        let of_parent = of_parent.map_or(&[][..], Vec::as_slice);
        let pairs = columns.iter().filter_map(|column| {
            let parent = of_parent.iter().find(|one| one.name == column.name)?;
            Some((column, column.words_alone(parent)))
        });
        pairs.flat_map(|(column, words)| {
            let (table, name) = (&table.shown, &column.name);
            words
                .into_iter()
                .map(move |words| format!("ALTER TABLE {table} ALTER COLUMN {name} {words}"))
        })
    }

    fn column(&self, table: &Table, column: &Column) -> String {
        let mut own = self
            .sequences
            .iter()
            .filter(|one| one.owner.as_ref() == Some(&table.key));
        let sequence = own.find(|one| one.owner_column.as_ref() == Some(&column.name));
        let name = &column.name;
        if let Some(serial) = sequence.and_then(|sequence| sequence.serial(column)) {
            return format!("{name} {serial}");
        }
        let collation = surrounded(" COLLATE ", column.collation.as_ref(), "");
        let line = format!("{name} {}{collation}", column.kind);
        if !column.identity.is_empty() {
            let always = if column.identity == "a" {
                "ALWAYS"
            } else {
                "BY DEFAULT"
            };
            let options = sequence.map_or(String::new(), Sequence::identity_options);
            return format!("{line} GENERATED {always} AS IDENTITY{options}");
        }
        let not_null = if column.not_null { " NOT NULL" } else { "" };
        format!("{line}{not_null}{}", column.value())
    }

    /// ALTER statements: storage of columns, and the sequences that belong to one.
    fn settings(&self, table: &Table, columns: &[Column]) -> Vec<String> {
        let alter = |column: &Column, setting: &str, value: &Option<String>| {
            let value = value.as_ref()?;
            let (table, column) = (&table.shown, &column.name);
            Some(format!(
                "ALTER TABLE {table} ALTER COLUMN {column} SET {setting} {value}"
            ))
        };
        let of_columns = columns
            .iter()
            .filter(|column| !column.is_inherited)
            .flat_map(|column| {
                let storage = alter(column, "STORAGE", &column.storage);
                [storage, alter(column, "COMPRESSION", &column.compression)]
            });
        let sequences = self
            .sequences
            .iter()
            .filter(|one| one.owner.as_ref() == Some(&table.key) && !self.is_in_column(one));
        let owned = sequences.filter_map(|one| {
            let column = one.owner_column.as_ref()?;
            let owner = one.owner_shown.as_ref()?;
            Some(format!(
                "ALTER SEQUENCE {} OWNED BY {owner}.{column}",
                one.shown
            ))
        });
        of_columns.flatten().chain(owned).collect()
    }
}

/// A statement that has no effect in a schema, which says so.
fn of_part_alone(sql: String) -> String {
    format!("-- Of this partition alone, so bindery neither makes nor compares it:\n{sql}")
}

fn added(table: &Table, constraint: &Constraint) -> String {
    format!("ALTER TABLE {} ADD {}", table.shown, constraint.line())
}

impl Index {
    /// An index of a partitioned table is made on its partitions too.
    fn create(&self) -> String {
        let definition = settled(&self.definition, self.condition.as_ref());
        match self.is_partitioned {
            true => definition.replacen(" ON ONLY ", " ON ", 1),
            false => definition,
        }
    }
}

fn comments(table: &Table, columns: &[Column]) -> Vec<String> {
    let on_table = table.comment.as_ref();
    let on_table = on_table.map(|text| {
        format!(
            "COMMENT ON {} {} IS {}",
            table.word(),
            table.shown,
            literal(text)
        )
    });
    let on_columns = columns.iter().filter_map(|column| {
        let text = literal(column.comment.as_ref()?);
        Some(format!(
            "COMMENT ON COLUMN {}.{} IS {text}",
            table.shown, column.name
        ))
    });
    on_table.into_iter().chain(on_columns).collect()
}

/// A text in quotes; a backslash stands for itself, as in every session of bindery.
fn literal(text: &str) -> String {
    let mut sql = SqlWriter::new(Dialect::Postgres);
    sql.text_literal(text);
    sql.finish()
}
