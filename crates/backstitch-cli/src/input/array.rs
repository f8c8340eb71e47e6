//! The elements of one JSON array.

use super::bytes::{BYTE_ORDER_MARK, Bytes, not_utf8};
use super::{At, CHUNK_BYTES, Chunk, Chunks, Place, Position, Trouble};

pub(super) struct Array {
    bytes: Bytes,
    position: Position,
    /// The column that the first byte of the buffer has.
    column: u64,
    state: State,
    /// An error that is told when the elements before it were given.
    trouble: Option<Trouble>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the array.
    Before,
    /// After its bracket: an element, or its end.
    First,
    /// After a comma.
    Element,
    /// After an element.
    Comma,
    After,
}

/// How many bytes an element has that `text` begins with; nothing where its end is not known.
fn length(text: &[u8]) -> Option<usize> {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.iter().enumerate() {
        if in_string {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' if depth == 0 => return Some(at + 1),
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return Some(at + 1),
            b'}' | b']' if depth > 0 => depth -= 1,
            b']' | b',' if depth == 0 => return Some(at),
            byte if depth == 0 && byte.is_ascii_whitespace() => return Some(at),
            _ => {}
        }
    }
    None
}

impl Array {
    /// Goes on in bytes that begin at a position; one that is not the begin is after an element.
    pub(super) fn new(bytes: Bytes, position: Position) -> Self {
        let state = if position.offset == 0 { State::Before } else { State::Comma };
        Array { bytes, position, column: 1, state, trouble: None }
    }
}

impl Chunks for Array {
    fn next(&mut self) -> Result<Option<Chunk>, Trouble> {
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble);
        }
        loop {
            let chunk = self.scan();
            if !chunk.rows.is_empty() || !chunk.bad.is_empty() {
                return Ok(Some(chunk));
            }
            if let Some(trouble) = self.trouble.take() {
                return Err(trouble);
            }
            if self.bytes.is_at_end {
                let at = At::Column(self.position.line + 1, self.column);
                return match self.bytes.trouble(at) {
                    Some(trouble) => Err(trouble),
                    // An empty file has no records either.
                    None if matches!(self.state, State::After | State::Before) => Ok(None),
                    None => Err(self.bytes.fail(at, "the array is cut short: get the file once more")),
                };
            }
            self.bytes.more();
        }
    }
}

impl Array {
    /// The whole elements of the buffer, which is used as far as nothing more is needed to go on.
    fn scan(&mut self) -> Chunk {
        let mut chunk = Chunk::default();
        let mut text = Vec::new();
        let mut at = 0;
        while let Some(&byte) = self.bytes.buffer.get(at) {
            if byte.is_ascii_whitespace() {
                self.pass(&mut at, 1);
                continue;
            }
            if self.position.offset == 0 && at == 0 && self.bytes.buffer.starts_with(BYTE_ORDER_MARK) {
                self.pass(&mut at, BYTE_ORDER_MARK.len());
                self.column = 1;
                continue;
            }
            self.state = match (self.state, byte) {
                (State::Before, b'[') => State::First,
                (State::First | State::Comma, b']') => State::After,
                (State::Comma, b',') => State::Element,
                (State::First | State::Element, _) if byte != b',' && byte != b']' => {
                    let Some(len) = length(self.bytes.buffer.get(at..).unwrap_or_default()) else { break };
                    let (line, column) = (self.position.line + 1, self.column);
                    let element = self.bytes.buffer.get_mut(at..at + len).unwrap_or_default();
                    let start = text.len();
                    text.extend_from_slice(element);
                    match not_utf8(&mut text[start..], line, column) {
                        Some(bad) => chunk.bad.push(bad),
                        None => chunk.rows.push(Place { start, end: text.len(), line, column }),
                    }
                    self.pass(&mut at, len);
                    chunk.next = self.position;
                    self.state = State::Comma;
                    if text.len() >= CHUNK_BYTES {
                        break;
                    }
                    continue;
                }
                _ => {
                    let expected = match self.state {
                        State::Before => "an array that begins with `[`",
                        State::First | State::Element => "an object",
                        State::Comma => "`,` or `]`",
                        State::After => "nothing after the array",
                    };
                    let reason = format!("expected {expected}, found `{}`", char::from(byte));
                    let at = At::Column(self.position.line + 1, self.column);
                    self.trouble = Some(self.bytes.fail(at, reason));
                    break;
                }
            };
            self.pass(&mut at, 1);
        }
        self.bytes.buffer.drain(..at);
        // Those that are not UTF-8 were blanked.
        chunk.text = String::from_utf8(text).unwrap_or_default();
        chunk
    }

    /// Takes note that bytes of the buffer are used.
    fn pass(&mut self, at: &mut usize, len: usize) {
        for byte in self.bytes.buffer.get(*at..*at + len).unwrap_or_default() {
            if *byte == b'\n' {
                self.position.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        *at += len;
        self.position.offset += len as u64;
    }
}
