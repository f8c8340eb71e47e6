//! What can go wrong with one request.

/// What becomes of a request on its way to the gate, or of the answer on its way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Nothing goes wrong.
    None,
    /// The connection is closed as soon as it is made.
    CutOnAccept,
    /// The connection is closed after the head of the request.
    CutBeforeBody,
    /// The connection is closed in the middle of the body.
    CutInBody,
    /// The connection is closed after the body, which goes nowhere.
    CutAfterBody,
    /// The connection is reset after the head of the request.
    ResetBeforeBody,
    /// The connection is reset in the middle of the body.
    ResetInBody,
    /// The connection is reset after the body, which goes nowhere.
    ResetAfterBody,
    /// The request goes nowhere, and no answer comes.
    Stall,
    /// The gate takes the request, and the connection is closed without an answer.
    DropReply,
    /// The gate takes the request, and the connection is reset.
    ResetReply,
    /// The gate takes the request, and no answer comes.
    StallReply,
    /// The gate takes the request, and the answer ends within its body.
    CutInReply,
    /// The gate takes the request, and what comes back is 504.
    LateReply,
    /// 429, with `Retry-After: 0`.
    Busy,
    /// 429, with `Retry-After: 1`.
    BusyForASecond,
    /// 429, with the date of one second later.
    BusyUntil,
    /// 429, with a date that has passed.
    BusyUntilThen,
    /// 500, as JSON.
    Failure,
    /// 503, as the API has it.
    Unavailable,
    /// 504, in HTML.
    NoGateway,
    /// 401.
    NotAuthorized,
    /// The gate takes the request, and the answer is 201 with a text.
    Text,
    /// The gate takes the request, and the answer is 202.
    Queued,
}

/// The faults of which none takes long, for schedules at random.
pub(crate) const QUICK: [Fault; 21] = [
    Fault::CutOnAccept,
    Fault::CutBeforeBody,
    Fault::CutInBody,
    Fault::CutAfterBody,
    Fault::ResetBeforeBody,
    Fault::ResetInBody,
    Fault::ResetAfterBody,
    Fault::Stall,
    Fault::DropReply,
    Fault::ResetReply,
    Fault::StallReply,
    Fault::CutInReply,
    Fault::LateReply,
    Fault::Busy,
    Fault::BusyUntilThen,
    Fault::Failure,
    Fault::Unavailable,
    Fault::NoGateway,
    Fault::NotAuthorized,
    Fault::Text,
    Fault::Queued,
];

/// How a server, or what is in front of it, treats a body that is too long for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cap {
    /// It answers 413 in HTML after it has read the body.
    Html(usize),
    /// It answers 413 in HTML after the head, and closes the connection.
    HtmlAtOnce(usize),
    /// It resets the connection in the middle of the body.
    Reset(usize),
}

impl Cap {
    pub(crate) fn bytes(self) -> usize {
        let (Cap::Html(bytes) | Cap::HtmlAtOnce(bytes) | Cap::Reset(bytes)) = self;
        bytes
    }
}

/// How a server refuses a request with a record that only it knows to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// As documented, without saying which record it is.
    Envelope,
    /// With 400, and the place of the first such record.
    Right,
    /// With 422, and the place of the first such record as the Batch endpoint names it.
    Pointer,
    /// With 400, and a place where another record is, or none.
    Wrong,
}

pub(crate) const NAMINGS: [Naming; 4] = [Naming::Envelope, Naming::Right, Naming::Pointer, Naming::Wrong];
