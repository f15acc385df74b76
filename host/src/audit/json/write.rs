//! Records as fields.

use std::fmt::Display;
use std::net::SocketAddr;

use wasock_policy::{Decision, Line as Rule, Listener, PinnedName, Reason, Request};

use super::VERSION;
use super::fields::{Fields, Line, PinnedFields, TrafficFields};
use super::text::{cut, to_ascii};
use super::time::rfc3339;
use crate::audit::{
    Action, Answer, Cause, Closed, Decided, Entry, Exhausted, Http, HttpOutcome, Level, Lookup,
    Outcome, PolicyChanged, Record, Refused, Traffic, Verdict,
};
use crate::names::LookupFailure;

/// How many lookups of an address are listed, how many addresses of an answer, and how many connections of a request.
const MAX_NAMES: usize = 8;
const MAX_ANSWERS: usize = 32;
const MAX_CONNECTS: usize = 8;

/// The entry as a line, without the line end.
#[must_use]
pub fn line(entry: &Entry<'_>) -> String {
    line_after(entry, 0)
}

/// The entry as the line that follows after `lost` others that could not be written.
pub(in crate::audit) fn line_after(entry: &Entry<'_>, lost: u64) -> String {
    let (event, fields) = of(entry.record);
    let line = Line {
        v: VERSION,
        time: rfc3339(entry.time),
        seq: entry.sequence,
        count: entry.count,
        lost,
        guest: entry.guest.name.as_deref().map(cut),
        tenant: entry.guest.tenant.as_deref().map(cut),
        event: event.to_owned(),
        fields,
    };
    // It has no key that is no text and no number that JSON lacks, so that it cannot fail.
    to_ascii(&line).unwrap_or_default()
}

fn of(record: &Record) -> (&'static str, Fields) {
    match record {
        Record::Decided(decided) => (
            Action::of(&decided.request).as_str(),
            decided_fields(decided),
        ),
        Record::Lookup(lookup) => (Action::Resolve.as_str(), lookup_fields(lookup)),
        Record::Http(http) => (Action::Http.as_str(), http_fields(http)),
        Record::Closed(closed) => ("closed", closed_fields(closed)),
        Record::Exhausted(exhausted) => ("exhausted", exhausted_fields(exhausted)),
        Record::PolicyChanged(changed) => ("policy-changed", changed_fields(changed)),
        Record::Omitted => ("omitted", Fields::default()),
    }
}

fn decided_fields(decided: &Decided) -> Fields {
    let mut fields = Fields {
        asked: decided.asked,
        ..Fields::default()
    };
    fields.request(&decided.request);
    fields.decision(&decided.decision, &decided.request);
    fields
}

fn lookup_fields(lookup: &Lookup) -> Fields {
    let (outcome, error, answers) = match &lookup.outcome {
        Outcome::Refused => ("refused", None, None),
        Outcome::Failed(why) => ("failed", Some(failure(*why)), None),
        Outcome::Abandoned => ("abandoned", None, None),
        Outcome::Answered(answers) => ("answered", None, Some(answers.as_slice())),
    };
    let mut fields = Fields {
        outcome: text(outcome),
        error: error.and_then(text),
        ..Fields::default()
    };
    fields.lookup_of(&lookup.name);
    fields.decision(&lookup.decision, &lookup.request());
    fields.verdict = text(lookup.verdict());
    if let Some(answers) = answers {
        fields.list_answers(lookup, answers);
    }
    fields
}

fn http_fields(http: &Http) -> Fields {
    let (outcome, status, error) = match &http.outcome {
        HttpOutcome::Refused => ("refused", None, None),
        HttpOutcome::Failed(why) => ("failed", None, Some(why)),
        HttpOutcome::Abandoned => ("abandoned", None, None),
        HttpOutcome::Answered(status) => ("answered", Some(*status), None),
    };
    let connects = http.connects.iter().take(MAX_CONNECTS);
    let connect = |decided: &Decided| Fields {
        // Those of the lookup above.
        names: None,
        ..decided_fields(decided)
    };
    let mut fields = Fields {
        verdict: text(http.verdict()),
        method: text(&http.method),
        scheme: text(http.scheme),
        authority: text(&http.authority),
        outcome: text(outcome),
        status,
        error: error.and_then(text),
        suggestion: http.suggestion().and_then(text),
        lookup: http.lookup.as_ref().map(lookup_fields).map(Box::new),
        connects: Some(connects.map(connect).collect()),
        ..Fields::default()
    };
    fields.leave_out(http.connects.len(), MAX_CONNECTS);
    fields
}

fn closed_fields(closed: &Closed) -> Fields {
    let (cause, limit) = match closed.cause {
        Cause::Guest => ("guest", None),
        Cause::Limit(limit) => ("limit", Some(limit)),
        Cause::Revoked => ("revoked", None),
        Cause::Policy => ("policy", None),
    };
    let mut fields = Fields {
        protocol: text(closed.protocol),
        direction: text(closed.direction),
        local: closed.local,
        remote: closed.remote,
        asked: closed.asked,
        received: Some(closed.received.into()),
        sent: Some(closed.sent.into()),
        duration: Some(closed.duration.as_secs_f64()),
        cause: text(cause),
        limit: limit.and_then(text),
        ..Fields::default()
    };
    fields.list_names(&closed.names);
    fields
}

fn exhausted_fields(exhausted: &Exhausted) -> Fields {
    let level = match &exhausted.level {
        Level::Store => "store",
        Level::Tenant(_) => "tenant",
        Level::Host => "host",
    };
    let mut fields = Fields::default();
    let what = match &exhausted.refused {
        Refused::Socket(protocol) => {
            fields.protocol = text(protocol);
            "socket"
        }
        Refused::Request(request) => {
            fields.request(request);
            Action::of(request).as_str()
        }
        Refused::Connection {
            protocol,
            direction,
            local,
            remote,
        } => {
            fields.protocol = text(protocol);
            fields.direction = text(direction);
            (fields.local, fields.remote) = (*local, *remote);
            "connection"
        }
        Refused::Memory(bytes) => {
            fields.bytes = Some(*bytes);
            "memory"
        }
        Refused::Running => "running",
    };
    Fields {
        verdict: text(Verdict::Denied),
        limit: text(exhausted.limit),
        amount: text(exhausted.amount),
        level: text(level),
        what: text(what),
        ..fields
    }
}

fn changed_fields(changed: &PolicyChanged) -> Fields {
    Fields {
        generation: Some(changed.generation),
        revoked: Some(changed.revoked),
        closed: Some(changed.closed),
        kept: Some(changed.kept),
        ..Fields::default()
    }
}

impl Fields {
    fn request(&mut self, request: &Request) {
        self.protocol = request.protocol().and_then(text);
        self.direction = text(request.direction());
        match request {
            Request::Resolve { name } => self.name = text(name),
            Request::Answer { name, address } => {
                self.lookup_of(name);
                self.address = Some(*address);
            }
            Request::Connect { remote, names, .. } | Request::Send { remote, names } => {
                self.remote = Some(*remote);
                self.list_names(names);
            }
            Request::ReceiveReply {
                listener,
                peer,
                names,
            }
            | Request::Reply {
                listener,
                peer,
                names,
            } => {
                self.at(*listener);
                self.remote = Some(*peer);
                self.list_names(names);
            }
            Request::Bind { local, .. } => self.local = Some(*local),
            Request::Listen { listener } => self.at(*listener),
            Request::Accept {
                listener,
                local,
                peer,
            } => {
                self.at(*listener);
                self.listener = elsewhere(listener.address, *local);
                self.local = Some(*local);
                self.remote = Some(*peer);
            }
            Request::Receive { listener, peer } => {
                self.at(*listener);
                self.remote = Some(*peer);
            }
        }
    }

    fn at(&mut self, listener: Listener) {
        self.local = Some(listener.address);
        self.ephemeral = listener.ephemeral.then_some(true);
    }

    fn decision(&mut self, decision: &Decision, request: &Request) {
        self.verdict = text(Verdict::of(decision));
        self.suggestion = decision.explain(request).suggestion().and_then(text);
        self.reason(decision.reason());
    }

    fn reason(&mut self, reason: &Reason) {
        let (word, line) = match reason {
            Reason::AllowedBy(line) => ("rule", Some(line)),
            Reason::WildcardBind => ("wildcard-bind", None),
            Reason::DeniedBy { line, .. } => ("deny-rule", Some(line)),
            Reason::NoRule => ("no-rule", None),
            Reason::SpecialAddress { special, line, .. } => {
                self.special = text(special.block.name);
                ("special-address", Some(line))
            }
            Reason::OutsideTo { line, .. } => ("outside-to", Some(line)),
            Reason::PeerNotListed { line } => ("peer-not-listed", Some(line)),
            // The verdict says that it does not count.
            Reason::Reported(reason) => return self.reason(reason),
            Reason::OutsideCeiling(reason) => {
                self.ceiling = Some(true);
                return self.reason(reason);
            }
        };
        self.reason = text(word);
        self.rule = line.and_then(text);
        self.origin = line.and_then(origin);
    }

    fn lookup_of(&mut self, name: &PinnedName) {
        let PinnedFields { name, aliases } = pinned(name);
        self.name = Some(name);
        self.aliases = (!aliases.is_empty()).then_some(aliases);
    }

    fn list_names(&mut self, names: &[PinnedName]) {
        if !names.is_empty() {
            self.names = Some(names.iter().take(MAX_NAMES).map(pinned).collect());
            self.leave_out(names.len(), MAX_NAMES);
        }
    }

    fn list_answers(&mut self, lookup: &Lookup, answers: &[Answer]) {
        let listed = answers.iter().take(MAX_ANSWERS).map(|answer| {
            let mut fields = Self {
                address: Some(answer.address),
                ..Self::default()
            };
            fields.decision(&answer.decision, &lookup.answer(answer.address));
            fields
        });
        self.answers = Some(listed.collect());
        self.leave_out(answers.len(), MAX_ANSWERS);
    }

    fn leave_out(&mut self, there: usize, listed: usize) {
        self.omitted = Some(there.saturating_sub(listed)).filter(|count| *count > 0);
    }
}

impl From<Traffic> for TrafficFields {
    fn from(traffic: Traffic) -> Self {
        let Traffic {
            bytes,
            datagrams,
            refused,
        } = traffic;
        Self {
            bytes,
            datagrams,
            refused,
        }
    }
}

fn pinned(name: &PinnedName) -> PinnedFields {
    PinnedFields {
        name: name.asked.to_string(),
        aliases: name.chain.iter().map(ToString::to_string).collect(),
    }
}

fn elsewhere(listener: SocketAddr, local: SocketAddr) -> Option<SocketAddr> {
    (listener != local).then_some(listener)
}

fn failure(why: LookupFailure) -> &'static str {
    match why {
        LookupFailure::NoResolver => "no-resolver",
        LookupFailure::NotFound => "not-found",
        LookupFailure::Timeout => "timeout",
        LookupFailure::Busy => "busy",
        LookupFailure::Failed => "failed",
    }
}

fn origin(line: &Rule) -> Option<String> {
    line.origin.as_ref().and_then(text)
}

fn text(value: impl Display) -> Option<String> {
    Some(cut(value.to_string()))
}
