//! A part of the text that knows where it stands, so that an error can point at it.

use std::ops::Range;

/// A part of a rule's text, with its place in the whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    start: usize,
}

impl<'a> Piece<'a> {
    /// The whole text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, start: 0 }
    }

    /// The place, in bytes of the whole text.
    pub(super) fn span(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Both parts at a byte position of this piece, which is at a character boundary.
    pub(super) fn split_at(self, index: usize) -> (Self, Self) {
        let (before, after) = self.text.split_at_checked(index).unwrap_or((self.text, ""));
        (
            Self {
                text: before,
                start: self.start,
            },
            Self {
                text: after,
                start: self.start + before.len(),
            },
        )
    }

    /// The empty piece at the end of this one.
    pub(super) fn end(self) -> Self {
        self.split_at(self.text.len()).1
    }

    /// What stands before and after the first `separator`.
    pub(super) fn split_once(self, separator: char) -> Option<(Self, Self)> {
        let index = self.text.find(separator)?;
        let (before, rest) = self.split_at(index);
        Some((before, rest.split_at(separator.len_utf8()).1))
    }

    /// What stands up to and including the first `mark`, and what follows.
    pub(super) fn split_after(self, mark: &str) -> Option<(Self, Self)> {
        let index = self.text.find(mark)?;
        Some(self.split_at(index + mark.len()))
    }

    /// The first `mark` itself.
    pub(super) fn only(self, mark: &str) -> Option<Self> {
        let (_, rest) = self.split_at(self.text.find(mark)?);
        Some(rest.split_at(mark.len()).0)
    }

    /// The elements of a list.
    pub(super) fn split(self, separator: char) -> impl Iterator<Item = Self> {
        let mut rest = Some(self);
        std::iter::from_fn(move || {
            let current = rest?;
            match current.split_once(separator) {
                Some((element, after)) => {
                    rest = Some(after);
                    Some(element)
                }
                None => rest.take(),
            }
        })
    }

    /// The first run of characters of which `wanted` is true.
    pub(super) fn find(self, wanted: impl Fn(char) -> bool) -> Option<Self> {
        let from = self.text.find(&wanted)?;
        let (_, rest) = self.split_at(from);
        let length = rest.text.find(|c| !wanted(c)).unwrap_or(rest.text.len());
        Some(rest.split_at(length).0)
    }
}
