//! Every scalar of the standard library; all of them are keys.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;

use backstitch::Push;
use proptest::prelude::{Strategy, any, proptest};
use serde::Serialize;

use crate::judge::{as_serde, cases};

#[derive(Debug, Push, Serialize)]
#[push(
    table = "numbers",
    key("flag", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32", "f64")
)]
struct Numbers {
    flag: bool,
    i8: i8,
    i16: i16,
    i32: i32,
    i64: i64,
    i128: i128,
    isize: isize,
    u8: u8,
    u16: u16,
    u32: u32,
    u64: u64,
    u128: u128,
    usize: usize,
    f32: f32,
    f64: f64,
}

pub(crate) fn finite() -> impl Strategy<Value = (f32, f64)> {
    (any::<f32>(), any::<f64>()).prop_filter("finite", |(a, b)| a.is_finite() && b.is_finite())
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let signed = any::<(i8, i16, i32, i64, i128, isize)>();
    let unsigned = any::<(u8, u16, u32, u64, u128, usize)>();
    (any::<bool>(), signed, unsigned, finite()).prop_map(|(flag, signed, unsigned, (f32, f64))| {
        let (i8, i16, i32, i64, i128, isize) = signed;
        let (u8, u16, u32, u64, u128, usize) = unsigned;
        Numbers { flag, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64 }
    })
}

#[derive(Debug, Push, Serialize)]
#[push(table = "not_zero", key("i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize"))]
struct NotZero {
    i8: NonZero<i8>,
    i16: NonZero<i16>,
    i32: NonZero<i32>,
    i64: NonZero<i64>,
    i128: NonZero<i128>,
    isize: NonZero<isize>,
    u8: NonZero<u8>,
    u16: NonZero<u16>,
    u32: NonZero<u32>,
    u64: NonZero<u64>,
    u128: NonZero<u128>,
    usize: NonZero<usize>,
}

fn not_zero() -> impl Strategy<Value = NotZero> {
    let signed = any::<(NonZero<i8>, NonZero<i16>, NonZero<i32>, NonZero<i64>, NonZero<i128>, NonZero<isize>)>();
    let unsigned = any::<(NonZero<u8>, NonZero<u16>, NonZero<u32>, NonZero<u64>, NonZero<u128>, NonZero<usize>)>();
    (signed, unsigned).prop_map(|((i8, i16, i32, i64, i128, isize), (u8, u16, u32, u64, u128, usize))| NotZero {
        i8,
        i16,
        i32,
        i64,
        i128,
        isize,
        u8,
        u16,
        u32,
        u64,
        u128,
        usize,
    })
}

/// Keys are at most 1024 characters long, which a schema does not say: these are shorter.
#[derive(Debug, Push, Serialize)]
#[push(table = "texts", key("char", "string", "borrowed", "cow", "boxed", "rc", "arc"))]
struct Texts<'a> {
    char: char,
    string: String,
    borrowed: &'a str,
    cow: Cow<'a, str>,
    boxed: Box<str>,
    rc: Rc<str>,
    arc: Arc<str>,
}

#[derive(Debug, Push, Serialize)]
#[push(table = "addresses", key("v4", "v6", "ip", "socket", "socket_v4", "socket_v6"))]
struct Addresses {
    v4: Ipv4Addr,
    v6: Ipv6Addr,
    ip: IpAddr,
    socket: SocketAddr,
    socket_v4: SocketAddrV4,
    socket_v6: SocketAddrV6,
}

fn addresses() -> impl Strategy<Value = Addresses> {
    let hosts = any::<(Ipv4Addr, Ipv6Addr, IpAddr)>();
    let sockets = any::<(SocketAddr, SocketAddrV4, SocketAddrV6)>();
    (hosts, sockets).prop_map(|((v4, v6, ip), (socket, socket_v4, socket_v6))| Addresses {
        v4,
        v6,
        ip,
        socket,
        socket_v4,
        socket_v6,
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn numbers_are_as_serde(record in numbers()) {
        as_serde(&record);
    }

    #[test]
    fn numbers_other_than_zero_are_as_serde(record in not_zero()) {
        as_serde(&record);
    }

    #[test]
    fn texts_are_as_serde(char in any::<char>(), string in any::<String>(), other in "\\PC{0,40}") {
        as_serde(&Texts {
            char,
            borrowed: &string,
            cow: Cow::Borrowed(&other),
            boxed: string.as_str().into(),
            rc: other.as_str().into(),
            arc: string.as_str().into(),
            string: string.clone(),
        });
    }

    #[test]
    fn addresses_are_as_serde(record in addresses()) {
        as_serde(&record);
    }
}
