//! An enum that has no value.

use backstitch::Push;

#[derive(Push)]
enum Never {}

fn main() {}
