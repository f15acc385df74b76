//! The text of a file, and where in it something is.

use std::ops::Range;
use std::sync::Arc;

use super::Mistake;
use crate::Origin;
use crate::parse_error::escape;

/// The text of a file, with its name and the places where its lines begin.
pub(super) struct Source<'a> {
    name: Arc<str>,
    text: &'a str,
    starts: Vec<usize>,
}

/// How much of a line is quoted before a mistake, and from there on. A list of a thousand rules may stand on one line.
const BEFORE: usize = 60;
const BEHIND: usize = 100;

impl<'a> Source<'a> {
    pub(super) fn new(name: Arc<str>, text: &'a str) -> Self {
        let behind_breaks = text.match_indices('\n').map(|(index, _)| index + 1);
        Self {
            name,
            text,
            starts: std::iter::once(0).chain(behind_breaks).collect(),
        }
    }

    /// The text at a place.
    pub(super) fn text(&self, span: Range<usize>) -> &'a str {
        self.text.get(span).unwrap_or_default()
    }

    /// Where the line at this byte was written.
    pub(super) fn origin(&self, at: usize) -> Origin {
        Origin::File {
            file: Arc::clone(&self.name),
            line: self.line(at),
        }
    }

    /// Something is wrong at a place.
    pub(super) fn mistake(&self, span: Range<usize>, message: impl Into<String>) -> Mistake {
        let line = self.line(span.start);
        let before = self.text(self.start(line)..span.start);
        let column = u32::try_from(before.chars().count()).unwrap_or(u32::MAX);
        let (quoted, before, marks) = self.quoted(span.clone());
        // There is nothing to see in an empty line.
        let quote = if quoted.trim().is_empty() {
            String::new()
        } else {
            format!("{quoted}\n{}{}", " ".repeat(before), "^".repeat(marks))
        };
        Mistake {
            file: Arc::clone(&self.name),
            line,
            column: column.saturating_add(1),
            span,
            message: message.into(),
            quote,
        }
    }

    /// The line of a place, in printable ASCII, with the column where the place begins, and its width.
    fn quoted(&self, span: Range<usize>) -> (String, usize, usize) {
        let start = self.start(self.line(span.start));
        let rest = self.text(start..self.text.len());
        let line = rest.lines().next().unwrap_or_default();
        let at = span.start.saturating_sub(start).min(line.len());
        let end = span.end.saturating_sub(start).clamp(at, line.len());
        let part = |range: Range<usize>| escape(line.get(range).unwrap_or_default());
        let (before, marked, behind) = (part(0..at), part(at..end), part(end..line.len()));

        // Escaped text is ASCII, so that it can be cut anywhere.
        let cut = before.len().saturating_sub(BEFORE);
        let opening = if cut > 0 { "..." } else { "" };
        let shown = format!("{opening}{}", before.get(cut..).unwrap_or_default());
        let tail = format!("{marked}{behind}");
        let closing = if tail.len() > BEHIND { "..." } else { "" };
        let tail = tail.get(..BEHIND).unwrap_or(&tail);
        let marks = marked.len().clamp(1, BEHIND);
        (format!("{shown}{tail}{closing}"), shown.len(), marks)
    }

    /// The number of the line, from 1.
    fn line(&self, at: usize) -> u32 {
        let line = self.starts.partition_point(|start| *start <= at);
        u32::try_from(line).unwrap_or(u32::MAX).max(1)
    }

    fn start(&self, line: u32) -> usize {
        let index = usize::try_from(line).unwrap_or(usize::MAX) - 1;
        self.starts.get(index).copied().unwrap_or(self.text.len())
    }
}
