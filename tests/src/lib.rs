//! A record type as users write it, in a private module and re-exported: the derive writes its
//! documentation test, which runs with this crate's.

mod private {
    use backstitch::Push;

    /// An address, nested in a customer.
    #[derive(Clone, Debug, Push)]
    pub struct Address {
        /// The street.
        pub street: String,
        /// The number of the house.
        pub number: u16,
    }

    /// A customer, with a field of many kinds.
    #[derive(Clone, Debug, Push)]
    #[push(table = "customers", key = "id")]
    pub struct Customer {
        /// The customer's number.
        #[push(example = 1)]
        pub id: i64,
        /// The name.
        #[push(example = "Finn")]
        pub name: String,
        /// The mail address, if it is known.
        #[push(rename = "e-mail", example = "finn@example.com")]
        pub email: Option<String>,
        /// Whether the customer is active.
        pub active: bool,
        /// What the customer owes.
        pub balance: f64,
        /// Where the customer lives.
        pub address: Option<Address>,
        /// Words.
        pub tags: Vec<String>,
        /// Never sent.
        #[push(skip)]
        pub cached: Option<u64>,
    }

    /// A line of an order: its key is made of two fields.
    #[derive(Clone, Debug, Push)]
    #[push(table = "lines", key("order", "line"))]
    pub struct Line {
        /// The order's number.
        #[push(example = 17)]
        pub order: u64,
        /// The line's number within the order.
        #[push(example = 2)]
        pub line: u32,
        /// What was ordered.
        #[push(example = "a \"quoted\" thing")]
        pub article: String,
    }
}

pub use private::{Address, Customer, CustomerPush, Line, LinePush};

/// What a definition as the vendor writes them becomes. Its examples run with this crate's
/// documentation tests.
#[rustfmt::skip]
#[path = "../definitions/vendor/expected/mod.rs"]
pub mod vendor;

/// What definitions with every type, and with names that Rust has its own ideas about, become.
#[rustfmt::skip]
#[path = "../definitions/odd/expected/mod.rs"]
pub mod odd;

/// What a whole tree of definitions becomes: two products, with objects, structures, forms and calls.
#[rustfmt::skip]
#[path = "../definitions/tree/expected/mod.rs"]
pub mod tree;

/// The documents' code, as documentation tests.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../README.md")]
    struct Readme;
    #[doc = include_str!("../../docs/derive.md")]
    struct Derive;
    #[doc = include_str!("../../docs/delivery.md")]
    struct Delivery;
    #[doc = include_str!("../../docs/encoding.md")]
    struct Encoding;
    #[doc = include_str!("../../docs/gate.md")]
    struct Gate;
    #[doc = include_str!("../../docs/definitions.md")]
    struct Definitions;
}
