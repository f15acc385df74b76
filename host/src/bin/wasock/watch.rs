//! The policy file while the component runs: when it changes, what it says then is in force.
//!
//! It is looked at twice a second, by its content: editors replace a file, and a clock that stands still hides a change. What
//! is new counts when it is still the same at the next look: a file that is being written says less than it will, and what
//! is missing may be a denial. A SIGHUP makes it be read at once.
//!
//! A file that cannot be read or understood changes nothing, and it is said what is wrong with it. So is every change: the
//! person who made it waits to hear of it.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use wasock::NetHandle;
use wasock::policy::{Policy, PolicyFile};

use crate::files;

/// How often the file is looked at.
const INTERVAL: Duration = Duration::from_millis(500);

/// A policy file, and whose policy it is.
pub(crate) struct Watch<B, T> {
    pub(crate) path: PathBuf,
    /// Makes a policy of what it says and of what the command line says.
    pub(crate) build: B,
    pub(crate) net: NetHandle,
    /// Tells the person.
    pub(crate) tell: T,
}

/// What came of looking.
#[derive(Default)]
struct Seen {
    /// What the file said when it was put in force. Not known of the policy that the run began with.
    in_force: Option<String>,
    /// What the file said the last time.
    text: Option<String>,
    /// What was wrong with it, and was told.
    trouble: Option<String>,
}

impl<B, T> Watch<B, T>
where
    B: Fn(PolicyFile) -> Policy + Send + 'static,
    T: Fn(&str) + Send + 'static,
{
    /// Watch until the process ends, or nobody can ask any more. Each message on `asked` makes the file be read at once.
    pub(crate) fn start(mut self, asked: Receiver<()>) -> Result<()> {
        thread::Builder::new()
            .name("wasock-watch".to_owned())
            .spawn(move || {
                let mut seen = Seen::default();
                loop {
                    let is_asked = match asked.recv_timeout(INTERVAL) {
                        Ok(()) => true,
                        Err(RecvTimeoutError::Timeout) => false,
                        Err(RecvTimeoutError::Disconnected) => return,
                    };
                    self.look(is_asked, &mut seen);
                }
            })
            .context("cannot start the thread that watches the policy")?;
        Ok(())
    }

    fn look(&mut self, is_asked: bool, seen: &mut Seen) {
        let path = self.path.display().to_string();
        match self.read(is_asked, seen) {
            Ok(None) => {}
            Ok(Some(policy)) => {
                self.net.set_policy(policy);
                seen.trouble = None;
                (self.tell)(&format!("policy: {path} is in force as it is now"));
            }
            Err(error) => {
                let trouble = format!("{error:#}");
                if is_asked || seen.trouble.as_ref() != Some(&trouble) {
                    (self.tell)(&format!("policy: the one before stays in force\n{trouble}"));
                }
                seen.trouble = Some(trouble);
            }
        }
    }

    /// The policy, if it is another one than before.
    fn read(&mut self, is_asked: bool, seen: &mut Seen) -> Result<Option<Policy>> {
        let text = files::read_policy(&self.path)?;
        let is_old = seen.in_force.as_ref() == Some(&text);
        if is_old {
            seen.trouble = None;
        }
        let is_whole = seen.text.replace(text.clone()).as_ref() == Some(&text);
        if !is_asked && (is_old || !is_whole) {
            return Ok(None);
        }
        let name = self.path.to_string_lossy();
        let policy = (self.build)(PolicyFile::parse(&*name, &text)?);
        let is_first = seen.in_force.replace(text).is_none();
        let is_the_same = is_first && policy == *self.net.policy();
        Ok((is_asked || !is_the_same).then_some(policy))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::mpsc::{Receiver, Sender, channel};

    use wasock::{NetCtx, Policy};

    use super::*;

    /// Far longer than it takes.
    const LIMIT: Duration = Duration::from_secs(20);

    const ONE: &str = "version = 1\noutbound.allow = [\"tcp://192.0.2.1:1\"]\n";
    const OTHER: &str = "version = 1\noutbound.allow = [\"tcp://192.0.2.2:2\"]\n";
    const BAD: &str = "version = 1\noutbound.allow = [\"tcp://192.0.2.2\"]\n";

    struct Watched {
        path: PathBuf,
        net: NetHandle,
        told: Receiver<String>,
        ask: Sender<()>,
        _folder: tempfile::TempDir,
    }

    impl Watched {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("policy.toml");
            std::fs::write(&path, ONE).unwrap();
            let net = NetCtx::builder().policy(policy(ONE)).build().handle();
            let ((tell, told), (ask, asked)) = (channel(), channel());
            let watch = Watch {
                path: path.clone(),
                build: |file| Policy::builder().file(file).build(),
                net: net.clone(),
                tell: move |text: &str| _ = tell.send(text.to_owned()),
            };
            watch.start(asked).unwrap();
            Self {
                path,
                net,
                told,
                ask,
                _folder: folder,
            }
        }

        fn is_told(&self) -> String {
            self.told.recv_timeout(LIMIT).unwrap()
        }

        fn is_by(&self, text: &str) -> bool {
            *self.net.policy() == policy(text)
        }
    }

    fn policy(text: &str) -> Policy {
        let file = PolicyFile::parse("policy.toml", text).unwrap();
        Policy::builder().file(file).build()
    }

    fn replace(path: &Path, text: &str) {
        let partial = path.with_extension("partial");
        std::fs::write(&partial, text).unwrap();
        std::fs::rename(partial, path).unwrap();
    }

    #[test]
    fn a_file_that_is_written_or_replaced_is_in_force() {
        let watched = Watched::new();
        assert!(watched.is_by(ONE));
        std::fs::write(&watched.path, OTHER).unwrap();
        assert!(watched.is_told().ends_with("is in force as it is now"));
        assert!(watched.is_by(OTHER));
        replace(&watched.path, ONE);
        assert!(watched.is_told().ends_with("is in force as it is now"));
        assert!(watched.is_by(ONE));
    }

    #[test]
    fn a_file_that_is_not_understood_changes_nothing_and_says_why_once() {
        let watched = Watched::new();
        replace(&watched.path, BAD);
        let told = watched.is_told();
        assert!(
            told.starts_with("policy: the one before stays in force\n")
                && told.contains("policy.toml:2:"),
            "{told}"
        );
        assert!(watched.is_by(ONE));
        // Asked, it says so again.
        watched.ask.send(()).unwrap();
        assert_eq!(watched.is_told(), told);
        replace(&watched.path, OTHER);
        assert!(watched.is_told().ends_with("is in force as it is now"));
        assert!(watched.is_by(OTHER));
    }

    #[test]
    fn a_file_that_is_gone_changes_nothing_and_counts_when_it_is_back() {
        let watched = Watched::new();
        std::fs::remove_file(&watched.path).unwrap();
        let told = watched.is_told();
        assert!(told.contains("cannot read"), "{told}");
        assert!(watched.is_by(ONE));
        replace(&watched.path, OTHER);
        watched.is_told();
        assert!(watched.is_by(OTHER));
    }

    #[test]
    fn who_asks_has_the_file_read_though_it_is_the_same() {
        let watched = Watched::new();
        watched.net.set_policy(Policy::default());
        watched.ask.send(()).unwrap();
        assert!(watched.is_told().ends_with("is in force as it is now"));
        assert!(watched.is_by(ONE));
    }
}
