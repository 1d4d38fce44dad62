//! Compiles the schema as every user's build script does.

fn main() -> Result<(), bindery_codegen::CompileError> {
    bindery_codegen::compile("schema.sql")
}
