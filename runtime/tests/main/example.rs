//! The generated code that the documentation's examples run on.

use bindery::ErrorKind;
use bindery_cases::examples::*;

#[test]
fn a_violated_foreign_key_is_an_error_of_the_insert() {
    let db = Databases::in_memory().unwrap();
    db.create_missing().unwrap();
    let nobodys = NewUser::new("ann@example.org").best(BlogId::new(7));
    let mut default = db.default().unwrap();
    for _ in 0..2 {
        let error = default.users().insert(nobodys.clone()).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::ForeignKeyViolation(_)),
            "{error:?}"
        );
        assert_eq!(default.users().count().unwrap(), 0);
    }
    let post = default.blogs().insert(NewBlog::new("best")).unwrap();
    default
        .users()
        .insert(NewUser::new("ann@example.org").best(post.id))
        .unwrap();
    let error = default.blogs().delete(post.id).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::ForeignKeyViolation(_)),
        "{error:?}"
    );
}

#[test]
fn code_of_an_engine_chosen_at_run_time() {
    let db = Databases::in_memory().unwrap();
    db.create_missing().unwrap();
    let post = db
        .b()
        .unwrap()
        .blogs()
        .insert(NewBlog::new("on b"))
        .unwrap();
    let mut any = db.on("b".parse().unwrap()).unwrap();
    let rows: Vec<Blog<engine::Any>> = any.blogs().all().unwrap();
    assert_eq!(rows[0].id.value(), post.id.value());
    assert!(
        db.on("default".parse().unwrap())
            .unwrap()
            .blogs()
            .find(rows[0].id)
            .is_err()
    );
    let ann = db.users().insert(NewUser::new("ann@example.org")).unwrap();
    assert_eq!(
        db.users().find_by_email("ann@example.org").unwrap(),
        Some(ann)
    );
}
