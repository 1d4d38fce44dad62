fn main() -> Result<(), bindery_codegen::CompileError> {
    bindery_codegen::compile("../shared/schema.sql")
}
