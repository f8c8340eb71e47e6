use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{NonZero, Saturating, Wrapping};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8};

use backstitch::{Code, Value};
use proptest::prelude::{any, proptest};

use crate::one::{as_serde, data_points, refused, valid};

proptest! {
    #[test]
    fn collections_are_arrays(list in proptest::collection::vec(any::<Option<i16>>(), 0..6)) {
        as_serde(list.clone().into_boxed_slice());
        as_serde(VecDeque::from(list.clone()));
        as_serde(list.iter().copied().collect::<LinkedList<_>>());
        as_serde(list.iter().copied().collect::<BTreeSet<_>>());
        as_serde(list.iter().copied().collect::<BinaryHeap<_>>());
        as_serde(list.iter().copied().collect::<HashSet<_>>());
        as_serde(Cow::Borrowed(list.as_slice()));
        as_serde(Rc::<[_]>::from(list.clone()));
        as_serde(Arc::<[_]>::from(list.clone()));
        assert_eq!(data_points(&VecDeque::from(list.clone())), list.len());
    }

    #[test]
    fn wrappers_are_what_they_hold(number in any::<NonZero<i128>>(), small in any::<u8>(), text in any::<String>()) {
        as_serde(number);
        as_serde(Wrapping(small));
        as_serde(Saturating(small));
        as_serde(Reverse(small));
        as_serde(Cell::new(small));
        as_serde(RefCell::new(text.clone()));
        as_serde(&text);
        as_serde(Cow::Borrowed(&text));
        as_serde(Some(&small));
        as_serde(AtomicU8::new(small));
        as_serde(AtomicI64::new(i64::from(small) - 300));
        as_serde(AtomicBool::new(small == 0));
    }

    #[test]
    fn tuples_are_arrays(a in any::<Option<i64>>(), b in any::<String>(), c in any::<bool>()) {
        as_serde((a,));
        as_serde((a, b.clone()));
        as_serde((a, b.clone(), c));
        as_serde(vec![(a, (b.clone(), c))]);
        as_serde((a, &b, c, 1u8, 2i8, 3u16, 4i16, 5u32, 6i32, 7u64, 8i64, [0.5]));
        assert_eq!(data_points(&(a, (b, c), ())), 4);
    }

    #[test]
    fn addresses_are_strings(v4 in any::<Ipv4Addr>(), v6 in any::<Ipv6Addr>(), port in any::<u16>(), scope in any::<u32>()) {
        as_serde(v4);
        as_serde(v6);
        as_serde(IpAddr::from(v6));
        as_serde(SocketAddrV4::new(v4, port));
        as_serde(SocketAddrV6::new(v6, port, 0, scope));
        as_serde(SocketAddr::from((v4, port)));
    }
}

#[test]
fn nothing_is_null() {
    as_serde(());
    as_serde(PhantomData::<str>);
    assert_eq!(data_points(&()), 1);
}

#[test]
fn the_longest_address_is_written_whole() {
    as_serde(SocketAddrV6::new(Ipv6Addr::from([0xff; 16]), u16::MAX, 0, u32::MAX));
}

#[test]
fn a_cell_that_is_borrowed_for_a_change_is_refused() {
    let cell = RefCell::new(1);
    let borrowed = cell.borrow_mut();
    assert_eq!(refused(&cell), Code::Serialize);
    drop(borrowed);
    assert_eq!(valid(&cell), "1");
}

#[test]
fn samples_are_valid() {
    fn sample<T: Value>() -> String {
        valid(T::sample())
    }
    assert_eq!(sample::<NonZero<u128>>(), "1");
    assert_eq!(sample::<NonZero<i8>>(), "1");
    assert_eq!(sample::<&i32>(), "1");
    assert_eq!(sample::<Box<[i32]>>(), "[]");
    assert_eq!(sample::<Cow<'static, i32>>(), "1");
    assert_eq!(sample::<(i32, bool)>(), "[1,true]");
    assert_eq!(sample::<SocketAddr>(), "\"192.0.2.1:8080\"");
    assert_eq!(sample::<Ipv6Addr>(), "\"2001:db8::1\"");
}
