#![no_implicit_prelude]
#![deny(warnings, missing_docs, clippy::pedantic)]
#![allow(dead_code)]
//! The other forms, where nothing of the prelude is in scope and its names mean something else.

struct Option;
struct Vec;
struct String;
struct Some;
struct Ok;
struct Err;
trait Extend {}

/// A colour.
#[derive(::backstitch::Push)]
#[push(rename_all = "kebab-case")]
pub enum Colour {
    /// Red.
    DarkRed,
    /// Blue.
    Blue,
}

/// A number.
#[derive(::backstitch::Push)]
pub struct Id(#[push(minimum = 1)] pub i64);

/// A point.
#[derive(::backstitch::Push)]
pub struct Point(pub f64, pub f64);

/// Fields of another.
#[derive(::backstitch::Push)]
pub struct Inner {
    /// A word.
    #[push(min_length = 1)]
    pub word: ::std::string::String,
}

/// A row.
#[derive(::backstitch::Push)]
#[push(table = "rows", key = "id", sequence = "version")]
pub struct Row<'a, T> {
    /// Its number.
    pub id: Id,
    /// Its version.
    pub version: u32,
    /// Its colour.
    pub colour: ::core::option::Option<Colour>,
    /// Where it is.
    pub point: Point,
    /// More.
    #[push(flatten)]
    pub inner: Inner,
    /// Left out where there are none.
    #[push(skip_if = none)]
    pub values: &'a [T],
}

fn none<T>(values: &[T]) -> bool {
    values.is_empty()
}

fn main() {}
