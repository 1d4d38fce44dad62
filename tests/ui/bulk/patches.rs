//! Patches of columns and values that there are not.
bindery_cases::source!(queries);

type Lite = bindery::Connection<engine::Lite>;

fn a_misspelt_column() -> PostPatch<engine::Lite> {
    PostPatch::new().titel("x")
}

fn null_where_there_is_none() -> PostPatch<engine::Lite> {
    PostPatch::new().stars(None)
}

fn a_text_for_a_number() -> PostPatch<engine::Lite> {
    PostPatch::new().rank("first")
}

fn a_column_that_is_the_key(user: User<engine::Lite>) -> UserPatch<engine::Lite> {
    UserPatch::new().id(user.id)
}

fn a_patch_that_is_saved(c: &mut Lite, post: Post<engine::Lite>) -> bindery::Result<bool> {
    c.posts().save(PostPatch::new().title("x"))
}

fn one_row_without_the_one_that_was_read(c: &mut Lite, post: Post<engine::Lite>) -> bindery::Result<bool> {
    c.posts().save_changes(&post)
}

fn main() {}
