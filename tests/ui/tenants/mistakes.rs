//! A tenant is found by name and options, its databases are typed like the program's, and work for all of them owns what it uses.
bindery_cases::source!(relations);

use bindery::tenants::{Tenant, Tenants};

fn options_without_a_closure(tenants: &Tenants<Databases>) -> bindery::Result<Tenant<Databases>> {
    tenants.get("acme", "sqlite://acme.db")
}

fn a_closure_that_returns_no_options(tenants: &Tenants<Databases>) -> bindery::Result<Tenant<Databases>> {
    tenants.get("acme", || 7)
}

fn an_engine_by_name(db: &Databases) -> bindery::Result<Tenants<Databases>> {
    Tenants::builder(db).per_tenant("lite").build()
}

fn a_registry_in_place_of_databases(db: &bindery::Registry) {
    drop(Tenants::builder(db));
}

fn work_that_borrows(tenants: &Tenants<Databases>, names: Vec<(String, String)>) {
    let prefix = String::from("tenant");
    let report = tenants.each(names).run(|tenant| {
        println!("{} {}", &prefix, tenant.id());
        tenant.check().into_iter().try_for_each(|(_, checked)| checked)
    });
    println!("{report}");
}

fn main() {}
