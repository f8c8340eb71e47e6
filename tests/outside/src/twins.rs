//! Two files with the same text: what differs between their structs is where they are.

mod left;
mod right;

pub use left::Twin as Left;
pub use right::Twin as Right;
