use backstitch::Push;

#[derive(Push)]
#[push(table = "samples", key = "id", destination = "snowflake")]
struct Sample {
    id: i64,
    values: [[f64; 100]; 100],
}

fn main() {}
