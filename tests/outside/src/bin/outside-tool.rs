//! A program, with two structs that are private and one that is not: they have unit tests alone, since documentation tests
//! are of libraries.
#![deny(warnings)]

use backstitch::{Push, PushBody};

#[derive(Push)]
#[push(table = "of_the_program", key = "id")]
struct OfTheProgram {
    id: i64,
}

/// As public as a program can have it.
#[derive(Push)]
#[push(table = "shouted", key = "id")]
pub struct Shouted {
    /// The number.
    pub id: i64,
}

mod inner {
    use backstitch::Push;

    #[derive(Push)]
    #[push(table = "inner", key = "id")]
    pub(super) struct Inner {
        pub(super) id: i64,
    }
}

fn main() -> Result<(), backstitch::BodyError> {
    let mut body = PushBody::json(1);
    body.push(&OfTheProgram { id: 1 }, 1)?;
    body.push(&Shouted { id: 1 }, 2)?;
    body.push(&inner::Inner { id: 1 }, 3)?;
    println!("{}", String::from_utf8_lossy(&body.finish()));
    Ok(())
}
