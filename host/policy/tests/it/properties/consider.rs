//! What holds for the lines that are asked one by one, and for what changes.

use proptest::prelude::*;
use wasock_policy::{Effect, Policy, PolicyBuilder, PolicyDiff, Reason, Request, Role, Verdict};

use super::strategy::{any_policy, any_request, own_addresses, surrounded_policy};

proptest! {
    #[test]
    fn the_line_that_decided_is_the_one_that_says_so(policy in surrounded_policy(), request in any_request()) {
        let considered = policy.consider(&request);
        prop_assert_eq!(&considered.decision, &policy.decide(&request));
        let decided: Vec<_> = considered
            .lines
            .iter()
            .filter(|line| line.role == Role::Decided)
            .map(|line| &line.line)
            .collect();
        let expected: Vec<_> = considered.decision.reason().line().into_iter().collect();
        prop_assert_eq!(decided, expected);
    }

    /// Those that are said to have nothing to say can be left out.
    #[test]
    fn lines_that_are_about_something_else_change_nothing(
        policy in any_policy(), own in own_addresses(), request in any_request(),
    ) {
        let policy = PolicyBuilder::from(policy).own_addresses(own.clone()).build();
        // A rule for the address of an answer counts once another one has allowed the lookup.
        if matches!(request, Request::Answer { .. }) {
            return Ok(());
        }
        let considered = policy.consider(&request);
        let lines = considered.lines.iter().filter(|line| line.is_about_it());
        let rest = lines.fold(Policy::builder(), |builder, considered| builder.line(considered.line.clone()));
        let rest = rest.own_addresses(own).build();
        prop_assert_eq!(rest.decide(&request), considered.decision);
    }

    #[test]
    fn lines_that_are_not_asked_are_about_something_else(policy in any_policy(), request in any_request()) {
        let considered = policy.consider(&request);
        let asked: Vec<_> = considered.lines.iter().map(|line| &line.line).collect();
        for line in policy.lines().filter(|line| !asked.contains(&line)) {
            let alone = Policy::builder().line(line.clone()).build().decide(&request);
            prop_assert!(matches!(alone.reason(), Reason::NoRule | Reason::WildcardBind), "{line}");
        }
    }

    #[test]
    fn a_role_follows_from_what_the_line_does_alone(policy in any_policy(), request in any_request()) {
        let considered = policy.consider(&request);
        for each in &considered.lines {
            let alone = Policy::builder().line(each.line.clone()).build().decide(&request);
            match (&each.role, each.line.effect) {
                (Role::Overruled, effect) => {
                    prop_assert_eq!(effect, Effect::Allow);
                    prop_assert_eq!(considered.decision.verdict(), Verdict::Deny);
                    prop_assert!(alone.is_allowed());
                }
                (Role::Agrees, Effect::Allow) => prop_assert!(alone.is_allowed()),
                (Role::Agrees, Effect::Deny) => prop_assert!(!alone.is_allowed()),
                (Role::LeavesOut(reason), _) => prop_assert_eq!(alone.reason(), reason),
                (Role::Differs(_), _) => {
                    prop_assert!(matches!(alone.reason(), Reason::NoRule | Reason::WildcardBind));
                }
                (Role::Decided, _) => {}
            }
        }
    }

    #[test]
    fn what_changes_leads_from_one_policy_to_the_other(old in any_policy(), new in any_policy()) {
        let diff = PolicyDiff::between(&old, &new);
        let mut lines: Vec<_> = old.lines().collect();
        for line in &diff.removed {
            let at = lines.iter().position(|listed| listed == line).unwrap();
            lines.remove(at);
        }
        lines.extend(diff.added.iter().cloned());
        let built = lines.into_iter().fold(Policy::builder(), |builder, line| builder.line(line)).build();
        prop_assert!(PolicyDiff::between(&built, &new).is_empty());
        prop_assert!(PolicyDiff::between(&old, &old).is_empty());
    }
}
