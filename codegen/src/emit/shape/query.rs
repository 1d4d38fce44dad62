//! A query of a file: its function, its row, and the engines that it is bounded by.

use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{
    Column, EmbeddedModel, EngineId, Query, QueryParameter, QueryPart, RowPart,
};
use bindery_schema::rust_type::Argument;

use super::column_types::Functions;
use super::field::optional;
use super::{Shapes, types};

/// A query of a file, as its code is written from it.
#[derive(Debug)]
pub(crate) struct QueryShape<'m> {
    pub(crate) query: &'m Query,
    /// Of each column.
    pub(crate) columns: Vec<QueryField<'m>>,
    /// The rows of models that some of them are.
    pub(crate) embedded: Vec<EmbeddedShape<'m>>,
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

/// A row of a model among the columns of a query.
#[derive(Debug)]
pub(crate) struct EmbeddedShape<'m> {
    pub(crate) model: &'m EmbeddedModel,
    /// The type of the row; `E` in it is the engine.
    pub(crate) ty: String,
    pub(crate) is_generic: bool,
    /// The expression that reads it.
    pub(crate) read: String,
}

/// A field of a query's row.
#[derive(Debug)]
pub(crate) enum RowField<'s, 'm> {
    Column(&'s QueryField<'m>),
    Model(&'s EmbeddedShape<'m>),
}

/// An argument of a query's function.
#[derive(Debug)]
pub(crate) struct QueryArgument<'m> {
    pub(crate) name: &'m str,
    pub(crate) ty: String,
    /// The expression of its value.
    pub(crate) value: String,
    pub(crate) part: Option<QueryPart>,
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
            columns: columns.map(|one| self.query_field(one)).into_vec(),
            embedded: query
                .embedded
                .iter()
                .map(|one| self.embedded(one))
                .into_vec(),
            arguments: parameters.map(|one| self.query_argument(one)).into_vec(),
            engines: engines
                .map(|id| self.around.engine_of(*id).name.as_str())
                .into_vec(),
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

    fn embedded<'s>(&'s self, model: &'s EmbeddedModel) -> EmbeddedShape<'s> {
        let shape = self.shape(model.table);
        let accessor = &self.model.table(model.table).accessor;
        // A file of queries may be called as the table is.
        let row = format!("super::super::{accessor}::{}", shape.row("E"));
        let tag = format!("super::{}::{}", self.around.scope.model, shape.names.row);
        let read = if model.nullable {
            format!(
                "::bindery::__private::read_if_any::<{tag}, E>(row, engine, {})?",
                model.count
            )
        } else {
            format!("<{tag} as ::bindery::Model>::read(row, engine)?")
        };
        EmbeddedShape {
            model,
            ty: optional(model.nullable, &row),
            is_generic: shape.several,
            read,
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
        let is_optional = parameter.part.is_some_and(|part| !part.is_switch);
        let (ty, value) = if parameter.is_list && is_optional {
            optional_list(name, &bare)
        } else if parameter.is_list {
            list_argument(name, &bare, traits.argument)
        } else {
            let ty = match traits.argument {
                Argument::Value => bare.clone(),
                Argument::Text | Argument::Slice | Argument::Reference => format!("&{bare}"),
            };
            let is_optional = is_optional || parameter.nullable;
            (optional(is_optional, &ty), format!("&{name}"))
        };
        QueryArgument {
            name,
            ty,
            value,
            part: parameter.part,
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
        let names: Vec<&str> = names.into_vec();
        (names.len() < self.model.engines.len()).then(|| format!("On{}", names.join("Or")))
    }
}

impl<'m> QueryShape<'m> {
    /// The fields of its row, in their order.
    pub(crate) fn fields(&self) -> Vec<RowField<'_, 'm>> {
        let fields = self.query.fields().into_iter();
        fields
            .map(|field| match field {
                RowPart::Column(at) => RowField::Column(&self.columns[at]),
                RowPart::Model(at) => RowField::Model(&self.embedded[at]),
            })
            .into_vec()
    }

    /// Its row has the keys of its engine.
    pub(crate) fn is_generic(&self) -> bool {
        self.embedded.iter().any(|one| one.is_generic)
    }
}

/// Any number of values, or `None`, which leaves out the parts that they are in.
fn optional_list(name: &str, bare: &str) -> (String, String) {
    let element = if bare == "str" { "&str" } else { bare };
    (
        format!("::core::option::Option<&[{element}]>"),
        format!("&::bindery::__private::ListOf({name}.unwrap_or_default())"),
    )
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
