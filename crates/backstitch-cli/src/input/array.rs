//! The elements of one JSON array, or objects one after the other, each over as many lines as it likes.

use std::ops::Range;

use super::bytes::{BYTE_ORDER_MARK, Bytes, not_utf8};
use super::{At, CHUNK_BYTES, Chunk, Chunks, Place, Position, Trouble};

pub(super) struct Array {
    bytes: Bytes,
    position: Position,
    /// The column that the first byte of the buffer has.
    column: u64,
    state: State,
    /// The element whose end is not read yet.
    element: Element,
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
    /// Where there are objects without an array around them: before the next one.
    Apart,
}

impl State {
    /// Whether an element can begin with a byte.
    fn takes(self, byte: u8) -> bool {
        if self == State::Apart { byte == b'{' } else { byte != b',' && byte != b']' }
    }
}

/// How much of an element is read.
#[derive(Clone, Copy, Debug, Default)]
struct Element {
    read: usize,
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

impl Element {
    /// How many bytes the element has that `text` begins with, of which more may have come; nothing where its end is not known.
    fn length(&mut self, text: &[u8]) -> Option<usize> {
        let Element { read, mut depth, mut in_string, mut is_escaped } = *self;
        for (at, byte) in text.iter().enumerate().skip(read) {
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
        *self = Element { read: text.len(), depth, in_string, is_escaped };
        None
    }
}

impl Array {
    /// Goes on in bytes that begin at a position; one that is not the begin is after an element.
    pub(super) fn new(bytes: Bytes, position: Position) -> Self {
        let state = if position.offset == 0 { State::Before } else { State::Comma };
        Array { bytes, position, column: 1, state, element: Element::default(), trouble: None }
    }

    /// The same of objects that are in no array.
    pub(super) fn without(bytes: Bytes, position: Position) -> Self {
        Array { state: State::Apart, ..Array::new(bytes, position) }
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
                    None if self.state == State::Apart && self.bytes.buffer.is_empty() => Ok(None),
                    None if self.state == State::Apart => {
                        Err(self.bytes.fail(at, "the JSON is cut short: get the file once more"))
                    }
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
                (State::First | State::Element | State::Apart, _) if self.state.takes(byte) => {
                    let text = self.bytes.buffer.get(at..).unwrap_or_default();
                    let Some(len) = self.element.length(text) else { break };
                    self.element = Element::default();
                    self.add(&mut chunk, at..at + len);
                    self.pass(&mut at, len);
                    chunk.next = self.position;
                    if self.state != State::Apart {
                        self.state = State::Comma;
                    }
                    if chunk.text.len() >= CHUNK_BYTES {
                        break;
                    }
                    continue;
                }
                _ => {
                    let expected = match self.state {
                        State::Before => "an array that begins with `[`",
                        State::First | State::Element | State::Apart => "an object",
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
        chunk
    }

    /// Adds an element of the buffer.
    fn add(&self, chunk: &mut Chunk, element: Range<usize>) {
        let bytes = self.bytes.buffer.get(element).unwrap_or_default();
        let (start, line, column) = (chunk.text.len(), self.position.line + 1, self.column);
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                chunk.text.push_str(text);
                chunk.rows.push(Place { start, end: chunk.text.len(), line, column });
            }
            Err(_) => chunk.bad.extend(not_utf8(&mut bytes.to_vec(), line, column)),
        }
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
