//! Compiles the schema and the queries.

fn main() -> Result<(), bindery_codegen::CompileError> {
    bindery_codegen::compile("schema.sql")
}
