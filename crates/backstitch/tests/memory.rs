//! What encoding does with memory: it stays within what it was given, and it asks for none once it has enough.
//!
//! The allocator of this program puts the end of every text and of every body right before a page that nobody may touch:
//! a byte that is read or written beyond it ends the program.
#![cfg(unix)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::num::NonZero;
use std::ptr::{self, NonNull};

use backstitch::__private::{Best, BodyFormat, JsonEncoder, Output, Records, Safe, TransitEncoder};
use backstitch::{Push, PushBody, WireFormat};
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, mprotect, munmap};

const PAGE: usize = 4096;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct BeforeProtectedPages;

impl BeforeProtectedPages {
    /// The pages that a text of `size` bytes is on, without the protected one.
    fn pages(size: usize) -> usize {
        size.next_multiple_of(PAGE)
    }
}

// SAFETY: texts have pages of their own, of the size that was asked for and more; all else is the system's.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for BeforeProtectedPages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        if layout.align() > 1 {
            // SAFETY: the caller's promise.
            return unsafe { System.alloc(layout) };
        }
        let pages = Self::pages(layout.size());
        let Some(length) = NonZero::new(pages + PAGE) else { return ptr::null_mut() };
        let flags = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: new pages, of which the last is protected.
        unsafe {
            let Ok(start) = mmap_anonymous(None, length, flags, MapFlags::MAP_PRIVATE) else { return ptr::null_mut() };
            if mprotect(start.add(pages), PAGE, ProtFlags::PROT_NONE).is_err() {
                return ptr::null_mut();
            }
            start.cast::<u8>().add(pages - layout.size()).as_ptr()
        }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if layout.align() > 1 {
            // SAFETY: the caller's promise.
            return unsafe { System.dealloc(place, layout) };
        }
        let pages = Self::pages(layout.size());
        // SAFETY: the place is the end of pages that were made for this layout.
        unsafe {
            if let Some(start) = NonNull::new(place.sub(pages - layout.size())) {
                let _ = munmap(start.cast(), pages + PAGE);
            }
        }
    }
}

#[global_allocator]
static ALLOCATOR: BeforeProtectedPages = BeforeProtectedPages;

#[derive(Push)]
#[push(table = "records", key = "id")]
struct Record {
    id: i64,
    text: String,
    more: Option<String>,
    number: f64,
    texts: Vec<String>,
}

/// A text whose memory ends with it.
fn exact(text: &str) -> String {
    text.to_owned().into_boxed_str().into_string()
}

fn record(id: i64, len: usize, special: Option<usize>) -> Record {
    let text = |len: usize| {
        let text: String = (0..len).map(|index| if Some(index) == special { '"' } else { 'x' }).collect();
        exact(&text)
    };
    Record {
        id,
        text: text(len),
        more: (id % 2 == 0).then(|| text(len / 2)),
        number: 0.25,
        texts: vec![text(len), text(1)],
    }
}

fn written<F: BodyFormat>(records: &[Record]) -> Vec<u8> {
    // No memory at first: it grows at every point that a record can have.
    let mut body = Records::<F>::within(7723.into(), Vec::new());
    for (record, sequence) in records.iter().zip(1_795_457_147_263_348_200_i64..) {
        body.push(record, sequence.into()).expect("a valid record");
    }
    body.finish()
}

#[test]
fn texts_and_bodies_that_end_at_a_protected_page() {
    for len in 0..140_usize {
        let specials = [None, Some(0), len.checked_sub(1), Some(len / 2)];
        let records: Vec<Record> =
            specials.into_iter().enumerate().map(|(id, special)| record(id as i64, len, special)).collect();
        assert_eq!(written::<JsonEncoder<Best>>(&records), written::<JsonEncoder<Safe>>(&records), "{len}");
        assert_eq!(written::<TransitEncoder<Best>>(&records), written::<TransitEncoder<Safe>>(&records), "{len}");
    }
}

#[test]
fn a_body_whose_memory_is_exactly_enough() {
    let records: Vec<Record> = (0..20).map(|id| record(id, 30, None)).collect();
    let expected = written::<JsonEncoder<Best>>(&records);
    for spare in 0..200 {
        let buffer = Vec::with_capacity(expected.len() + spare - spare.min(100));
        let mut body = Records::<JsonEncoder<Best>>::within(7723.into(), buffer);
        for (record, sequence) in records.iter().zip(1_795_457_147_263_348_200_i64..) {
            body.push(record, sequence.into()).expect("a valid record");
        }
        assert_eq!(body.finish(), expected);
    }
}

#[test]
fn every_output_asks_for_the_room_that_it_takes() {
    fn grows<O: Output>() {
        for capacity in 0..200 {
            let mut out = O::within(Vec::with_capacity(capacity));
            while out.size() < 300 {
                out.add(b"\"");
            }
            assert_eq!(out.bytes().len(), 300);
        }
    }
    grows::<Best>();
    grows::<Safe>();
}

#[test]
fn a_body_that_is_used_again_asks_for_no_memory() {
    let records: Vec<Record> = (0..100).map(|id| record(id, 40, None)).collect();
    for format in [WireFormat::Json, WireFormat::Transit] {
        let mut body = match format {
            WireFormat::Transit => PushBody::transit(7723),
            _ => PushBody::json(7723),
        };
        let fill = |body: &mut PushBody| {
            for (record, sequence) in records.iter().zip(1_795_457_147_263_348_200_i64..) {
                body.push(record, sequence).expect("a valid record");
            }
        };
        fill(&mut body);
        let before = ALLOCATIONS.with(Cell::get);
        fill(&mut body);
        let grown = ALLOCATIONS.with(Cell::get) - before;
        assert!(grown <= 2, "a body that grows doubles its memory: {grown} allocations for {format:?}");
        for _ in 0..3 {
            body.clear();
            // The first record of a body spells what the others copy.
            body.push(&records[0], 1_795_457_147_263_348_199).expect("a valid record");
            let before = ALLOCATIONS.with(Cell::get);
            fill(&mut body);
            assert_eq!(ALLOCATIONS.with(Cell::get) - before, 0, "{format:?}");
        }
    }
}
