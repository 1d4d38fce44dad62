//! A sync goes from a model on an engine to a model on another, row by row; those of the schema are methods.
bindery_cases::source!(sync);

use bindery::Result;
use bindery::sync::Reject;

fn a_model_that_is_not_on_the_engine(db: &Databases) {
    let _ = db.registry().sync_columns::<Device<engine::Default>, Device<engine::M>>();
}

fn a_model_that_is_no_row(db: &Databases) {
    let _ = db.registry().sync_columns::<NewDevice, Device<engine::P>>();
}

fn a_mapping_to_another_model(db: &Databases) {
    let _ = db.registry().sync::<AppUser<engine::P>, UserAnalytics<engine::M>>(|user| Ok(NewDevice::new(user.id, "phone")));
}

fn a_mapping_that_rejects_with_a_text(db: &Databases) {
    let _ = db.registry().sync::<AppUser<engine::P>, Event<engine::M>>(|user| match user.id {
        0 => Err("no number"),
        id => Ok(NewEvent::new(event::Required { id, what: "signed up".into(), change_number: 1 })),
    });
}

fn a_watermark_of_another_model(db: &Databases) {
    let _ = db.registry().sync_columns::<Event<engine::M>, Event<engine::Default>>().by(app_user::updated_at);
}

fn a_declared_sync_without_its_mapping(db: &Databases) -> Result<()> {
    db.syncs().app_users_to_m().run().map(drop)
}

fn a_sync_that_is_not_declared(db: &Databases) -> Result<()> {
    db.syncs().devices_to_m().run().map(drop)
}

fn main() {
    let _: Option<Reject> = None;
}
