//! Names of objects and of types, as statements have them.

use std::sync::Arc;

use bindery_core::dialect::Dialect;

use crate::source::Span;

/// A name with its place; quotes are gone, PostgreSQL's unquoted names are folded to lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As the database has it.
    pub text: String,
    /// With its quotes.
    pub span: Span,
}

/// The schemas in which names without one are looked for, in order.
pub type SearchPath = Arc<[String]>;

/// A name that may carry a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectName {
    /// The name before the point; `public` and `main` are dropped.
    pub schema: Option<String>,
    /// The object's own name.
    pub name: Name,
    /// PostgreSQL: `public` stands before the point.
    pub in_public: bool,
    /// The path that counts where it is written, if the file sets one.
    pub path: Option<SearchPath>,
}

impl ObjectName {
    /// Returns how well an object of this schema fits, the lowest best; `None`: it is another one.
    ///
    /// A path outside the file may be another, so what is in none of its schemas is better than nothing.
    pub(crate) fn rank(&self, schema: Option<&str>) -> Option<usize> {
        if self.in_public && schema.is_some() {
            return None;
        }
        rank(self.schema.as_deref(), self.path.as_deref(), schema)
    }

    /// As a foreign key means it: MySQL looks in the database of the referring table.
    pub(crate) fn as_referred_by(&self, child: Option<&String>, dialect: Dialect) -> Self {
        let mut name = self.clone();
        if dialect == Dialect::Mysql && name.schema.is_none() {
            name.schema = child.cloned();
        }
        name
    }
}

fn rank(wanted: Option<&str>, path: Option<&[String]>, schema: Option<&str>) -> Option<usize> {
    if let Some(wanted) = wanted {
        return match schema {
            Some(schema) => (schema == wanted).then_some(0),
            None => Some(1),
        };
    }
    let known = schema.unwrap_or("public");
    let path = path.unwrap_or_default();
    let place = path.iter().position(|entry| entry == known);
    Some(place.unwrap_or(path.len() + usize::from(schema.is_some())))
}

/// A type as written, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeName {
    /// Schema of a user's type.
    pub schema: Option<String>,
    /// Where it is looked for without one, if the file sets a path.
    pub path: Option<SearchPath>,
    /// The words before the arguments, lower case unless quoted, one blank between them.
    pub name: String,
    /// The arguments in parentheses: lengths, digits, the values of an enum.
    pub arguments: Vec<TypeArgument>,
    /// The words after the arguments: `unsigned zerofill`, `with time zone`.
    pub suffix: String,
    /// `[]`, `ARRAY`.
    pub array: bool,
    /// The text as written, white space as it is.
    pub written: String,
    /// The whole type.
    pub span: Span,
}

impl TypeName {
    /// Returns how well a user's type of this schema fits, as [`ObjectName::rank`] has it.
    pub(crate) fn rank(&self, schema: Option<&str>) -> Option<usize> {
        rank(self.schema.as_deref(), self.path.as_deref(), schema)
    }

    /// The text that is the same for all spellings of a type of PostgreSQL in a function's arguments, which have no lengths.
    pub(crate) fn identity(&self) -> String {
        let schema = self.schema.iter().map(|schema| format!("{schema}."));
        let name = match self.name.as_str() {
            "int" | "int4" => "integer",
            "int2" => "smallint",
            "int8" => "bigint",
            "bool" => "boolean",
            "float4" => "real",
            "float" | "float8" => "double precision",
            "decimal" => "numeric",
            "varchar" | "char varying" => "character varying",
            "char" | "bpchar" => "character",
            "varbit" => "bit varying",
            "timestamptz" => "timestamp with time zone",
            "timetz" => "time with time zone",
            name => name,
        };
        let zone = match (name, self.suffix.as_str()) {
            ("time" | "timestamp", "") => " without time zone".to_owned(),
            (_, "") => String::new(),
            (_, suffix) => format!(" {suffix}"),
        };
        let array = if self.array { "[]" } else { "" };
        schema
            .chain([name.to_owned(), zone, array.to_owned()])
            .collect()
    }
}

/// One argument of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeArgument {
    /// A number, with its sign.
    Number(String),
    /// A value of an `ENUM` or `SET`.
    Text(String),
    /// Any other argument, as written.
    Word(String),
}
