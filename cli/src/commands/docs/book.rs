//! The contents of the document: tables of the chosen engines, each once for each of its engines, and what refers to what.

use std::collections::BTreeMap;

use bindery_schema::cluster::Cluster;
use bindery_schema::model::{
    CheckedModel, Column, ColumnId, EngineId, ForeignKey, Generated, Index, IndexKey,
    ReferentialAction, Table, TableId,
};
use bindery_schema::source::Sources;

use crate::links;

/// The whole document.
pub(super) struct Book<'m> {
    pub(super) engines: Vec<EnginePart<'m>>,
    /// Of all engines, engine by engine, by schema and name.
    pub(super) tables: Vec<TablePart<'m>>,
    pub(super) references: Vec<Reference<'m>>,
}

/// An engine in the document.
pub(super) struct EnginePart<'m> {
    pub(super) name: &'m str,
    pub(super) product: String,
}

/// One table on one engine.
pub(super) struct TablePart<'m> {
    /// Its place among the engines.
    pub(super) engine: usize,
    pub(super) schema: Option<&'m str>,
    /// With its schema, where one is written.
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) comment: String,
    pub(super) columns: Vec<ColumnPart<'m>>,
    /// Unique constraints, indexes, checks: each in words.
    pub(super) rules: Vec<String>,
}

/// A column in the document.
pub(super) struct ColumnPart<'m> {
    pub(super) name: &'m str,
    pub(super) sql_type: &'m str,
    pub(super) nullable: bool,
    pub(super) default: String,
    pub(super) in_key: bool,
    /// Of a foreign key, or a link.
    pub(super) refers: bool,
    pub(super) comment: String,
}

/// A foreign key or a link. Tables are places among the tables, columns among those of the table.
pub(super) struct Reference<'m> {
    pub(super) from: usize,
    pub(super) columns: Vec<&'m str>,
    pub(super) to: usize,
    pub(super) referred: Vec<&'m str>,
    /// No database keeps it: it may lead to another engine.
    pub(super) is_link: bool,
    pub(super) on_delete: &'static str,
}

impl<'m> Book<'m> {
    /// The document of these engines.
    pub(super) fn of(model: &'m CheckedModel, chosen: &[EngineId], sources: &Sources) -> Self {
        let engines = chosen.iter().map(|id| {
            let engine = model.engine(*id);
            EnginePart {
                name: &engine.name,
                product: crate::project::product(engine),
            }
        });
        let ids = ids(model, chosen);
        let part = |(engine, id): &(usize, TableId)| {
            let mut part = table_part(*engine, model.table(*id), sources);
            let on_cluster = model.engine(chosen[*engine]).cluster == Some(Cluster::Citus);
            let words = model.distribution_words(model.table(*id));
            part.rules.extend(words.filter(|_| on_cluster));
            part
        };
        let places: BTreeMap<(usize, TableId), usize> = ids
            .iter()
            .enumerate()
            .map(|(place, id)| (*id, place))
            .collect();
        let mut references = foreign_keys(model, &places);
        references.extend(link_references(model, chosen, &places));
        Self {
            engines: engines.collect(),
            tables: ids.iter().map(part).collect(),
            references,
        }
    }

    /// The references of a table.
    pub(super) fn from(&self, table: usize) -> impl Iterator<Item = &Reference<'m>> {
        self.references.iter().filter(move |one| one.from == table)
    }

    /// The references to a table.
    pub(super) fn to(&self, table: usize) -> impl Iterator<Item = &Reference<'m>> {
        self.references.iter().filter(move |one| one.to == table)
    }

    /// `users`, and with its engine where that is another than the one it is named on.
    pub(super) fn name_from(&self, table: usize, engine: usize) -> String {
        let part = &self.tables[table];
        if part.engine == engine {
            part.name.clone()
        } else {
            format!("{} on {}", part.name, self.engines[part.engine].name)
        }
    }

    /// The places of the tables of an engine.
    pub(super) fn tables_of(&self, engine: usize) -> impl Iterator<Item = usize> {
        let tables = self.tables.iter().enumerate();
        tables
            .filter(move |(_, table)| table.engine == engine)
            .map(|(place, _)| place)
    }
}

/// Each table on each of its engines that is chosen.
fn ids(model: &CheckedModel, chosen: &[EngineId]) -> Vec<(usize, TableId)> {
    let of_engine = |(place, engine): (usize, &EngineId)| {
        let tables = model.table_ids();
        let mut own: Vec<TableId> = tables
            .filter(|id| model.table(*id).engines.contains(engine))
            .collect();
        own.sort_by_key(|id| {
            let name = &model.table(*id).name;
            (name.schema.clone(), name.name.clone())
        });
        own.into_iter().map(move |id| (place, id))
    };
    chosen.iter().enumerate().flat_map(of_engine).collect()
}

fn foreign_keys<'m>(
    model: &'m CheckedModel,
    places: &BTreeMap<(usize, TableId), usize>,
) -> Vec<Reference<'m>> {
    let of_table = |(&(engine, id), &from): (&(usize, TableId), &usize)| {
        let table = model.table(id);
        let reference = |key: &'m ForeignKey| {
            let to = *places.get(&(engine, key.table))?;
            Some(Reference {
                from,
                columns: column_names(table, &key.columns),
                to,
                referred: column_names(model.table(key.table), &key.referred),
                is_link: false,
                on_delete: action(key.on_delete),
            })
        };
        table
            .foreign_keys
            .iter()
            .filter_map(reference)
            .collect::<Vec<_>>()
    };
    let mut all: Vec<Reference<'m>> = places.iter().flat_map(of_table).collect();
    all.sort_by(|one, other| {
        (one.from, &one.columns, one.to).cmp(&(other.from, &other.columns, other.to))
    });
    all
}

fn link_references<'m>(
    model: &'m CheckedModel,
    chosen: &[EngineId],
    places: &BTreeMap<(usize, TableId), usize>,
) -> Vec<Reference<'m>> {
    let place = |engine: EngineId, table: &Table| {
        let engine = chosen.iter().position(|id| *id == engine)?;
        let id = model
            .table_ids()
            .find(|id| std::ptr::eq(model.table(*id), table))?;
        places.get(&(engine, id)).copied()
    };
    let reference = |link: links::Link<'m>| {
        Some(Reference {
            from: place(link.from, link.table)?,
            columns: vec![link.column.name.as_str()],
            to: place(link.to, link.target)?,
            referred: vec![link.target_column.name.as_str()],
            is_link: true,
            on_delete: "",
        })
    };
    let links = links::on_engines(model, chosen).into_iter();
    links.filter_map(reference).collect()
}

fn table_part<'m>(engine: usize, table: &'m Table, sources: &Sources) -> TablePart<'m> {
    let key: &[ColumnId] = table.primary_key.as_ref().map_or(&[], |key| &key.columns);
    let columns = table.columns.iter().enumerate();
    let columns = columns.map(|(place, column)| {
        let id = ColumnId(place as u32);
        let is_foreign = table
            .foreign_keys
            .iter()
            .any(|one| one.columns.contains(&id));
        ColumnPart {
            name: &column.name,
            sql_type: &column.sql_type,
            nullable: column.nullable && !key.contains(&id),
            default: default(column, sources),
            in_key: key.contains(&id),
            refers: is_foreign || column.link.is_some(),
            comment: comment(&column.docs, column.native.comment.as_ref()),
        }
    });
    TablePart {
        engine,
        schema: table.name.schema.as_deref(),
        name: table.name.to_string(),
        kind: kind(table),
        comment: comment(&table.docs, table.native.comment.as_ref()),
        columns: columns.collect(),
        rules: rules(table),
    }
}

/// The comment of the schema, and that of the database where it is another.
fn comment(docs: &[String], own: Option<&String>) -> String {
    let docs = docs.iter().map(|line| line.trim());
    let docs = docs.collect::<Vec<_>>().join("\n");
    match own.map(|own| own.trim()) {
        Some(own) if docs.is_empty() => own.to_owned(),
        Some(own) if !docs.contains(own) => format!("{docs}\n{own}"),
        Some(_) | None => docs,
    }
}

fn kind(table: &Table) -> &'static str {
    match (&table.view, table.unmanaged) {
        (Some(view), _) if view.materialized => "materialized view",
        (Some(_), _) => "view",
        (None, true) => "unmanaged table",
        (None, false) => "table",
    }
}

fn default(column: &Column, sources: &Sources) -> String {
    match (&column.generated, &column.default) {
        (Generated::Key { .. }, _) => "generated".to_owned(),
        (Generated::Computed { expression, .. }, _) => format!("= {}", expression.sql),
        (Generated::No, Some(default)) => sources.text(default.span).to_owned(),
        (Generated::No, None) => String::new(),
    }
}

fn rules(table: &Table) -> Vec<String> {
    let unique =
        |columns: &[ColumnId]| format!("unique ({})", column_names(table, columns).join(", "));
    let uniques = table.uniques.iter().map(|one| unique(&one.columns));
    let indexes = table.indexes.iter().map(|one| index(one, table));
    let checks = table
        .checks
        .iter()
        .map(|check| format!("check ({})", check.expression.sql));
    uniques.chain(indexes).chain(checks).collect()
}

fn index(index: &Index, table: &Table) -> String {
    let part = |key: &IndexKey| match key {
        IndexKey::Column(id) => table.column(*id).name.clone(),
        IndexKey::Expression(expression) => expression.sql.clone(),
    };
    let parts: Vec<String> = index.parts.iter().map(|one| part(&one.key)).collect();
    let word = if index.unique {
        "unique index"
    } else {
        "index"
    };
    let condition = index.predicate.as_ref();
    let condition = condition.map_or(String::new(), |one| format!(" where {}", one.sql));
    format!("{word} ({}){condition}", parts.join(", "))
}

fn column_names<'m>(table: &'m Table, columns: &[ColumnId]) -> Vec<&'m str> {
    columns
        .iter()
        .map(|id| table.column(*id).name.as_str())
        .collect()
}

fn action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "",
        ReferentialAction::Restrict => "on delete restrict",
        ReferentialAction::Cascade => "on delete cascade",
        ReferentialAction::SetNull => "on delete set null",
        ReferentialAction::SetDefault => "on delete set default",
    }
}
