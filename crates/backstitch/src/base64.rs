//! Bytes as text: base64 with the standard alphabet, padded (RFC 4648, section 4).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Hands `bytes` as base64 to `add`, four characters at a time.
pub(crate) fn each(bytes: &[u8], mut add: impl FnMut(&[u8; 4])) {
    for group in bytes.chunks(3) {
        let of = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
        let bits = of(0) << 16 | of(1) << 8 | of(2);
        let character = |shift: u32| ALPHABET[(bits >> shift) as usize & 63];
        add(&[
            character(18),
            character(12),
            if group.len() > 1 { character(6) } else { b'=' },
            if group.len() > 2 { character(0) } else { b'=' },
        ]);
    }
}

/// How many characters that many bytes take.
#[cfg(any(feature = "bytes", test))]
pub(crate) fn length(bytes: usize) -> usize {
    bytes.div_ceil(3).saturating_mul(4)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_standards_own_examples() {
        let examples: [(&[u8], &str); 8] = [
            (b"", ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg=="),
            (b"fooba", "Zm9vYmE="),
            (b"foobar", "Zm9vYmFy"),
            (b"\xfb\xff\xbf", "+/+/"),
        ];
        for (bytes, text) in examples {
            let mut out = Vec::new();
            super::each(bytes, |four| out.extend_from_slice(four));
            assert_eq!(String::from_utf8_lossy(&out), text);
            assert_eq!(super::length(bytes.len()), text.len());
        }
    }
}
