//! Compiles the schema of the soak.

fn main() -> Result<(), bindery_codegen::CompileError> {
    bindery_codegen::compile("schema.sql")
}
