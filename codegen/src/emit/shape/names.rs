//! Names of generated items. What models, accessors, fields and enums are called is the schema's matter, and `check` has seen
//! that they differ; modules stand beside items of our own here.

use bindery_schema::lists::IntoVec as _;
use std::collections::{BTreeSet, HashSet};

use bindery_schema::dialect::{Dialect, Flavour};
use bindery_schema::model::{Engine, Interface, Model, Table};
use bindery_schema::name::{accessor, escape_keyword};
use bindery_schema::sorting::sort_by;

/// The module of the program's own types.
pub(crate) const COLUMN_TYPES: &str = "column_types";
/// The module of all interfaces.
pub(crate) const INTERFACES: &str = "interfaces";
/// The module of the syncs.
pub(crate) const SYNCS: &str = "syncs";

/// The module of the files of queries.
pub(crate) const QUERIES: &str = "queries";

/// The names at the top of every generated file.
const FIXED: &[&str] = &[
    "engine",
    "model",
    "enums",
    COLUMN_TYPES,
    "Databases",
    "DatabaseSession",
    "Tables",
    "PROGRAM",
    "ChooseEngineForTransaction",
    "AllEnginesInMemory",
];

/// Modules of these names would be in files that cargo takes for something else.
const FILES: &[&str] = &["lib", "main"];

/// Modules of these names would hide a primitive type from the code beside them.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128", "u16",
    "u32", "u64", "u8", "usize",
];

/// The names one model is generated under.
#[derive(Debug, Clone, Hash)]
pub(crate) struct ModelNames {
    /// The module: `blogs`.
    pub(crate) module: String,
    /// The module of the columns: `blog`.
    pub(crate) columns: String,
    /// The method of connections and `Databases`: `blogs`.
    pub(crate) accessor: String,
    /// The row, and the tag in `model`.
    pub(crate) row: String,
    /// The struct of a new row: `NewBlog`.
    pub(crate) new: String,
    /// The struct of a change: `BlogPatch`.
    pub(crate) patch: String,
    /// The type of the key: `BlogId`.
    pub(crate) key: String,
    /// The trait of methods by unique keys: `BlogQueries`.
    pub(crate) queries: String,
    /// The trait that says that an engine has to be chosen: `ChooseEngineOfBlog`.
    pub(crate) choice: String,
}

/// The names of everything generated.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    /// Of the models, in their order.
    pub(crate) models: Vec<ModelNames>,
    /// Of the enums, in their order.
    pub(crate) enums: Vec<String>,
    /// Of the interfaces, with their module.
    interfaces: Vec<String>,
}

impl Names {
    /// The names of a schema's models and enums.
    pub(crate) fn allocate(model: &Model) -> Self {
        let taken = FIXED.iter().chain(FILES).chain(PRIMITIVES);
        let mut modules: BTreeSet<String> = taken.map(|name| (*name).to_owned()).collect();
        let mut interfaces = interface_items(model);
        if !interfaces.is_empty() {
            interfaces.push(INTERFACES.to_owned());
        }
        modules.extend(interfaces.iter().cloned());
        modules.extend((!model.syncs.is_empty()).then(|| SYNCS.to_owned()));
        modules.extend((!model.queries.is_empty()).then(|| QUERIES.to_owned()));
        let enums = model.enums.iter();
        // Programs write the names of these modules, and hardly those of the others.
        let tables = model.tables.iter();
        let columns: Vec<String> = tables
            .map(|table| free(&columns_module(&table.model_name), &mut modules))
            .into_vec();
        let tables = model.tables.iter().zip(columns);
        Self {
            models: tables
                .map(|(table, columns)| model_names(table, columns, &mut modules))
                .into_vec(),
            enums: enums.map(|one| one.type_name.clone()).into_vec(),
            interfaces,
        }
    }

    /// Names at the top that re-exports must leave alone.
    pub(crate) fn fixed_at_top(&self) -> HashSet<String> {
        let fixed = FIXED.iter().map(|name| (*name).to_owned());
        let own = self.models.iter().flat_map(|names| {
            let modules = [names.module.clone(), names.columns.clone()];
            modules.into_iter().chain([names.choice.clone()])
        });
        fixed
            .chain(self.interfaces.iter().cloned())
            .chain(own)
            .collect()
    }
}

/// `order_line` of `OrderLine`.
fn columns_module(row: &str) -> String {
    escape_keyword(&accessor(row.trim_start_matches("r#")))
}

fn model_names(table: &Table, columns: String, modules: &mut BTreeSet<String>) -> ModelNames {
    let row = table.model_name.clone();
    let plain = row.trim_start_matches("r#");
    ModelNames {
        module: free(&table.accessor, modules),
        columns,
        accessor: table.accessor.clone(),
        new: format!("New{plain}"),
        patch: format!("{plain}Patch"),
        key: format!("{plain}Id"),
        queries: format!("{plain}Queries"),
        choice: format!("ChooseEngineOf{plain}"),
        row,
    }
}

/// The name, with as many underscores as it needs to be free.
fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = name.to_owned();
    while !taken.insert(name.clone()) {
        name = format!("{}_", name.trim_start_matches("r#"));
    }
    name
}

/// The names of the items of all interfaces, sorted.
pub(crate) fn interface_items(model: &Model) -> Vec<String> {
    let items = |interface: &Interface| {
        let name = &interface.name;
        [name.clone(), row_name(interface), lookup_name(interface)]
    };
    let mut names: Vec<String> = model.interfaces.iter().flat_map(items).into_vec();
    sort_by(&mut names, Ord::cmp);
    names
}

/// The enum of an interface's rows.
pub(crate) fn row_name(interface: &Interface) -> String {
    format!("{}Row", interface.name)
}

/// The struct of an interface's look-ups.
pub(crate) fn lookup_name(interface: &Interface) -> String {
    format!("{}Lookup", interface.name)
}

/// The name of the static value with the statements for an engine, in each model that is on it.
pub(crate) fn static_name(engine: &Engine) -> &'static str {
    match (engine.dialect, engine.flavour) {
        (Dialect::Sqlite, _) => "SQLITE",
        (Dialect::Postgres, _) => "POSTGRES",
        (Dialect::Mysql, None) => "MYSQL",
        (Dialect::Mysql, Some(Flavour::Mariadb)) => "MYSQL_AS_MARIADB",
        (Dialect::Mysql, Some(Flavour::Mysql)) => "MYSQL_AS_MYSQL",
    }
}
