//! The ways that records take: to a file, to several sinks, counted, to `tracing`.

use std::fmt::{self, Write as _};
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Metadata, Subscriber};
use wasock::audit::json::{Line, read_line};
use wasock::audit::{CountRepeats, Entry, Guest, JsonLines, Tracing};
use wasock::{AuditSink, Collect, Record};

use super::samples::samples;
use super::{decided_by_nothing, first};

/// A writer that a test looks into, and that takes only so much until it is emptied.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<Space>>);

#[derive(Default)]
struct Space {
    content: Vec<u8>,
    free: Option<usize>,
}

impl Disk {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().content.clone()).unwrap()
    }

    fn set_free(&self, free: Option<usize>) {
        self.0.lock().unwrap().free = free;
    }

    fn lines(&self) -> Vec<Line> {
        let text = self.text();
        text.lines()
            .filter_map(|line| read_line(line).ok())
            .collect()
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut space = self.0.lock().unwrap();
        let taken = space.free.map_or(bytes.len(), |free| free.min(bytes.len()));
        if taken == 0 {
            return Err(ErrorKind::StorageFull.into());
        }
        space.content.extend_from_slice(&bytes[..taken]);
        space.free = space.free.map(|free| free - taken);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn each_record_is_one_line_in_its_order() {
    let disk = Disk::default();
    let sink = JsonLines::new(disk.clone());
    let samples = samples();
    for sample in &samples {
        sink.record(&sample.entry());
    }
    let expected: String = samples.iter().map(|sample| sample.line() + "\n").collect();
    assert_eq!(disk.text(), expected);
    assert_eq!(sink.lost(), 0);
}

#[test]
fn a_full_disk_costs_records_and_nothing_else() {
    let disk = Disk::default();
    let told = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&told);
    let sink = JsonLines::new(disk.clone()).on_trouble(move |error| {
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        counter.fetch_add(1, Ordering::Relaxed);
    });
    let record = decided_by_nothing("192.0.2.1:1");
    let enter = |sequence| {
        sink.record(&Entry {
            sequence,
            ..first(&record)
        });
    };

    enter(0);
    // The next line stays half written.
    disk.set_free(Some(10));
    (1..4).for_each(enter);
    assert_eq!((sink.lost(), told.load(Ordering::Relaxed)), (3, 1));
    disk.set_free(None);
    enter(4);
    disk.set_free(Some(0));
    enter(5);
    disk.set_free(None);
    enter(6);

    let lines = disk.lines();
    let written: Vec<(u64, u64)> = lines.iter().map(|line| (line.seq, line.lost)).collect();
    assert_eq!(written, [(0, 0), (4, 3), (6, 1)]);
    assert_eq!(disk.text().lines().count(), 4, "{}", disk.text());
    assert_eq!((sink.lost(), told.load(Ordering::Relaxed)), (4, 1));
}

#[test]
fn a_line_that_is_torn_again_and_again_spoils_no_other() {
    let disk = Disk::default();
    let sink = JsonLines::new(disk.clone());
    let record = decided_by_nothing("192.0.2.1:1");
    for (sequence, free) in [(0, 1), (1, 1), (2, 2), (3, 5), (4, 0), (5, 1)] {
        disk.set_free(Some(free));
        sink.record(&Entry {
            sequence,
            ..first(&record)
        });
    }
    disk.set_free(None);
    sink.record(&Entry {
        sequence: 6,
        ..first(&record)
    });
    let written: Vec<(u64, u64)> = disk.lines().iter().map(|l| (l.seq, l.lost)).collect();
    assert_eq!(written, [(6, 6)], "{}", disk.text());
}

#[test]
fn files_that_several_write_to_have_whole_lines() {
    const WRITERS: u64 = 8;
    const EACH: u64 = 200;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let open = || {
        let mut options = std::fs::OpenOptions::new();
        options.append(true).create(true).open(&path).unwrap()
    };
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            let sink = JsonLines::new(open());
            scope.spawn(move || {
                let record = decided_by_nothing("192.0.2.1:1");
                for sequence in 0..EACH {
                    sink.record(&Entry {
                        sequence,
                        ..first(&record)
                    });
                }
            });
        }
    });
    let text = std::fs::read_to_string(&path).unwrap();
    let numbers = text.lines().map(|line| read_line(line).unwrap().seq);
    assert_eq!(numbers.sum::<u64>(), WRITERS * EACH * (EACH - 1) / 2);
}

/// Takes a line when somebody is there to take it over.
struct Rendezvous(SyncSender<Vec<u8>>);

impl Write for Rendezvous {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.send(bytes.to_vec());
        sent.map(|()| bytes.len())
            .map_err(|_| ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_slow_writer_holds_up_who_records_and_nothing_piles_up() {
    const RECORDS: u64 = 100;
    let (sender, receiver) = sync_channel(0);
    let entered = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&entered);
    let guest = std::thread::spawn(move || {
        let sink = JsonLines::new(Rendezvous(sender));
        let record = decided_by_nothing("192.0.2.1:1");
        for sequence in 0..RECORDS {
            sink.record(&Entry {
                sequence,
                ..first(&record)
            });
            counter.fetch_add(1, Ordering::SeqCst);
        }
        sink.lost()
    });
    for taken in 0..RECORDS {
        // What is not taken yet, the guest waits for.
        assert!(entered.load(Ordering::SeqCst) <= taken);
        let line = String::from_utf8(receiver.recv().unwrap()).unwrap();
        assert_eq!(read_line(line.trim_end()).unwrap().seq, taken);
    }
    assert_eq!(guest.join().unwrap(), 0);
}

#[test]
fn several_sinks_get_the_same() {
    let sinks = [Collect::default(), Collect::default(), Collect::default()];
    let [first_sink, second, third] = sinks.clone();
    let boxed: Vec<Box<dyn AuditSink>> = vec![Box::new(first_sink), Box::new(None::<Collect>)];
    let sink = (boxed, (second, Some(third)));
    let record = decided_by_nothing("192.0.2.1:1");
    sink.record(&first(&record));
    for sink in sinks {
        assert_eq!(sink.records(), std::slice::from_ref(&record));
    }
}

/// What a sink gets of each record: which it is, and how often.
#[derive(Clone, Default)]
struct Counts(Arc<Mutex<Vec<(String, u64, u64)>>>);

impl AuditSink for Counts {
    fn record(&self, entry: &Entry<'_>) {
        let entry = (entry.record.to_string(), entry.sequence, entry.count);
        self.0.lock().unwrap().push(entry);
    }
}

impl Counts {
    fn take(&self) -> Vec<(u64, u64)> {
        let taken = std::mem::take(&mut *self.0.lock().unwrap());
        taken
            .into_iter()
            .map(|(_, seq, count)| (seq, count))
            .collect()
    }

    fn total(&self) -> u64 {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|(_, _, count)| count)
            .sum()
    }
}

/// Enters records one after another, at times of its own.
struct Entering<S> {
    sink: S,
    sequence: u64,
    seconds: u64,
}

impl<S: AuditSink> Entering<S> {
    fn new(sink: S) -> Self {
        Self {
            sink,
            sequence: 0,
            seconds: 1_000_000,
        }
    }

    fn enter(&mut self, record: &Record) {
        self.sink.record(&Entry {
            sequence: self.sequence,
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(self.seconds),
            ..first(record)
        });
        self.sequence += 1;
    }
}

#[test]
fn a_refusal_that_repeats_is_told_when_it_begins_and_counted_after_a_minute() {
    let counts = Counts::default();
    let mut entering = Entering::new(CountRepeats::new(counts.clone()));
    let [one, other] = ["192.0.2.1:1", "192.0.2.1:2"].map(decided_by_nothing);
    for record in [&one, &one, &other, &one] {
        entering.enter(record);
    }
    assert_eq!(counts.take(), [(0, 1), (2, 1)]);

    entering.seconds += 60;
    entering.enter(&one);
    // What was counted, and the first of the next minute.
    assert_eq!(counts.take(), [(3, 2), (4, 1)]);
    // A clock that is set back holds nothing up.
    entering.enter(&one);
    entering.seconds -= 3_600;
    entering.enter(&one);
    assert_eq!(counts.take(), [(5, 1), (6, 1)]);

    entering.enter(&one);
    entering.sink.flush();
    assert_eq!(counts.take(), [(7, 1)]);
    entering.enter(&other);
    entering.enter(&other);
    drop(entering);
    assert_eq!(counts.take(), [(8, 1), (9, 1)]);
}

#[test]
fn what_is_not_refused_is_not_counted_together() {
    let counts = Counts::default();
    let mut entering = Entering::new(CountRepeats::new(counts.clone()));
    let closed = samples()
        .into_iter()
        .find(|sample| sample.about == "closed");
    let closed = closed.unwrap().record;
    for _ in 0..3 {
        entering.enter(&closed);
    }
    assert_eq!(counts.take(), [(0, 1), (1, 1), (2, 1)]);
}

#[test]
fn a_guest_that_is_refused_everything_everywhere_fills_neither_log_nor_memory() {
    const REFUSALS: u32 = 10_000;
    let counts = Counts::default();
    let mut entering = Entering::new(CountRepeats::new(counts.clone()));
    for number in 0..REFUSALS {
        let address = std::net::Ipv4Addr::from(0xc000_0000 + number);
        entering.enter(&decided_by_nothing(&format!("{address}:1")));
    }
    entering.sink.flush();
    assert_eq!(counts.total(), u64::from(REFUSALS));
    let told = counts.0.lock().unwrap().clone();
    assert_eq!(told.len(), 256 + 1);
    let last = told.last().unwrap();
    assert_eq!(last.0, "denied: more, not shown");
    assert_eq!(last.2, u64::from(REFUSALS) - 256);
}

#[test]
fn guests_that_share_a_sink_are_counted_apart() {
    let collected = Counts::default();
    let sink = CountRepeats::new(collected.clone());
    let record = decided_by_nothing("192.0.2.1:1");
    for name in ["a", "b", "a", "b"] {
        let guest = Guest {
            name: Some(name.into()),
            tenant: None,
        };
        sink.record(&Entry {
            guest: &guest,
            ..first(&record)
        });
    }
    assert_eq!(collected.take().len(), 2);
    sink.flush();
    assert_eq!(collected.take().len(), 2);
}

/// Keeps events as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(Level, String)>>>);

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "wasock::audit"
    }

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        let level = *event.metadata().level();
        self.0.lock().unwrap().push((level, text.0));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

#[test]
fn tracing_has_each_record_at_its_level() {
    let log = Log::default();
    let denied = decided_by_nothing("192.0.2.1:1");
    let closed = samples()
        .into_iter()
        .find(|sample| sample.about == "closed");
    tracing::subscriber::with_default(log.clone(), || {
        Tracing.record(&first(&denied));
        Tracing.record(&closed.unwrap().entry());
    });
    let events = log.0.lock().unwrap().clone();
    let [(denied_at, denied), (closed_at, closed)] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!((*denied_at, *closed_at), (Level::WARN, Level::INFO));
    for part in [
        "denied: outbound tcp 192.0.2.1:1",
        "verdict=denied",
        "seq=0",
    ] {
        assert!(denied.contains(part), "{denied}");
    }
    for part in ["guest=\"app.wasm\"", "received 48213 bytes"] {
        assert!(closed.contains(part), "{closed}");
    }
}
