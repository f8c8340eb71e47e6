//! A private module, parts of which the root shows.

use backstitch::{BodyError, Push, PushBody};

pub mod deeper;

/// Shown at the root under another name.
#[derive(Push)]
#[push(table = "renamed", key("a", "b"))]
pub struct Renamed {
    /// One half of the key.
    pub a: String,
    /// The other.
    #[push(example = true)]
    pub b: bool,
}

#[derive(Push)]
#[push(table = "of_the_crate", key = "id")]
pub(crate) struct OfTheCrate {
    pub(crate) id: u8,
}

#[derive(Push)]
#[push(table = "of_the_module", key = "id")]
struct OfTheModule {
    id: u8,
    nested: Option<Nested>,
}

/// No table, and so no test of its own.
#[derive(Push)]
struct Nested {
    text: String,
}

pub(crate) fn push_all(body: &mut PushBody) -> Result<(), BodyError> {
    body.push(&OfTheCrate { id: 1 }, 1)?;
    body.push(&OfTheModule { id: 1, nested: Some(Nested { text: String::new() }) }, 2)?;
    deeper::push_all(body)?;
    crate::orders::push_all(body)?;
    crate::nobody::push_all(body)
}
