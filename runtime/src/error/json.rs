//! Errors of JSON without the values in the text.

/// Describes an error of JSON without the values in the text.
pub(crate) fn json_problem(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Data => {
            format!("it has another shape than the program's type (line {line}, column {column})")
        }
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof => "it is not JSON".to_owned(),
    }
}
