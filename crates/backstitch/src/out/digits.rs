//! Numbers as digits.

/// Eight digits of a number below 100,000,000, the first in the lowest byte, each from 0 to 9.
#[inline(always)]
const fn eight(number: u32) -> u64 {
    // Halves of four digits, pairs of two, single ones: each step divides all at once.
    let number = number as u64;
    let halves = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = (halves * 10_486) >> 20 & 0x7f_0000_007f;
    let pairs = hundreds | (halves - 100 * hundreds) << 16;
    let tens = (pairs * 103) >> 10 & 0x000f_000f_000f_000f;
    tens | (pairs - 10 * tens) << 8
}

const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The text of a number below 100,000,000 in eight digits.
#[inline(always)]
pub(super) const fn padded(number: u32) -> [u8; 8] {
    (eight(number) | ZEROS).to_le_bytes()
}

/// The text of a number below 100,000,000, with whatever after it, and how many bytes it has.
#[inline(always)]
pub(super) const fn short(number: u32) -> ([u8; 8], usize) {
    // Whatever is written next waits for the length: it does not wait for the digits.
    let len = count(number);
    (((eight(number) | ZEROS) >> (8 * (8 - len))).to_le_bytes(), len)
}

/// How many digits a number below 100,000,000 has: from 1 to 8.
#[inline(always)]
const fn count(number: u32) -> usize {
    // Zero has one digit as well.
    let bits = (number | 1).ilog2() as usize;
    // What is masked away is never there; the compiler need not look.
    (((number as u64 + COUNTS[bits & 31]) >> 32) & 15) as usize
}

/// For numbers of so many bits and one: what makes the sum with a number have its count of digits above 32 bits. The count
/// is that of the power of two, or one more from the next power of ten on.
const COUNTS: [u64; 32] = {
    let mut counts = [0; 32];
    let mut bits = 0;
    while bits < 32 {
        let digits = (1_u64 << bits).ilog10() as u64 + 1;
        let next = 10_u64.pow(digits as u32);
        // Below the next power of ten the sum is below the next count; a power beyond 32 bits is never reached.
        counts[bits] = if next >> 32 == 0 { ((digits + 1) << 32) - next } else { digits << 32 };
        bits += 1;
    }
    counts
};

/// The greatest number of eight digits, and one.
pub(super) const EIGHT: u64 = 100_000_000;

/// A number without a sign of at most two decimals: its hundredths. Nothing for another number.
///
/// A decimal of at most 15 digits is the only one of so few that is read as this double, so what is printed of it is the
/// shortest text that gives the number, as `serde_json` prints it.
#[inline(always)]
pub(super) fn hundredths(value: f64) -> Option<u64> {
    parts(value, 100.0)
}

/// A number without a sign of at most six decimals: its millionths. Nothing for another number, and for one that is so
/// small that it is printed with an exponent.
#[inline(always)]
pub(super) fn millionths(value: f64) -> Option<u64> {
    parts(value, 1_000_000.0).filter(|parts| *parts >= 100)
}

#[inline(always)]
fn parts(value: f64, of_one: f64) -> Option<u64> {
    // A conversion beyond the range gives the nearest number, and 0 for what is no number.
    let parts = (value * of_one + 0.5) as i64;
    // Bits, since a negative zero has a sign, and no number is equal to what is none.
    let is_exact = (parts as f64 / of_one).to_bits() == value.to_bits();
    u64::try_from(parts).ok().filter(|parts| is_exact && *parts < MOST_PARTS)
}

/// One more than what 15 digits can say.
const MOST_PARTS: u64 = 1_000_000_000_000_000;

/// A point and so many hundredths, below 100, as decimals: `.5`, `.25` or `.0`; and how many bytes they have.
#[inline(always)]
pub(super) const fn decimals(hundredths: u32) -> ([u8; 4], usize) {
    let tens = hundredths / 10;
    let ones = hundredths % 10;
    ([b'.', b'0' + tens as u8, b'0' + ones as u8, 0], 2 + (ones != 0) as usize)
}

/// A point and so many millionths, below 1,000,000 and not all zeros, as decimals; and how many bytes they have.
#[inline(always)]
pub(super) const fn long_decimals(millionths: u32) -> ([u8; 8], usize) {
    // Seven digits and an eighth in front of them, which makes way for the point.
    let digits = eight(millionths) >> 8;
    let zeros = (digits.leading_zeros() / 8 - 1) as usize;
    ((digits & !0xff | ZEROS & !0xff | b'.' as u64).to_le_bytes(), 7 - zeros)
}

#[cfg(test)]
mod tests {
    use super::{decimals, hundredths, long_decimals, millionths, padded, short};

    #[test]
    fn numbers_of_eight_digits_are_their_text() {
        let ends = (0..8).flat_map(|places| (0..=20).map(move |step| 10_u32.pow(places) * 9 + step));
        for number in ends.chain((0..100_000_000).step_by(9_973)).chain([99_999_999]) {
            assert_eq!(padded(number).as_slice(), format!("{number:08}").as_bytes());
            let (text, length) = short(number);
            assert_eq!(&text[..length], number.to_string().as_bytes());
        }
    }

    #[test]
    fn decimals_of_two_places_are_found() {
        for (value, found) in [
            (0.0, Some(0)),
            (0.5, Some(50)),
            (0.29, Some(29)),
            (1.1, Some(110)),
            (9_999_999_999_999.99, Some(999_999_999_999_999)),
            (10_000_000_000_000.0, None),
            (-0.0, None),
            (-1.5, None),
            (0.001, None),
            (0.1 + 0.2, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (f64::MIN_POSITIVE, None),
        ] {
            assert_eq!(hundredths(value), found, "{value}");
        }
        for (value, found) in
            [(50.110_924, Some(50_110_924)), (0.000_1, Some(100)), (0.000_099, None), (1.000_000_1, None), (1e-7, None)]
        {
            assert_eq!(millionths(value), found, "{value}");
        }
        for (number, text) in
            [(1, ".000001"), (110_924, ".110924"), (100_000, ".1"), (120_300, ".1203"), (999_999, ".999999")]
        {
            let (bytes, length) = long_decimals(number);
            assert_eq!(&bytes[..length], text.as_bytes());
        }
        for (number, text) in [(0, ".0"), (50, ".5"), (5, ".05"), (99, ".99")] {
            let (bytes, length) = decimals(number);
            assert_eq!(&bytes[..length], text.as_bytes());
        }
    }
}
