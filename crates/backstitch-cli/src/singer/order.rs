//! Requests in their order, and the states that wait for them.
//!
//! A STATE may be written once all requests before it are accepted, in whatever order the answers come.

use std::collections::VecDeque;

/// What is under way, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// The number of the first of these.
    first: u64,
    waiting: VecDeque<Waiting>,
    /// Whether one failed: then no more are added, since no state after it may ever be written.
    has_failed: bool,
}

#[derive(Debug)]
struct Waiting {
    is_accepted: bool,
    /// What may be written once this and all before it is accepted.
    state: Option<Box<str>>,
}

impl Order {
    /// How many requests, or states, wait for themselves or for others.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Adds a request, with the state after it; its number, unless one before it has failed.
    pub(super) fn add(&mut self, state: Option<Box<str>>) -> Option<u64> {
        if self.has_failed {
            return None;
        }
        self.waiting.push_back(Waiting { is_accepted: false, state });
        Some(self.first + self.waiting.len() as u64 - 1)
    }

    /// Takes note that a request was accepted; the states that can be written now.
    pub(super) fn accept(&mut self, number: u64) -> Vec<Box<str>> {
        if let Some(waiting) = self.place(number).and_then(|place| self.waiting.get_mut(place)) {
            waiting.is_accepted = true;
        }
        let mut states = Vec::new();
        while let Some(accepted) = self.waiting.pop_front_if(|waiting| waiting.is_accepted) {
            self.first += 1;
            states.extend(accepted.state);
        }
        states
    }

    /// Takes note that a request failed: neither its state nor any after it will be written, and be it added later.
    /// Whether it was the first of those that failed.
    pub(super) fn fail(&mut self, number: u64) -> bool {
        match self.place(number).filter(|place| *place < self.waiting.len()) {
            Some(place) => {
                self.waiting.truncate(place);
                self.has_failed = true;
                true
            }
            None => false,
        }
    }

    fn place(&self, number: u64) -> Option<usize> {
        number.checked_sub(self.first).and_then(|place| usize::try_from(place).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::Order;

    fn add(order: &mut Order, state: &str) -> u64 {
        order.add(Some(state.into())).unwrap()
    }

    fn accept(order: &mut Order, number: u64) -> Vec<String> {
        order.accept(number).into_iter().map(String::from).collect()
    }

    #[test]
    fn states_come_in_order_however_answers_do() {
        let mut order = Order::default();
        let [one, two, three] = ["1", "2", "3"].map(|state| add(&mut order, state));
        assert_eq!(accept(&mut order, three), [""; 0]);
        assert_eq!(accept(&mut order, one), ["1"]);
        let four = add(&mut order, "4");
        assert_eq!(accept(&mut order, two), ["2", "3"]);
        assert_eq!(accept(&mut order, four), ["4"]);
        assert_eq!(order.len(), 0);
    }

    #[test]
    fn nothing_is_written_from_a_request_on_that_failed() {
        let mut order = Order::default();
        let [one, two, three] = ["1", "2", "3"].map(|state| add(&mut order, state));
        assert!(order.fail(two));
        assert!(!order.fail(three), "it came after one that had failed");
        assert_eq!(accept(&mut order, three), [""; 0]);
        assert_eq!(accept(&mut order, one), ["1"]);
        assert_eq!(order.len(), 0);
    }

    #[test]
    fn nothing_is_added_after_a_request_that_failed() {
        let mut order = Order::default();
        let [one, two] = ["1", "2"].map(|state| add(&mut order, state));
        assert!(order.fail(two));
        assert_eq!(order.add(Some("3".into())), None);
        assert_eq!(accept(&mut order, one), ["1"]);
        assert_eq!((order.add(None), order.len()), (None, 0));
    }

    #[test]
    fn an_earlier_failure_counts_for_more() {
        let mut order = Order::default();
        let [one, two] = ["1", "2"].map(|state| add(&mut order, state));
        assert!(order.fail(two) && order.fail(one));
        assert_eq!((accept(&mut order, one).len(), order.len()), (0, 0));
    }
}
