//! From the bytes of a request's body to rows that a store can load.
//!
//! - [`roles`]: which attribute of a Push record plays which part.
//! - [`attribute`]: a value against what the definition says of its attribute.
//! - [`complaint`]: what is wrong with a record, in the words of the definition's answers.
//! - [`check`]: a body against all rules for requests.
//! - [`message`]: the body of a batch request against all rules for these.
//! - [`schema`], [`extent`], [`violation`]: records against their schema, and what is said of those that do not conform.
//! - [`datum`]: the data of a record, in JSON or Transit.
//! - [`typing`], [`decimal`]: which types values have.
//! - [`flatten`], [`group`]: the data of checked records as rows of columns.

pub(crate) mod attribute;
pub(crate) mod check;
pub(crate) mod complaint;
pub(crate) mod datum;
pub(crate) mod decimal;
mod extent;
pub(crate) mod flatten;
mod group;
pub(crate) mod message;
pub(crate) mod roles;
mod schema;
pub(crate) mod typing;
mod violation;
