use backstitch::Push;

#[derive(Push)]
struct Inner {
    a_name_that_is_long_but_not_too_long_on_its_own: i64,
}

#[derive(Push)]
struct Outer {
    another_name: Option<Inner>,
}

#[derive(Push)]
#[push(table = "customers", key = "id", destination = "redshift")]
struct Fits {
    id: i64,
    outer: Option<Box<Outer>>,
}

#[derive(Push)]
#[push(table = "customers", key = "id", destination = "postgres")]
struct DoesNot {
    id: i64,
    outer: Option<Box<Outer>>,
}

fn main() {}
