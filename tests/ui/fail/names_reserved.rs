use backstitch::Push;

#[derive(Push)]
#[push(table = "_rjm_customers", key = "id")]
struct Customer {
    id: i64,
    _SDC_batched_at: i64,
    // Stitch takes this one.
    _sdc_deleted_at: Option<String>,
    age__st: String,
    #[push(rename = "price__DB")]
    price: f64,
}

fn main() {}
