//! From a policy to the text of a file.

use std::fmt;

use crate::{Amount, Effect, Line, Mode, OnRevoke, Policy, Rule};

/// The policy as a file that says the same: [`PolicyFile`](crate::PolicyFile). Ceilings and the host's own addresses are no part
/// of it: those belong to the host that the policy is for.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "version = 1")?;
        if self.mode() != Mode::default() {
            writeln!(f, "mode = \"{}\"", self.mode())?;
        }
        if self.on_revoke() != OnRevoke::default() {
            writeln!(f, "on-revoke = \"{}\"", self.on_revoke())?;
        }
        list(f, "map", self.mappings())?;

        let lines: Vec<Line> = self.lines().collect();
        for (section, is_in) in SECTIONS {
            let mut heading = Some(section);
            for effect in [Effect::Allow, Effect::Deny] {
                let listed = |line: &&Line| line.effect == effect && is_in(&line.rule);
                let rules: Vec<&Rule> =
                    lines.iter().filter(listed).map(|line| &line.rule).collect();
                if let Some(section) = heading.take_if(|_| !rules.is_empty()) {
                    writeln!(f, "\n[{section}]")?;
                }
                list(f, effect, &rules)?;
            }
        }

        let limits = self.limits_of_its_own();
        if !limits.is_empty() {
            writeln!(f, "\n[limits]")?;
        }
        for (limit, amount) in limits.iter() {
            match amount {
                // Larger ones are no numbers to TOML.
                Amount::Count(count) if i64::try_from(count).is_ok() => {
                    writeln!(f, "{limit} = {count}")?
                }
                amount => writeln!(f, "{limit} = \"{amount}\"")?,
            }
        }
        Ok(())
    }
}

type IsIn = fn(&Rule) -> bool;

/// The sections of rules, and what stands in each.
const SECTIONS: [(&str, IsIn); 3] = [
    ("outbound", |rule| matches!(rule, Rule::Outbound(_))),
    ("inbound", |rule| matches!(rule, Rule::Inbound(_))),
    ("resolve", |rule| matches!(rule, Rule::Resolve(_))),
];

/// A list, one element a line; nothing if there is none. The texts of rules and mappings need no escapes.
fn list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    key: impl fmt::Display,
    elements: &[T],
) -> fmt::Result {
    if elements.is_empty() {
        return Ok(());
    }
    writeln!(f, "{key} = [")?;
    for element in elements {
        writeln!(f, "    \"{element}\",")?;
    }
    writeln!(f, "]")
}
