//! A module in a private one.

use backstitch::{BodyError, Push, PushBody};

/// Shown at the root, from two modules below.
#[derive(Push)]
#[push(table = "deep", key = "id", rename_all = "camelCase")]
pub struct Deep {
    /// The number.
    pub id: i64,
    /// A text.
    #[push(example = "a text")]
    pub some_text: Option<String>,
}

#[derive(Push)]
#[push(table = "of_the_parent", key = "id")]
pub(super) struct OfTheParent {
    id: u8,
}

#[derive(Push)]
#[push(table = "alone", key = "id")]
struct Alone {
    id: u8,
}

pub(super) fn push_all(body: &mut PushBody) -> Result<(), BodyError> {
    body.push(&OfTheParent { id: 1 }, 1)?;
    body.push(&Alone { id: 1 }, 2)
}
