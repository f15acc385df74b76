//! The lines of a file, with their numbers.

use std::io::{self, BufRead};

use super::MAX_LINE;
use super::fields::Line;
use super::read::{LineError, read_line};

/// Reads the lines of a file one by one, however long they are: what is too long is an error and takes no memory. Empty
/// lines are passed over.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of `input`.
    pub fn new(input: R) -> Self {
        Self { input, number: 0 }
    }

    /// The next line into `line`, without its end, and no more than one octet above what a line may have. Whether there
    /// was one.
    fn read(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        let mut is_there = false;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                return Ok(is_there);
            }
            is_there = true;
            let end = available.iter().position(|&octet| octet == b'\n');
            let part = end.unwrap_or(available.len());
            let room = (MAX_LINE + 1).saturating_sub(line.len());
            line.extend(available.iter().take(part.min(room)));
            let used = end.map_or(part, |end| end + 1);
            self.input.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

/// Each line with its number, from 1. An error of the file ends it.
impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<(u64, Result<Line, LineError>)>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        loop {
            match self.read(&mut line) {
                Ok(true) => self.number += 1,
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let read = match str::from_utf8(&line) {
                Ok(text) => read_line(text),
                Err(_) => Err(LineError::Json("it is not UTF-8".to_owned())),
            };
            return Some(Ok((self.number, read)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8]) -> Vec<(u64, bool)> {
        // Two octets at a time, so that lines lie across.
        let input = io::BufReader::with_capacity(2, input);
        let lines = Lines::new(input).map(|line| line.unwrap());
        lines.map(|(number, line)| (number, line.is_ok())).collect()
    }

    #[test]
    fn each_line_is_read_and_keeps_its_number() {
        const GOOD: &str = r#"{"v":1,"time":"","seq":0,"event":"omitted"}"#;
        let long = "x".repeat(2 * MAX_LINE);
        let text = format!("{GOOD}\n\ngarbage\r\n{long}\n  {GOOD}\r\n{{\"v\":1,");
        let expected = [(1, true), (3, false), (4, false), (5, true), (6, false)];
        assert_eq!(read(text.as_bytes()), expected);
        assert_eq!(read(b""), []);
        assert_eq!(read(b"\xff\xfe\n"), [(1, false)]);
    }

    #[test]
    fn a_line_that_is_too_long_says_so() {
        let long = vec![b'x'; 2 * MAX_LINE];
        let mut lines = Lines::new(long.as_slice());
        let (_, line) = lines.next().unwrap().unwrap();
        assert_eq!(line, Err(LineError::Long));
        assert!(lines.next().is_none());
    }
}
