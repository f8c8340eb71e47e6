//! A private module of which the root shows nothing.

use backstitch::{BodyError, Push, PushBody};

/// Public, and out of everyone's reach but for its tests.
#[derive(Push)]
#[push(table = "unreachable", key = "id")]
pub struct Unreachable {
    /// The number.
    pub id: i64,
}

mod within {
    use backstitch::Push;

    /// Two modules below, with a field of no size.
    #[derive(Push)]
    #[push(table = "within", key = "r#type")]
    pub(super) struct Within {
        #[push(rename = "r#type")]
        pub(super) r#type: u8,
    }
}

pub(crate) fn push_all(body: &mut PushBody) -> Result<(), BodyError> {
    body.push(&Unreachable { id: 1 }, 1)?;
    body.push(&within::Within { r#type: 1 }, 2)
}
