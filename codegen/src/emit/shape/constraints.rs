//! The keys, foreign keys and checks of a model, with the names of their constants.

use bindery_schema::dialect::Dialect;
use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{Model, TableId};
use bindery_schema::plan::constraints::{self, Constraint, ConstraintKind};

/// The constant with all of them.
pub(crate) const CONSTRAINTS: &str = "CONSTRAINTS";

/// Names in a model's module that are taken already.
const TAKEN: &[&str] = &[
    CONSTRAINTS,
    "INFO",
    "SQLITE",
    "POSTGRES",
    "MYSQL",
    "MYSQL_AS_MARIADB",
    "MYSQL_AS_MYSQL",
];

/// One constraint and its constant.
#[derive(Debug, Hash)]
pub(crate) struct ConstraintShape {
    pub(crate) constant: String,
    pub(crate) kind: ConstraintKind,
    pub(crate) name: Option<String>,
    pub(crate) columns: Vec<String>,
    pub(crate) names: Vec<(Dialect, String)>,
}

/// Those of a table.
pub(crate) fn shapes(model: &Model, id: TableId) -> Vec<ConstraintShape> {
    let table = model.table(id);
    let mut taken: Vec<String> = TAKEN.iter().map(|name| (*name).to_owned()).into_vec();
    let all = constraints::constraints(model, id).into_iter();
    let shapes = all.map(|one| {
        let columns = one.columns.iter().map(|column| table.column(*column));
        let fields: Vec<&str> = columns
            .clone()
            .map(|column| column.field.trim_start_matches("r#"))
            .into_vec();
        let mut constant = constant(&one, &fields.join("_and_"));
        while taken.contains(&constant) {
            constant.push('_');
        }
        taken.push(constant.clone());
        ConstraintShape {
            constant,
            kind: one.kind,
            columns: columns.map(|column| column.name.clone()).into_vec(),
            name: one.name,
            names: one.names,
        }
    });
    shapes.into_vec()
}

fn constant(one: &Constraint, fields: &str) -> String {
    let named = one.name.as_deref().map(bindery_schema::name::field);
    let of_column = |word: &str| match fields {
        "" => word.to_owned(),
        fields => format!("{fields}_{word}"),
    };
    let name = match one.kind {
        ConstraintKind::PrimaryKey => "primary_key".to_owned(),
        ConstraintKind::Unique => fields.to_owned(),
        ConstraintKind::UniqueIndex => named.unwrap_or_else(|| of_column("index")),
        ConstraintKind::ForeignKey => of_column("foreign_key"),
        ConstraintKind::Check => named.unwrap_or_else(|| of_column("check")),
    };
    name.to_uppercase()
}
