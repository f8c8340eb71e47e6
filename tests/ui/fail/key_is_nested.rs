use backstitch::Push;

#[derive(Push)]
struct Person {
    id: i64,
}

#[derive(Push)]
#[push(table = "customers", key = "person.id")]
struct Customer {
    person: Person,
}

fn main() {}
