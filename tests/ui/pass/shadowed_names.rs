#![no_implicit_prelude]
#![deny(warnings)]
#![allow(dead_code)]

struct Option;
struct Vec;
struct String;
struct Box;
enum Result {}

#[derive(::backstitch::Push)]
#[push(table = "names", key = "__encoder")]
struct Names {
    __encoder: i64,
    __check: i64,
    encoder: i64,
    check: i64,
    data: i64,
    r#move: i64,
}

fn main() {}
