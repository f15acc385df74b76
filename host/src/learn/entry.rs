//! The lines of a learnt policy.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use wasock_policy::{Line, Policy, Rule};

/// A line, with what a person should know about it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) rule: Rule,
    /// How often it was seen.
    pub(super) times: u64,
    /// What to say besides.
    pub(super) remark: Option<String>,
    /// Whether it counts; otherwise it is a comment.
    pub(super) active: bool,
}

/// The lines, by kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Sections {
    pub(super) outbound: Vec<Entry>,
    pub(super) inbound: Vec<Entry>,
    pub(super) resolve: Vec<Entry>,
}

impl Entry {
    /// A line that counts. `None` if the text is no rule, which no text of this module is.
    pub(super) fn new<R: FromStr + Into<Rule>>(text: &str, times: u64) -> Option<Self> {
        Some(Self {
            rule: text.parse::<R>().ok()?.into(),
            times,
            remark: None,
            active: true,
        })
    }

    /// A line that does not count before a person has read why.
    pub(super) fn but(mut self, why: impl Display) -> Self {
        self.active = false;
        self.with(why)
    }

    pub(super) fn with(mut self, remark: impl Display) -> Self {
        self.remark = Some(match self.remark {
            Some(before) => format!("{before}; {remark}"),
            None => remark.to_string(),
        });
        self
    }

    /// What the guest asked for, where it was led elsewhere.
    pub(super) fn asked_for(self, asked: &BTreeSet<SocketAddr>) -> Self {
        match asked.first() {
            None => self,
            Some(first) if asked.len() == 1 => {
                self.with(format_args!("asked for as {first}, and mapped"))
            }
            Some(first) => {
                let more = asked.len() - 1;
                self.with(format_args!(
                    "asked for as {first} and {more} more, and mapped"
                ))
            }
        }
    }

    fn refused(mut self) -> Self {
        self.active = false;
        let remark = self.remark.take();
        let refused = self.with("refused");
        match remark {
            Some(remark) => refused.with(remark),
            None => refused,
        }
    }
}

impl Sections {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        let Self {
            outbound,
            inbound,
            resolve,
        } = self;
        outbound.iter().chain(inbound).chain(resolve)
    }

    /// Let every line count.
    pub(super) fn activate(&mut self) {
        let Self {
            outbound,
            inbound,
            resolve,
        } = self;
        for entry in outbound.iter_mut().chain(inbound).chain(resolve) {
            entry.active = true;
        }
    }

    /// The policy of those lines that count by `counts`.
    pub(super) fn policy(&self, own: &[IpAddr], counts: impl Fn(&Entry) -> bool) -> Policy {
        let counting = self.iter().filter(|entry| counts(entry));
        let lines = counting.map(|entry| Line::allow(entry.rule.clone()));
        let builder = Policy::builder().own_addresses(own.iter().copied());
        lines
            .fold(builder, |builder, line| builder.line(line))
            .build()
    }

    /// Lines for what was refused: none counts.
    pub(super) fn add_refused(&mut self, refused: Self) {
        for (entries, refused) in [
            (&mut self.outbound, refused.outbound),
            (&mut self.inbound, refused.inbound),
            (&mut self.resolve, refused.resolve),
        ] {
            entries.extend(refused.into_iter().map(Entry::refused));
        }
    }
}

/// `"tcp://api.example.com:443",  # 3 times`
impl Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.active { "" } else { "# " };
        write!(f, "{mark}\"{}\",  # ", self.rule)?;
        match self.times {
            1 => f.write_str("once")?,
            times => write!(f, "{times} times")?,
        }
        match &self.remark {
            Some(remark) => write!(f, "; {remark}"),
            None => Ok(()),
        }
    }
}
