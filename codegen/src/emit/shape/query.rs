//! A query of a file: its function, its row, and the engines that it is bounded by.

use bindery_schema::model::{Column, EngineId, Query, QueryParameter};
use bindery_schema::rust_type::Argument;

use super::column_types::Functions;
use super::field::optional;
use super::{Shapes, types};

/// A query of a file, as its code is written from it.
#[derive(Debug)]
pub(crate) struct QueryShape<'m> {
    pub(crate) query: &'m Query,
    pub(crate) fields: Vec<QueryField<'m>>,
    pub(crate) arguments: Vec<QueryArgument<'m>>,
    /// The names of its engines.
    pub(crate) engines: Vec<&'m str>,
    /// The trait of its engines; `None` where that is every engine of the program.
    pub(crate) bound: Option<String>,
}

/// A field of a query's row.
#[derive(Debug)]
pub(crate) struct QueryField<'m> {
    pub(crate) column: &'m Column,
    pub(crate) ty: String,
    /// The expression that reads it.
    pub(crate) read: String,
}

/// An argument of a query's function.
#[derive(Debug)]
pub(crate) struct QueryArgument<'m> {
    pub(crate) name: &'m str,
    pub(crate) ty: String,
    /// The expression of its value.
    pub(crate) value: String,
    /// The type of one value behind a reference, for queries in place: `str`, `i64`.
    #[cfg(feature = "derive")]
    pub(crate) bare: String,
    #[cfg(feature = "derive")]
    pub(crate) is_list: bool,
    #[cfg(feature = "derive")]
    pub(crate) nullable: bool,
}

impl Shapes<'_> {
    /// The shapes of all queries, in their order.
    pub(crate) fn queries(&self) -> impl Iterator<Item = QueryShape<'_>> {
        self.model.queries.iter().map(|query| self.query(query))
    }

    /// The shape of a query.
    pub(crate) fn query<'s>(&'s self, query: &'s Query) -> QueryShape<'s> {
        let (columns, parameters) = (query.columns.iter(), query.parameters.iter());
        let engines = query.engines.iter();
        QueryShape {
            query,
            fields: columns.map(|one| self.query_field(one)).collect(),
            arguments: parameters.map(|one| self.query_argument(one)).collect(),
            engines: engines
                .map(|id| self.around.engine_of(*id).name.as_str())
                .collect(),
            bound: self.bound(&query.engines),
        }
    }

    fn query_field<'s>(&'s self, column: &'s Column) -> QueryField<'s> {
        let value = self.value(column);
        QueryField {
            column,
            ty: optional(column.nullable, &value.ty),
            read: match &value.functions {
                None => "row.next()?".to_owned(),
                Some(Functions { read, .. }) => {
                    format!("::bindery::__private::read_through(row, {read})?")
                }
            },
        }
    }

    fn query_argument<'s>(&'s self, parameter: &'s QueryParameter) -> QueryArgument<'s> {
        let root = &self.around.scope.root;
        let (ty, traits) = types::path_and_traits(&parameter.column_type, root, &self.names.enums);
        let bare = match traits.argument {
            Argument::Value | Argument::Reference => ty,
            Argument::Slice if parameter.is_list => ty,
            Argument::Text => "str".to_owned(),
            Argument::Slice => {
                let element = ty.strip_prefix("::std::vec::Vec<");
                let element = element.and_then(|rest| rest.strip_suffix('>'));
                element.map_or_else(|| ty.clone(), |element| format!("[{element}]"))
            }
        };
        let name = &parameter.name;
        let (ty, value) = if parameter.is_list {
            list_argument(name, &bare, traits.argument)
        } else {
            let ty = match traits.argument {
                Argument::Value => bare.clone(),
                Argument::Text | Argument::Slice | Argument::Reference => format!("&{bare}"),
            };
            (optional(parameter.nullable, &ty), format!("&{name}"))
        };
        QueryArgument {
            name,
            ty,
            value,
            #[cfg(feature = "derive")]
            bare,
            #[cfg(feature = "derive")]
            is_list: parameter.is_list,
            #[cfg(feature = "derive")]
            nullable: parameter.nullable,
        }
    }

    fn bound(&self, engines: &[EngineId]) -> Option<String> {
        let names = engines
            .iter()
            .map(|id| self.around.engine_of(*id).type_name.as_str());
        let names: Vec<&str> = names.collect();
        (names.len() < self.model.engines.len()).then(|| format!("On{}", names.join("Or")))
    }
}

/// The type and the value of any number of values: of texts, whatever holds them.
fn list_argument(name: &str, bare: &str, argument: Argument) -> (String, String) {
    const LIST: &str = "::bindery::__private::ListOf";
    if argument == Argument::Text {
        return (
            "&[impl ::core::convert::AsRef<str>]".to_owned(),
            format!(
                "&{LIST}(&{name}.iter().map(::core::convert::AsRef::as_ref).collect::<::std::vec::Vec<&str>>())"
            ),
        );
    }
    (format!("&[{bare}]"), format!("&{LIST}({name})"))
}
