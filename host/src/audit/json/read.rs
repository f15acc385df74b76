//! Fields as requests, so that what was recorded can be decided on again.

use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Arc;

use wasock_policy::{Listener, Name, PinnedName, Protocol, Request};

use super::fields::{Fields, Line, PinnedFields};
use super::{MAX_LINE, VERSION};
use crate::audit::{Action, Verdict};

/// What was decided on, as a line of the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The request. Where the destination was mapped, this has the target.
    pub request: Request,
    /// What became of it.
    pub verdict: Verdict,
    /// What the guest asked for, where that was mapped to another address.
    pub asked: Option<SocketAddr>,
}

/// Why a line cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// It is longer than any that is written.
    #[error("expected a line of at most {MAX_LINE} octets")]
    Long,
    /// It is no object of JSON, or a field has another type.
    #[error("expected a record in JSON, but {0}")]
    Json(String),
    /// It is of a version that is not known here.
    #[error("expected version {VERSION}, but found {0}: it takes a newer wasock to read it")]
    Version(u32),
    /// A field is not there.
    #[error("expected the field `{0}`, but there is none")]
    Missing(&'static str),
    /// A field does not mean anything.
    #[error("expected something else in the field `{0}` than `{text}`", text = .1.escape_debug())]
    Meaningless(&'static str, String),
}

/// Read one line, without its end.
///
/// # Errors
///
/// It is no record of this version. What it has besides the fields that are known here is passed over.
pub fn read_line(text: &str) -> Result<Line, LineError> {
    if text.len() > MAX_LINE {
        return Err(LineError::Long);
    }
    // The version counts before the rest can be understood.
    #[derive(serde::Deserialize)]
    struct Version {
        v: u32,
    }
    let not_json = |error: serde_json::Error| {
        // Behind it is the place in this text, of which the reader of a file knows nothing.
        let error = error.to_string();
        let what = error
            .rsplit_once(" at line ")
            .map_or(&*error, |(what, _)| what);
        LineError::Json(what.escape_debug().to_string())
    };
    let Version { v } = serde_json::from_str(text).map_err(not_json)?;
    if v != VERSION {
        return Err(LineError::Version(v));
    }
    serde_json::from_str(text).map_err(not_json)
}

impl Line {
    /// What was decided, in the order in which it was: of a lookup the name and then each address, of a request of
    /// `wasi:http` its lookup and then each connection. Other records are about no decision.
    ///
    /// # Errors
    ///
    /// A field that belongs to the record is missing, or means nothing.
    pub fn recorded(&self) -> Result<Vec<Recorded>, LineError> {
        let Some(action) = Action::ALL
            .into_iter()
            .find(|action| action.as_str() == self.event)
        else {
            return Ok(Vec::new());
        };
        let fields = &self.fields;
        match action {
            Action::Resolve => fields.as_lookup(),
            Action::Http => {
                let mut recorded = Vec::new();
                let mut names = Arc::default();
                if let Some(lookup) = &fields.lookup {
                    names = [lookup.looked_up()?].into();
                    recorded = lookup.as_lookup()?;
                }
                for connect in fields.connects.iter().flatten() {
                    // Where a connection was mapped, the name is not that of its target.
                    let names = match connect.asked {
                        None => Arc::clone(&names),
                        Some(_) => Arc::default(),
                    };
                    recorded.push(connect.as_call(Action::Connect, names)?);
                }
                Ok(recorded)
            }
            action => {
                let names = fields.names.iter().flatten().map(pinned);
                Ok(vec![
                    fields.as_call(action, names.collect::<Result<_, _>>()?)?,
                ])
            }
        }
    }
}

impl Fields {
    /// A lookup, and each address of its answer.
    fn as_lookup(&self) -> Result<Vec<Recorded>, LineError> {
        let name = self.looked_up()?;
        let asked = Request::Resolve {
            name: name.asked.clone(),
        };
        // The record's verdict is about the answer as well; this is about the name alone.
        let verdict = match (self.outcome.as_deref(), self.reason.as_deref()) {
            (Some("refused"), _) => Verdict::Denied,
            (_, Some("rule")) => Verdict::Allowed,
            _ => Verdict::Reported,
        };
        let mut recorded = vec![Recorded {
            request: asked,
            verdict,
            asked: None,
        }];
        for answer in self.answers.iter().flatten() {
            let name = name.clone();
            let address = some(answer.address, "address")?;
            recorded.push(Recorded {
                request: Request::Answer { name, address },
                verdict: answer.verdict()?,
                asked: None,
            });
        }
        Ok(recorded)
    }

    fn as_call(&self, action: Action, names: Arc<[PinnedName]>) -> Result<Recorded, LineError> {
        let remote = || some(self.remote, "remote");
        let request = match action {
            Action::Connect => Request::Connect {
                protocol: self.protocol()?,
                remote: remote()?,
                names,
            },
            Action::Send => Request::Send {
                remote: remote()?,
                names,
            },
            Action::ReceiveReply => Request::ReceiveReply {
                listener: self.listener()?,
                peer: remote()?,
                names,
            },
            Action::Receive => Request::Receive {
                listener: self.listener()?,
                peer: remote()?,
            },
            Action::Reply => Request::Reply {
                listener: self.listener()?,
                peer: remote()?,
                names,
            },
            Action::Bind => Request::Bind {
                protocol: self.protocol()?,
                local: some(self.local, "local")?,
            },
            Action::Listen => Request::Listen {
                listener: self.listener()?,
            },
            Action::Accept => Request::Accept {
                listener: self.listener()?,
                local: some(self.local, "local")?,
                peer: remote()?,
            },
            Action::Resolve => Request::Resolve {
                name: self.looked_up()?.asked,
            },
            // It consists of others.
            Action::Http => return Err(LineError::Missing("event")),
        };
        Ok(Recorded {
            request,
            verdict: self.verdict()?,
            asked: self.asked,
        })
    }

    fn listener(&self) -> Result<Listener, LineError> {
        Ok(Listener {
            address: some(self.listener.or(self.local), "local")?,
            ephemeral: self.ephemeral.unwrap_or_default(),
        })
    }

    fn looked_up(&self) -> Result<PinnedName, LineError> {
        pinned(&PinnedFields {
            name: some(self.name.clone(), "name")?,
            aliases: self.aliases.clone().unwrap_or_default(),
        })
    }

    fn protocol(&self) -> Result<Protocol, LineError> {
        one_of([Protocol::Tcp, Protocol::Udp], "protocol", &self.protocol)
    }

    fn verdict(&self) -> Result<Verdict, LineError> {
        let all = [Verdict::Allowed, Verdict::Denied, Verdict::Reported];
        one_of(all, "verdict", &self.verdict)
    }
}

fn pinned(fields: &PinnedFields) -> Result<PinnedName, LineError> {
    let name =
        |text: &String| Name::parse(text).map_err(|_| LineError::Meaningless("name", text.clone()));
    Ok(PinnedName {
        asked: name(&fields.name)?,
        chain: fields.aliases.iter().map(name).collect::<Result<_, _>>()?,
    })
}

fn some<T>(value: Option<T>, field: &'static str) -> Result<T, LineError> {
    value.ok_or(LineError::Missing(field))
}

/// The value that has this text.
fn one_of<T: Copy + Display>(
    values: impl IntoIterator<Item = T>,
    field: &'static str,
    text: &Option<String>,
) -> Result<T, LineError> {
    let text = text.as_ref().ok_or(LineError::Missing(field))?;
    let found = values.into_iter().find(|value| value.to_string() == *text);
    found.ok_or_else(|| LineError::Meaningless(field, text.clone()))
}
