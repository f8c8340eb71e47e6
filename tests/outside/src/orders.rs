//! A public module.

use backstitch::{BodyError, Push, PushBody};

/// In a public module.
#[derive(Push)]
#[push(table = "orders", key = "id", record = "OrderRecord")]
pub struct Order {
    /// The number.
    pub id: i64,
}

#[derive(Push)]
#[push(table = "drafts", key = "id")]
struct Draft {
    id: i64,
}

/// A module within the file.
pub mod lines {
    use backstitch::Push;

    /// In a module of a module. Its documentation test calls it as a reader would.
    #[derive(Push)]
    #[push(table = "lines", key("order", "line"), doc_test = "outside_crate::orders::lines::Line")]
    pub struct Line {
        /// The order's number.
        pub order: i64,
        /// Which of its lines.
        #[push(rename = "line", example = 2)]
        pub number: u32,
    }

    mod inner {
        #[derive(backstitch::Push)]
        #[push(table = "unused", key = "id")]
        #[allow(dead_code)]
        struct Unused {
            id: i64,
        }
    }
}

pub(crate) fn push_all(body: &mut PushBody) -> Result<(), BodyError> {
    body.push(&Draft { id: 1 }, 1)
}
