//! Queries in the program's own code, `query!("SELECT … {value} …")`, without their tokens: a text with its place in, Rust text or
//! findings out.
//!
//! A text takes the way of a statement of a file: its values become parameters, the checker of `bindery-schema` reads it for each
//! dialect of its engines, and the emitters write its row and its statement.

mod literal;
mod report;
mod schema;
mod values;

use bindery_schema::diagnostic::{Diagnostics, Severity};
use bindery_schema::model::QueryKind;
use bindery_schema::source::SourceFile;
use bindery_schema::{InPlace, query_in_place};

use self::report::Reporter;
pub use self::report::{TextFinding, TextPlace};
pub use self::schema::{Schema, Surroundings, WatchedInputs};
use self::values::ValueText;
use crate::emit::in_place::code;

/// The macro of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryMacro {
    /// `query!` and `query_as!`: rows.
    Rows,
    /// `query_scalar!`: the one value of rows.
    Scalar,
    /// `execute!`: the number of rows that were changed.
    Execute,
}

/// A call of a macro.
#[derive(Debug)]
pub struct QueryCall<'c> {
    /// Which of them.
    pub of: QueryMacro,
    /// The literal of its text, as the source has it.
    pub literal: &'c str,
    /// The place of the literal: the file as messages show it, its line from 1 and its column from 0; where they are known.
    pub place: Option<(String, usize, usize)>,
    /// `engines = ["b"]`.
    pub engines: Vec<String>,
    /// `on_all_shards`.
    pub on_all_shards: bool,
    /// The names of the values that are given after the text.
    pub given: Vec<String>,
    /// The path of the code of the schema: `crate`.
    pub root: String,
    /// The name of the crate.
    pub of_crate: String,
}

/// The code of a query.
#[derive(Debug)]
pub struct QueryExpansion {
    /// The items of a block and its value; `values` in it is the array of the parameters.
    pub block: String,
    /// The parameters in their order.
    pub values: Vec<QueryValue>,
    /// The fields of its rows.
    pub fields: Vec<String>,
    /// The inputs of the schema that the code has to name.
    pub watched: WatchedInputs,
    /// The warnings, which the compiler is to give.
    pub warnings: Vec<TextFinding>,
}

/// A value for a parameter.
#[derive(Debug)]
pub struct QueryValue {
    /// The expression that stands in the text: that of the program, or the name of one that is given after the text.
    pub written: String,
    /// The path of the function that takes a reference of it.
    pub call: String,
    /// A reference of the result is the parameter.
    pub by_reference: bool,
}

/// The struct of rows in the block.
const ROW: &str = "Row";

/// The code of a call.
///
/// # Errors
/// Everything that is wrong with it.
pub fn expand(call: &QueryCall<'_>, schema: &Schema) -> Result<QueryExpansion, Vec<TextFinding>> {
    let reporter = Reporter::new(call);
    let Some(text) = literal::parse(call.literal) else {
        return Err(vec![reporter.not_text()]);
    };
    let found = values::parse(&text).map_err(|(at, fault)| vec![reporter.fault(at, &fault)])?;
    let unused = call.given.iter().filter(|name| !found.has(name));
    let unused: Vec<TextFinding> = unused.map(|name| reporter.unused(name)).collect();
    if !unused.is_empty() {
        return Err(unused);
    }
    checked(call, schema, &found, &reporter)
}

fn checked(
    call: &QueryCall<'_>,
    schema: &Schema,
    found: &ValueText,
    reporter: &Reporter<'_>,
) -> Result<QueryExpansion, Vec<TextFinding>> {
    let mut sources = schema.sources.clone();
    let file = sources.add(SourceFile::new("the text", found.sql.text.as_str()));
    let place = InPlace {
        file,
        kind: match call.of {
            QueryMacro::Rows => QueryKind::Many,
            QueryMacro::Scalar => QueryKind::Scalar,
            QueryMacro::Execute => QueryKind::Rows,
        },
        row_name: ROW.to_owned(),
        engines: call.engines.clone(),
        values: found.places.clone(),
        on_all_shards: call.on_all_shards,
    };
    let mut findings = Diagnostics::default();
    let query = query_in_place(&schema.model, &sources, &place, &mut findings);
    let reported = |severity| reporter.findings(&findings, severity, found, (&sources, file));
    let Some(query) = query.filter(|_| !findings.has_errors()) else {
        return Err(reported(Severity::Error));
    };
    let code = code(&schema.model, &schema.known, &query, &call.root);
    let values = query.parameters.iter().zip(code.calls);
    let values = values.map(|(parameter, (call, by_reference))| QueryValue {
        written: found.written(&parameter.name).to_owned(),
        call,
        by_reference,
    });
    Ok(QueryExpansion {
        block: code.block,
        values: values.collect(),
        fields: code.fields,
        watched: schema.watch(&call.of_crate),
        warnings: reported(Severity::Warning),
    })
}
