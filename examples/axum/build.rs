//! Compiles the example's schema.

fn main() -> Result<(), bindery_codegen::CompileError> {
    bindery_codegen::compile("schema.sql")
}
