//! Whatever records are handed over, and whatever the limits: each is in one request, in order, and none is too large.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::body::WireFormat;
use crate::client::Pool;
use crate::sender::block::Charge;
use crate::sender::frames::{BUFFER_BYTES, Piece};
use crate::sender::queue::{Limits, Next, Queue, Stored};
use crate::sender::route::Route;
use crate::sender::work::{Request, Work};

/// A piece of records of these lengths, each of which holds its number.
fn piece(lengths: &[usize], first: u32) -> Piece {
    let mut piece = Piece { tables: vec![("orders".into(), lengths.len() as u32)], ..Piece::default() };
    for (number, length) in (first..).zip(lengths) {
        piece.bytes.extend_from_slice(format!(",{number:08}").as_bytes());
        let end = piece.bytes.len() + length;
        piece.bytes.resize(end, b'.');
        piece.ends.push(end as u32);
    }
    piece
}

/// The numbers in a request.
fn numbers(work: &Work, request: &Request) -> Vec<u32> {
    (0..work.records())
        .map(|index| {
            let record = request.record(work, index).unwrap();
            std::str::from_utf8(&record[1..9]).unwrap().parse().unwrap()
        })
        .collect()
}

proptest! {
    #[test]
    fn records_are_put_into_requests(
        pieces in prop::collection::vec((prop::collection::vec(0..3_000_usize, 1..60), any::<bool>()), 1..40),
        most_records in 1..200_usize,
        most_bytes in 3_100..200_000_usize,
    ) {
        let room = Arc::new(Semaphore::new(1 << 30));
        let mut queue = Queue::new(false, Arc::clone(&room), Pool::keeping(4, 4 * BUFFER_BYTES));
        let route = Route::push(WireFormat::Json);
        let around = route.bytes_around();
        let lane = queue.lane(route.clone());
        let limits = Limits { records: most_records, bytes: most_bytes - around };
        let mut expected = Vec::new();
        let mut placed = Vec::new();
        for (lengths, is_one_by_one) in &pieces {
            let groups: Vec<&[usize]> = if *is_one_by_one { lengths.chunks(1).collect() } else { vec![lengths] };
            for group in groups {
                let first = expected.len() as u32;
                let piece = piece(group, first);
                let size = piece.size();
                let permit = room.try_acquire_many(size as u32).unwrap();
                permit.forget();
                queue.hand_over(lane, piece, Charge::of(&room, size), limits, |fate, range| {
                    placed.extend(range.map(|index| (Arc::clone(fate), index)));
                });
                expected.extend(first..first + group.len() as u32);
            }
        }
        prop_assert_eq!(placed.len(), expected.len());
        queue.seal_all();
        let mut found = Vec::new();
        let stored = Stored { is_first: false, mark: i64::MAX };
        while let Next::Work(work) = queue.next(Instant::now(), Duration::ZERO, stored, false) {
            let contents = work.parts.iter().map(|part| part.block.content().unwrap()).collect();
            let request = Request::new(&work, contents, &route);
            prop_assert!(work.records() <= most_records);
            prop_assert!(request.bytes <= most_bytes, "{} bytes of {}", request.bytes, most_bytes);
            let numbers = numbers(&work, &request);
            // The halves of a request are the request.
            if work.records() > 1 {
                let [first, second] = work.clone().split(request.middle(&work));
                prop_assert!(first.records() > 0 && second.records() > 0);
                let both: Vec<u32> = [first, second]
                    .iter()
                    .flat_map(|half| {
                        let contents = half.parts.iter().map(|part| part.block.content().unwrap()).collect();
                        self::numbers(half, &Request::new(half, contents, &route))
                    })
                    .collect();
                prop_assert_eq!(&both, &numbers);
            }
            let text = request.chunks.concat();
            prop_assert_eq!((text[0], text[1], text[text.len() - 1]), (b'[', b'0', b']'));
            found.extend(numbers);
            let finished: Vec<_> = work.parts.into_iter().map(|part| part.block).collect();
            queue.finish(&finished);
        }
        prop_assert_eq!(found, expected);
        prop_assert_eq!(room.available_permits(), 1 << 30, "all memory is free again");
    }
}
