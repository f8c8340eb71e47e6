//! Bodies that are no longer what they were.

use fastrand::Rng;

const PIECES: [&[u8]; 20] = [
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\\ud800",
    b"~#",
    b"^0",
    b"null",
    b"1e999999",
    b"-",
    b"/**/",
    b"\n",
];

/// The same with a few bytes changed, removed, doubled or put in.
pub(crate) fn mutated(random: &mut Rng, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..random.usize(1..4) {
        if bytes.is_empty() {
            break;
        }
        let start = random.usize(..bytes.len());
        let end = (start + random.usize(1..40)).min(bytes.len());
        match random.u8(..6) {
            0 => bytes[start] = random.u8(..),
            1 => drop(bytes.drain(start..end)),
            2 => {
                let piece = bytes[start..end].to_vec();
                bytes.splice(start..start, piece);
            }
            3 => bytes.truncate(start),
            4 => {
                // A piece of it elsewhere.
                let piece = bytes[start..end].to_vec();
                let place = random.usize(..bytes.len());
                bytes.splice(place..place, piece);
            }
            _ => {
                let piece = PIECES[random.usize(..PIECES.len())].to_vec();
                bytes.splice(start..start, piece);
            }
        }
    }
    bytes
}
