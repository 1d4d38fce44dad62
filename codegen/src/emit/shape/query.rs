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
}

impl Shapes<'_> {
    /// The shapes of all queries, in their order.
    pub(crate) fn queries(&self) -> impl Iterator<Item = QueryShape<'_>> {
        self.model.queries.iter().map(|query| QueryShape {
            query,
            fields: query
                .columns
                .iter()
                .map(|one| self.query_field(one))
                .collect(),
            arguments: query
                .parameters
                .iter()
                .map(|one| self.query_argument(one))
                .collect(),
            engines: query
                .engines
                .iter()
                .map(|id| self.around.engine_of(*id).name.as_str())
                .collect(),
            bound: self.bound(&query.engines),
        })
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
        if parameter.is_list {
            return list_argument(&parameter.name, &ty, traits.argument);
        }
        let ty = match traits.argument {
            Argument::Value => ty,
            Argument::Text => "&str".to_owned(),
            Argument::Slice => {
                let element = ty.strip_prefix("::std::vec::Vec<");
                let element = element.and_then(|rest| rest.strip_suffix('>'));
                element.map_or_else(|| format!("&{ty}"), |element| format!("&[{element}]"))
            }
            Argument::Reference => format!("&{ty}"),
        };
        QueryArgument {
            name: &parameter.name,
            ty: optional(parameter.nullable, &ty),
            value: format!("&{}", parameter.name),
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

/// Any number of values: of texts, whatever holds them.
fn list_argument<'m>(name: &'m str, element: &str, argument: Argument) -> QueryArgument<'m> {
    const LIST: &str = "::bindery::__private::ListOf";
    if argument == Argument::Text {
        return QueryArgument {
            name,
            ty: "&[impl ::core::convert::AsRef<str>]".to_owned(),
            value: format!(
                "&{LIST}(&{name}.iter().map(::core::convert::AsRef::as_ref).collect::<::std::vec::Vec<&str>>())"
            ),
        };
    }
    QueryArgument {
        name,
        ty: format!("&[{element}]"),
        value: format!("&{LIST}({name})"),
    }
}
