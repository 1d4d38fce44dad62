//! Types that no column has by itself; all of them are reported together.

bindery::databases!(models = [Order]);

pub struct Status;
pub struct CustomerId;

#[derive(bindery::Model)]
pub struct Order {
    #[key(generated)]
    pub id: OrderId,
    pub status: Status,
    pub customer: CustomerId,
    pub parent: Option<OrderId>,
    #[column(type = "INTEGER")]
    pub paid: bool,
}

fn main() {}
