//! Broken and hostile files of events: an error that names the place, never silence.

use std::fs;

use super::{directory, errors, gzip, load_directory, load_file};

const EVENT: &str = r#"{"eventTime":"2026-01-01T00:00:00Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt","awsRegion":"eu-west-1"}"#;

/// What is complained of in this text, as it is and compressed.
fn complaints(text: &str) -> (Vec<String>, Vec<String>) {
    let plain = load_file("broken", "a.json", text.as_bytes());
    let compressed = load_file("broken", "a.json.gz", &gzip(text.as_bytes()));
    (errors(&plain), errors(&compressed))
}

/// What stands in place of the second event, the place of what is wrong, and the message.
const BROKEN: &[(&str, &str, &str)] = &[
    ("7", "2:1", "expected an event, which is an object"),
    ("{\"eventTime\":7}", "2:1", "the event has no `eventSource`"),
    (
        "{\"a\":[}]}",
        "2:7",
        "this bracket closes another kind than was opened",
    ),
    ("{\"a\" 1}", "2:6", "expected `:` after the key"),
    ("{\"a\":01 2}", "2:9", "expected `,` or `}`"),
    (
        "{\"Version\":\"2012-10-17\"}",
        "2:1",
        "the event has no `eventSource`",
    ),
    (
        "{\"eventSource\":\"a\",\"eventSource\":\"a\"}",
        "2:1",
        "a field of the event stands twice: readers differ in which they take",
    ),
    (
        "{\"eventSource\":\"a\",\"eventName\":\"b\",\"eventTime\":\"20x6-01-01T00:00:00Z\"}",
        "2:1",
        "`eventTime` must be a date and a time: `20x6-01-01T00:00:00Z` is none",
    ),
    (
        "{\"eventSource\":\"kms.amazonaws.com\",\"eventName\":\"b\",\n\
         \"eventTime\":\"2026-01-01T00:00:00Z\",\"a\":tru}",
        "3:40",
        "expected a value",
    ),
    (
        "{\"CloudTrailEvent\":\"{\"}",
        "2:20",
        "the event in this string is broken: it is cut off",
    ),
    (
        "{\"CloudTrailEvent\":7}",
        "2:1",
        "the event has no `eventSource`",
    ),
    (
        "{\"a\":1",
        "2:8",
        "the events are cut off: the file ends inside of them",
    ),
];

#[test]
fn what_is_broken_is_told_with_its_place() {
    let in_a_list = |(broken, place, message): &(&str, &'static str, &'static str)| {
        let end = if broken.ends_with('1') { " " } else { "]" };
        (format!("[{EVENT},\n{broken}{end}"), *place, *message)
    };
    let mut cases: Vec<_> = BROKEN.iter().map(in_a_list).collect();
    let twice = "a second list of events stands in one object";
    cases.extend([
        (
            format!("{EVENT}\nfive\n{EVENT}"),
            "2:1",
            "expected an event, or a list of them",
        ),
        (
            format!("[{EVENT}\n{EVENT}]"),
            "2:1",
            "expected `,` or `]` after an event",
        ),
        (
            format!("{EVENT}\n{{\"Version\":\"2012-10-17\"}}"),
            "2:1",
            "this is no event of CloudTrail",
        ),
        (
            format!("{{\"Records\":[{EVENT}],\n\"Records\":[]}}"),
            "2:1",
            twice,
        ),
    ]);
    for (text, place, message) in cases {
        let (plain, compressed) = complaints(&text);
        assert_eq!(plain.len(), 1, "{text}: {plain:?}");
        assert!(
            plain[0].starts_with(place) && plain[0].ends_with(message),
            "{text}: {plain:?}"
        );
        assert_eq!(compressed.len(), 1, "{text}");
        let (line, column) = plain[0].split_once(':').unwrap();
        let column = column.split_once(':').unwrap().0;
        let in_words = format!("{message}, at line {line}, column {column} of its content");
        assert_eq!(compressed[0], in_words, "{text}");
    }
}

#[test]
fn what_stands_before_the_error_is_counted() {
    let loaded = load_file(
        "before",
        "a.json",
        format!("{EVENT}\n{EVENT}\nx").as_bytes(),
    );
    assert_eq!(loaded.inventory.trail.coverage.events, 2);
    assert_eq!(errors(&loaded).len(), 1);
}

#[test]
fn a_gzip_file_that_is_cut_or_damaged_is_an_error() {
    let whole = gzip(format!("{{\"Records\":[{}]}}", vec![EVENT; 5_000].join(",")).as_bytes());
    let directory = directory("cut");
    let cut = |end: usize| whole[..end].to_vec();
    let mut flipped = whole.clone();
    let middle = whole.len() / 2;
    flipped[middle] ^= 0xff;
    let mut checksum = whole.clone();
    let end = whole.len();
    checksum[end - 6] ^= 1;
    let garbage = [whole.clone(), b"garbage".to_vec()].concat();
    let files = [
        cut(2),
        cut(11),
        cut(middle),
        cut(end - 1),
        flipped,
        checksum,
        garbage,
    ];
    for (number, bytes) in files.iter().enumerate() {
        fs::write(directory.join(format!("{number}.json.gz")), bytes).unwrap();
    }
    let loaded = load_directory(&directory);
    let found = errors(&loaded);
    assert_eq!(
        found.len(),
        files.len(),
        "{found:?} {:?}",
        loaded.passed_over()
    );
    // Nor can a file that is not called JSON be told to hold no events, or one that is cut to
    // nothing.
    fs::write(directory.join("backup.gz"), cut(2)).unwrap();
    fs::write(directory.join("nothing.gz"), cut(0)).unwrap();
    let loaded = load_directory(&directory);
    assert_eq!(
        (loaded.errors.len(), loaded.passed_over().len()),
        (files.len() + 2, 0)
    );
}

#[test]
fn a_gzip_file_that_holds_nothing_is_an_error() {
    let blanks = gzip(&vec![b' '; 20 << 20]);
    let members = gzip(b"").repeat(500_000);
    let directory = directory("nothing");
    for (number, bytes) in [gzip(b""), gzip(b" \n"), blanks, members]
        .iter()
        .enumerate()
    {
        fs::write(directory.join(format!("{number}.json.gz")), bytes).unwrap();
    }
    assert_eq!(
        errors(&load_directory(&directory)),
        ["the compressed file holds nothing"; 4]
    );
    // Empty members before events are no trouble.
    let bytes = [gzip(b"").repeat(10_000), gzip(EVENT.as_bytes())].concat();
    let loaded = load_file("members", "a.json.gz", &bytes);
    assert_eq!(
        (
            errors(&loaded).len(),
            loaded.inventory.trail.coverage.events
        ),
        (0, 1)
    );
}

#[test]
fn a_first_event_that_is_too_large_is_an_error() {
    let late = format!(
        "{{\"x\":\"{}\",{}",
        "r".repeat(17 << 20),
        EVENT.trim_start_matches('{')
    );
    let told = |found: &[String]| {
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].contains("one event is larger than 16 MiB"),
            "{found:?}"
        );
    };
    let (plain, compressed) = complaints(&format!("{{\"Records\":[{late},{EVENT}]}}"));
    told(&plain);
    told(&compressed);
    let lines = format!("{late}\n{EVENT}");
    told(&errors(&load_file("large", "trail.log", lines.as_bytes())));
    let blanks = format!("{}{EVENT}", " ".repeat(17 << 20));
    told(&errors(&load_file("large", "a.json", blanks.as_bytes())));
}

#[test]
fn one_endless_record_is_refused_in_little_memory() {
    let long = format!("{EVENT}\n{{\"a\":\"{}\"}}", "x".repeat(40 << 20));
    let (plain, compressed) = complaints(&long);
    assert_eq!(plain.len(), 1);
    assert!(
        plain[0].contains("one event is larger than 16 MiB"),
        "{plain:?}"
    );
    assert!(
        compressed[0].contains("larger than 16 MiB, at line 2, column 1"),
        "{compressed:?}"
    );
    // As the first record it tells of no events, and a file that was named must be understood.
    let (plain, compressed) = complaints(&format!("[{{\"a\":\"{}\"}}]", "x".repeat(40 << 20)));
    for complaints in [plain, compressed] {
        let [complaint] = complaints.as_slice() else {
            panic!("{complaints:?}");
        };
        assert!(
            complaint.starts_with("the file is not checked: "),
            "{complaint}"
        );
    }
    // Just below the limit.
    let large = format!(
        "{EVENT}\n{}",
        EVENT.replace("eu-west-1", &"r".repeat(15 << 20))
    );
    assert_eq!(complaints(&large), (vec![], vec![]));
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nest = |depth: usize| {
            let inside = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            format!(
                "{EVENT}\n{{\"x\":{inside},{}",
                EVENT.trim_start_matches('{')
            )
        };
        assert_eq!(complaints(&nest(126)), (vec![], vec![]));
        let (plain, _) = complaints(&nest(127));
        assert!(
            plain[0].ends_with("nests deeper than 127 levels"),
            "{plain:?}"
        );
        let (plain, _) = complaints(&nest(1_000_000));
        assert!(
            plain[0].ends_with("nests deeper than 127 levels"),
            "{plain:?}"
        );
    }
}

#[test]
fn nothing_panics_on_scrambled_files() {
    let directory = directory("scrambled");
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(bound).unwrap()).unwrap()
    };
    let item = format!("{{\"EventName\":\"x\",\"CloudTrailEvent\":{EVENT:?}}}");
    let seeds = [
        format!("{{\"Records\":[{EVENT},{EVENT}]}}"),
        format!("{{\"Events\":[{item},{item}],\"NextToken\":\"x\"}}"),
        format!("{EVENT}\n{EVENT}"),
    ];
    for number in 0..1_500 {
        let mut bytes = seeds[number % 3].clone().into_bytes();
        for _ in 0..=below(3) {
            let at = below(bytes.len());
            match below(3) {
                0 => bytes[at] = b"\"\\{}[],:\x00\xff 7"[below(11)],
                1 => bytes.truncate(at.max(1)),
                _ => drop(bytes.remove(at)),
            }
            if bytes.is_empty() {
                bytes.push(b'{');
            }
        }
        if number % 2 == 0 {
            bytes = gzip(&bytes);
            let at = below(bytes.len());
            if number % 4 == 0 {
                bytes[at] ^= 1;
            }
        }
        fs::write(directory.join(format!("{number}.json")), bytes).unwrap();
    }
    let loaded = load_directory(&directory);
    let told = loaded.errors.len() + loaded.passed_over().len();
    assert!(told > 500 && loaded.recognized > 100);
}
