//! Types around one value, and types without a value.

// Pointers to pointers: few would write them, and they are taken.
#![allow(clippy::owned_cow, clippy::redundant_allocation)]

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::marker::PhantomData;
use std::num::{Saturating, Wrapping};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
    AtomicUsize,
};

use backstitch::Push;
use proptest::prelude::{Strategy, any, proptest};
use serde::Serialize;

use crate::judge::{as_serde, cases};

/// Around a scalar, which makes keys of them; around what is none, and may be null.
#[derive(Debug, Push, Serialize)]
#[push(table = "around", key("boxed", "rc", "arc", "cow", "borrowed", "wrapping", "saturating", "reverse", "deep"))]
struct Around<'a> {
    boxed: Box<i64>,
    rc: Rc<String>,
    arc: Arc<u128>,
    cow: Cow<'a, i32>,
    borrowed: &'a u64,
    wrapping: Wrapping<u8>,
    saturating: Saturating<i16>,
    reverse: Reverse<char>,
    deep: Box<Rc<Arc<&'a Reverse<i64>>>>,
    option: Option<bool>,
    twice: Option<Option<u8>>,
    boxed_option: Box<Option<i64>>,
    optional_box: Option<Box<str>>,
    cow_of_list: Cow<'a, Vec<Option<i8>>>,
    cell: Cell<Option<u16>>,
    ref_cell: RefCell<Vec<String>>,
    reverse_of_option: Reverse<Option<i64>>,
}

#[derive(Debug, Push, Serialize)]
#[push(table = "nothing", key = "id")]
struct Nothing {
    id: u8,
    unit: (),
    phantom: PhantomData<str>,
    optional: Option<()>,
    units: Vec<()>,
}

#[derive(Debug, Push, Serialize)]
#[push(table = "atomics", key = "id")]
struct Atomics {
    id: u8,
    bool: AtomicBool,
    i8: AtomicI8,
    i16: AtomicI16,
    i32: AtomicI32,
    i64: AtomicI64,
    isize: AtomicIsize,
    u8: AtomicU8,
    u16: AtomicU16,
    u32: AtomicU32,
    u64: AtomicU64,
    usize: AtomicUsize,
}

fn atomics() -> impl Strategy<Value = Atomics> {
    let signed = any::<(i8, i16, i32, i64, isize)>();
    let unsigned = any::<(u8, u16, u32, u64, usize)>();
    (any::<bool>(), signed, unsigned).prop_map(|(bool, signed, unsigned)| {
        let (i8, i16, i32, i64, isize) = signed;
        let (u8, u16, u32, u64, usize) = unsigned;
        Atomics {
            id: 1,
            bool: bool.into(),
            i8: i8.into(),
            i16: i16.into(),
            i32: i32.into(),
            i64: i64.into(),
            isize: isize.into(),
            u8: u8.into(),
            u16: u16.into(),
            u32: u32.into(),
            u64: u64.into(),
            usize: usize.into(),
        }
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn wrappers_are_as_serde(
        (signed, unsigned, wide) in any::<(i64, u64, u128)>(),
        (small, byte, short) in any::<(i32, u8, i16)>(),
        (letter, text, texts) in any::<(char, String, [String; 2])>(),
        (option, twice, list) in any::<(Option<bool>, Option<Option<u8>>, Vec<Option<i8>>)>(),
    ) {
        let reverse = Reverse(signed);
        as_serde(&Around {
            boxed: Box::new(signed),
            rc: Rc::new(text.clone()),
            arc: Arc::new(wide),
            cow: Cow::Owned(small),
            borrowed: &unsigned,
            wrapping: Wrapping(byte),
            saturating: Saturating(short),
            reverse: Reverse(letter),
            deep: Box::new(Rc::new(Arc::new(&reverse))),
            option,
            twice,
            boxed_option: Box::new(option.map(|_| signed)),
            optional_box: option.map(|_| text.as_str().into()),
            cow_of_list: Cow::Borrowed(&list),
            cell: Cell::new(option.map(|_| byte.into())),
            ref_cell: RefCell::new(texts.to_vec()),
            reverse_of_option: Reverse(option.map(|_| signed)),
        });
    }

    #[test]
    fn nothing_is_as_serde(id in any::<u8>(), optional in any::<Option<()>>(), units in 0..4_usize) {
        as_serde(&Nothing { id, unit: (), phantom: PhantomData, optional, units: vec![(); units] });
    }

    #[test]
    fn atomics_are_as_serde(record in atomics()) {
        as_serde(&record);
    }
}
