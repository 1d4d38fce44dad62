//! Compiles the schema of the program whose servers are simulated.

fn main() -> Result<(), bindery_codegen::CompileError> {
    bindery_codegen::compile("schema.sql")
}
