//! What every form of the output writes is what `serde_json` writes.

use proptest::prelude::*;

use super::{Before, Block, NOTHING, Output, Safe, Short};

/// What is written of a value after a text.
fn written<O: Output>(write: impl FnOnce(&mut O)) -> String {
    // No room at first, so that every method has to ask for what it needs.
    let mut out = O::within(Vec::new());
    write(&mut out);
    String::from_utf8_lossy(out.bytes()).into_owned()
}

/// The same of every form.
macro_rules! each_form {
    (|$out:ident| $write:expr) => {{
        let safe = written::<Safe>(|$out| $write);
        #[cfg(target_arch = "x86_64")]
        assert_eq!(written::<super::Fast>(|$out| $write), safe);
        safe
    }};
}

fn short(text: &str) -> Before {
    Before::Short(Short::new(text.as_bytes()).expect("a short text"))
}

fn json(value: impl serde::Serialize) -> String {
    serde_json::to_string(&value).expect("a value that has JSON")
}

#[test]
fn every_byte_is_escaped_wherever_it_stands() {
    let special: Vec<char> = (0..0x80).map(char::from).chain(['é', '\u{2028}', '🦀']).collect();
    for len in [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 47, 63, 64, 65, 130] {
        for at in 0..len {
            // A few of them at a time: all are tried at every place near an edge.
            for special in
                special.iter().filter(|special| (at + **special as usize).is_multiple_of(7) || at < 2 || at + 2 > len)
            {
                let text: String = (0..len).map(|index| if index == at { *special } else { 'x' }).collect();
                assert_eq!(each_form!(|out| out.string(NOTHING, &text)), json(&text));
            }
        }
    }
}

#[test]
fn two_bytes_that_are_escaped_are_both() {
    for first in 0..20 {
        for second in 0..20 {
            let text: String = (0..20)
                .map(|index| {
                    if index == first {
                        '"'
                    } else if index == second {
                        '\n'
                    } else {
                        'x'
                    }
                })
                .collect();
            assert_eq!(each_form!(|out| out.string(NOTHING, &text)), json(&text));
        }
    }
}

#[test]
fn what_goes_before_a_value_stands_before_it() {
    for before in [Before::Text(""), Before::Text(",\"a name of some length\":"), short(",\"^12\","), short("")] {
        let text = match before {
            Before::Text(text) => text.to_owned(),
            Before::Short(short) => String::from_utf8_lossy(&short.bytes()[..short.len()]).into_owned(),
        };
        assert_eq!(each_form!(|out| out.integer(before, -12)), format!("{text}-12"));
        assert_eq!(each_form!(|out| out.unsigned(before, 12)), format!("{text}12"));
        assert_eq!(each_form!(|out| out.double(before, -0.5)), format!("{text}-0.5"));
        assert_eq!(each_form!(|out| out.boolean(before, true)), format!("{text}true"));
        assert_eq!(each_form!(|out| out.boolean(before, false)), format!("{text}false"));
        assert_eq!(each_form!(|out| out.constant(before, "null")), format!("{text}null"));
        assert_eq!(each_form!(|out| out.string(before, "a")), format!("{text}\"a\""));
        assert_eq!(each_form!(|out| out.before(before)), text);
        let mark = Short::of(b"~");
        assert_eq!(each_form!(|out| out.text(before, mark, "~a\"")), format!("{text}\"~~a\\\"\""));
    }
    assert_eq!(Short::new(b"12345678"), None);
}

#[test]
fn blocks_and_digits_follow_one_another() {
    for len in 0..100 {
        let text = "b".repeat(len);
        let mut block = Block::default();
        block.set(&[text.as_bytes(), b"!"]);
        let both = each_form!(|out| {
            out.block(&block);
            out.digits_between(&block, 4_711, &block);
            out.add(b".");
        });
        assert_eq!(both, format!("{text}!{text}!00004711{text}!."));
    }
}

#[test]
fn what_is_taken_back_is_gone() {
    let rest = each_form!(|out| {
        out.string(NOTHING, "first");
        let len = out.size();
        out.string(NOTHING, &"second".repeat(40));
        out.truncate(len);
        out.replace(0, b'<');
        out.replace(1_000, b'>');
        out.truncate(1_000);
        out.integer(NOTHING, 3);
    });
    assert_eq!(rest, "<first\"3");
}

#[test]
fn the_memory_of_a_buffer_is_used() {
    fn reused<O: Output>() {
        let mut out = O::within(Vec::with_capacity(1_000));
        out.string(NOTHING, "a");
        let bytes = out.into_bytes();
        let place = bytes.as_ptr();
        let mut out = O::within(bytes);
        assert_eq!(out.size(), 0);
        out.string(NOTHING, "b");
        let bytes = out.into_bytes();
        assert_eq!((bytes.as_ptr(), bytes.as_slice()), (place, b"\"b\"".as_slice()));
    }
    reused::<Safe>();
    #[cfg(target_arch = "x86_64")]
    reused::<super::Fast>();
}

#[test]
fn integers_at_every_power_of_ten() {
    let powers = (0..20).map(|power| 10_u64.pow(power));
    for number in powers.flat_map(|power| [power - 1, power, power + 1]).chain([0, u64::MAX, i64::MAX as u64]) {
        assert_eq!(each_form!(|out| out.unsigned(NOTHING, number)), number.to_string());
        let signed = number.cast_signed();
        for number in [signed, signed.wrapping_neg()] {
            assert_eq!(each_form!(|out| out.integer(NOTHING, number)), number.to_string());
        }
    }
}

proptest! {
    #[test]
    fn strings(text in any::<String>(), more in "[a-z\"\\\\\n]{0,300}") {
        prop_assert_eq!(each_form!(|out| out.string(NOTHING, &text)), json(&text));
        prop_assert_eq!(each_form!(|out| out.string(NOTHING, &more)), json(&more));
    }

    #[test]
    fn integers(signed in any::<i64>(), bits in 0..64_u32) {
        let (signed, unsigned) = (signed >> bits, signed.cast_unsigned() >> bits);
        prop_assert_eq!(each_form!(|out| out.integer(NOTHING, signed)), signed.to_string());
        prop_assert_eq!(each_form!(|out| out.unsigned(NOTHING, unsigned)), unsigned.to_string());
    }

    #[test]
    fn doubles(bits in any::<u64>(), number in any::<i32>(), places in 0..9_i32) {
        let decimal = f64::from(number) / 10_f64.powi(places);
        let beside = f64::from_bits(decimal.to_bits().wrapping_add(1));
        for value in [f64::from_bits(bits), decimal, -decimal, beside, f64::from(number), f64::from(number) * 1e9] {
            prop_assert_eq!(each_form!(|out| out.double(NOTHING, value)), json(value));
            prop_assert_eq!(each_form!(|out| out.single(value as f32)), json(value as f32));
        }
    }
}
