//! Records for a person who looks on.

use std::collections::HashMap;
use std::fmt;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{AuditSink, Entry, Record, Verdict};

/// How many different denials are remembered, and how many different grants. Beyond them the guest gets counted, not
/// quoted: one that knocks at every port of the world fills neither memory nor screen.
const MAX_KINDS: usize = 256;

/// Tells a person what is denied, or would be if the policy did not only report, and how to allow it: each distinct
/// denial once, when it happens.
/// How often it happened is told at the end, by [`summary`](Self::summary).
pub struct Person {
    state: Mutex<State>,
    verbose: bool,
}

struct State {
    out: Box<dyn Write + Send>,
    seen: HashMap<Record, u64>,
    /// The denials among them, in the order they were told.
    told: Vec<Record>,
    /// Those that were not told, for there were too many different ones.
    untold: u64,
}

impl Person {
    /// A person who reads `out` and hears of denials.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self {
            state: Mutex::new(State {
                out: Box::new(out),
                seen: HashMap::new(),
                told: Vec::new(),
                untold: 0,
            }),
            verbose: false,
        }
    }

    /// Whether the person hears of what is allowed too.
    #[must_use]
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.verbose = verbose;
        self
    }

    /// Write what has not been said yet: how often the denials were repeated.
    pub fn summary(&self) {
        let mut state = self.state();
        let mut text = String::new();
        for record in &state.told {
            if let Some(&times) = state.seen.get(record).filter(|times| **times > 1) {
                text.push_str(&format!("{record}: {times} times\n"));
            }
        }
        if state.untold > 0 {
            text.push_str(&format!("denied: {} more, not shown\n", state.untold));
        }
        state.say(&text);
        state.seen.clear();
        state.told.clear();
        state.untold = 0;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AuditSink for Person {
    fn record(&self, entry: &Entry<'_>) {
        let record = entry.record;
        let verdict = record.verdict();
        let refused = matches!(verdict, Some(Verdict::Denied | Verdict::Reported));
        if !refused && !self.verbose {
            return;
        }

        let mut state = self.state();
        if verdict.is_none() && !record.is_for_nothing() {
            // It happens once.
            state.say(&format!("{}\n", record.explain()));
            return;
        }
        let kind = record.kind();
        if let Some(times) = state.seen.get_mut(&kind) {
            *times += 1;
            return;
        }
        let alike = if refused {
            state.told.len()
        } else {
            state.seen.len() - state.told.len()
        };
        if alike == MAX_KINDS {
            state.untold += u64::from(refused);
            return;
        }
        state.seen.insert(kind.clone(), 1);
        if refused {
            state.told.push(kind);
        }
        state.say(&format!("{}\n", record.explain()));
    }
}

impl State {
    /// In one piece, so that it does not mix with the guest's own output. Whoever reads may have left;
    /// that is no concern of the guest's.
    fn say(&mut self, text: &str) {
        if !text.is_empty() {
            _ = self.out.write_all(text.as_bytes());
            _ = self.out.flush();
        }
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("verbose", &self.verbose)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use wasock_policy::{Limit, Policy, Protocol};

    use std::net::SocketAddr;

    use super::*;
    use crate::audit::{Book, Exhausted, Level, Refused};
    use crate::guard::guard::Guard;

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Screen {
        fn take(&self) -> String {
            String::from_utf8(std::mem::take(&mut self.0.lock().unwrap())).unwrap()
        }
    }

    /// Someone who reads a screen, and a guest to whom everything is denied.
    fn looking_on() -> (Screen, Arc<Person>, Guard) {
        let screen = Screen::default();
        let person = Arc::new(Person::new(screen.clone()));
        let guard = Guard::alone(Policy::default(), Arc::clone(&person));
        (screen, person, guard)
    }

    fn connect(guard: &Guard, port: u16) {
        let remote = SocketAddr::from(([192, 0, 2, 1], port));
        _ = guard.connect(Protocol::Tcp, remote.into(), [].into());
    }

    #[test]
    fn a_denial_is_told_once_and_counted() {
        let (screen, person, guard) = looking_on();
        for port in [1, 2, 1, 1] {
            connect(&guard, port);
        }

        let told = screen.take();
        for port in [1, 2] {
            let line = format!("denied: outbound tcp 192.0.2.1:{port} ");
            assert_eq!(told.matches(&line).count(), 1, "{told}");
        }

        person.summary();
        let summary = screen.take();
        assert!(
            summary.contains("192.0.2.1:1 ") && summary.contains("3 times"),
            "{summary}"
        );
        assert!(!summary.contains("192.0.2.1:2 "), "{summary}");
    }

    #[test]
    fn what_the_policy_only_reports_is_told_like_a_denial() {
        let (screen, person, _) = looking_on();
        let policy = Policy::builder().mode(wasock_policy::Mode::Report).build();
        let guard = Guard::alone(policy, Arc::clone(&person));
        for host in ["93.184.216.34:1", "93.184.216.34:1"] {
            let remote: SocketAddr = host.parse().unwrap();
            let connected = guard.connect(Protocol::Tcp, remote.into(), [].into());
            assert!(connected.is_ok());
        }
        let told = screen.take();
        let line = "reported: outbound tcp 93.184.216.34:1 (no rule)";
        assert_eq!(told.matches(line).count(), 1, "{told}");
        person.summary();
        assert!(screen.take().contains("2 times"));
    }

    #[test]
    fn a_guest_that_is_denied_everything_everywhere_fills_no_memory() {
        let (screen, person, guard) = looking_on();
        for port in 0..1_000 {
            connect(&guard, port);
        }

        assert_eq!(screen.take().matches("denied").count(), MAX_KINDS);
        person.summary();
        assert_eq!(
            screen.take(),
            format!("denied: {} more, not shown\n", 1_000 - MAX_KINDS)
        );
    }

    #[test]
    fn requests_for_memory_are_told_as_what_they_are() {
        let (screen, person, _) = looking_on();
        let policy = Policy::builder().limit("memory=4MiB".parse().unwrap());
        let record = |bytes| {
            Record::Exhausted(Exhausted {
                limit: Limit::Memory,
                amount: policy.clone().build().limits().get(Limit::Memory).unwrap(),
                level: Level::Store,
                refused: Refused::Memory(bytes),
            })
        };
        let book = Book::from(Arc::clone(&person));
        for bytes in [5 << 20, 6 << 20] {
            book.enter(&record(bytes));
        }
        let told = screen.take();
        let first = "denied: memory of 5242880 bytes (used up: memory=4MiB)\n";
        assert!(told.starts_with(first), "{told}");
        person.summary();
        let summary = "denied: more memory (used up: memory=4MiB): 2 times\n";
        assert_eq!(screen.take(), summary);
    }
}
