//! A request as it goes over the wire, for a person to read.

use backstitch::api::{JSON, endpoints};

/// The request line, the headers without the token, and the first record of `body`.
pub(crate) fn show(base_url: &str, body: &[u8], records: usize) -> String {
    let first = first_record(body);
    let more = if records > 1 { format!("\n … and {} more records]", records - 1) } else { "]".to_owned() };
    format!(
        "POST {base_url}{}\nAuthorization: Bearer [hidden]\nContent-Type: {}\nContent-Length: {}\n\n[{}{more}",
        endpoints::PUSH.path,
        JSON,
        body.len(),
        on_lines(&String::from_utf8_lossy(first)),
    )
}

/// The bytes of the first element of the array that `body` is.
fn first_record(body: &[u8]) -> &[u8] {
    let mut walk = Walk::default();
    let end = body.iter().position(|byte| {
        let was_inside = walk.depth > 1;
        walk.step(*byte);
        was_inside && walk.depth == 1
    });
    end.and_then(|end| body.get(1..=end)).unwrap_or_default()
}

/// The entries of a JSON object, a line each, otherwise byte for byte as they are.
fn on_lines(record: &str) -> String {
    let mut walk = Walk::default();
    let mut result = String::new();
    for character in record.chars() {
        let was = walk.depth;
        // What is not ASCII stands in strings only, and changes nothing.
        walk.step(u8::try_from(character).unwrap_or(b'x'));
        if was == 1 && walk.depth == 0 {
            result.push_str("\n ");
        }
        result.push(character);
        if (was == 0 && walk.depth == 1) || (was == 1 && !walk.in_string && character == ',') {
            result.push_str("\n   ");
        }
    }
    result
}

/// Where a walk over JSON stands.
#[derive(Default)]
struct Walk {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Walk {
    fn step(&mut self, byte: u8) {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'[' | b'{' => self.depth += 1,
            b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{first_record, on_lines, show};

    #[test]
    fn the_first_record_is_cut_out_whole() {
        let body = br#"[{"a":"}]\"","b":[1,{"c":2}]},{"a":3}]"#;
        assert_eq!(first_record(body), br#"{"a":"}]\"","b":[1,{"c":2}]}"#);
        assert_eq!(first_record(b"[]"), b"");
    }

    #[test]
    fn its_entries_stand_on_lines() {
        assert_eq!(on_lines(r#"{"a":"é,","b":[1,2]}"#), "{\n   \"a\":\"é,\",\n   \"b\":[1,2]\n }");
    }

    #[test]
    fn the_token_is_not_shown() {
        assert!(show("http://x", br#"[{"a":1}]"#, 1).contains("Bearer [hidden]"));
    }
}
