//! What a long file takes: a policy far beyond any limit of AWS is refused with a clear word before it
//! becomes a tree, and no JSON that is none of ours takes ten times its length.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Bytes of the files, or a few more.
const LENGTH: usize = 5 << 20;

/// What the program takes without any file.
const BASE: u64 = 32 << 20;

struct Ended {
    code: i32,
    /// Standard output and standard error.
    text: String,
    /// The most memory that was ever resident, bytes.
    peak: u64,
}

fn write(name: &str, text: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("memory");
    let path = directory.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

/// Runs the program. The system keeps the peak itself, so it is enough to ask until the end.
fn run(arguments: &[&str], path: &Path) -> Ended {
    // Beside another run the last look could come long before the end.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let output = |extension| fs::File::create(path.with_extension(extension)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(arguments)
        .arg(path)
        .env("RAYON_NUM_THREADS", "1")
        .stdout(Stdio::from(output("out")))
        .stderr(Stdio::from(output("err")))
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let code = loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes =
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = kibibytes.map_or(peak, |kibibytes| kibibytes << 10);
        if let Some(status) = child.try_wait().unwrap() {
            break status.code().unwrap();
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let text =
        ["out", "err"].map(|extension| fs::read_to_string(path.with_extension(extension)).unwrap());
    Ended {
        code,
        text: text.concat(),
        peak,
    }
}

/// Pieces with commas between them, [`LENGTH`] bytes of them.
fn pieces(piece: &str) -> String {
    vec![piece; LENGTH / (piece.len() + 1)].join(",")
}

#[test]
fn a_policy_beyond_all_limits_is_refused() {
    let statement = |more: &str| {
        format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":\"*\",\
             \"Action\":\"kms:*\",\"Resource\":\"*\"{more}}}]}}"
        )
    };
    let zeros = statement(&format!(
        ",\"Condition\":{{\"StringLike\":{{\"aws:PrincipalArn\":[{}]}}}}",
        pieces("0")
    ));
    let keys = statement(&format!(",{}", pieces("\"Sid\":\"a\"")));
    let many = statement("").replace("[{", &format!("[{},{{", pieces("{\"Effect\":\"Deny\"}")));
    let blank = format!("{}{}", " ".repeat(LENGTH), statement(""));
    let answer = format!(
        "{{\"Policy\":\"{}\",\"PolicyName\":\"default\"}}",
        "%20".repeat(LENGTH / 3)
    );
    let embedded = serde_json::json!({"Policy": zeros, "PolicyName": "default"}).to_string();
    for (name, text) in [
        ("zeros", zeros),
        ("keys", keys),
        ("many", many),
        ("blank", blank),
        ("answer", answer),
        ("embedded", embedded),
    ] {
        let path = write(&format!("{name}.json"), &text);
        let commands = [
            &["check"][..],
            &["check", "--format", "json"],
            &["facts"],
            &["fix"],
        ];
        // The way to the refusal is one for all.
        for command in commands.get(..if name == "zeros" { 4 } else { 1 }).unwrap() {
            let Ended {
                code,
                text: told,
                peak,
            } = run(command, &path);
            assert_eq!(code, 2, "{name}: {told}");
            assert!(
                told.contains("and none of more than 1048576 is read"),
                "{name}: {told}"
            );
            let most = u64::try_from(text.len()).unwrap() * 10 + BASE;
            assert!(peak < most && peak > BASE / 8, "{name}: {peak} bytes");
        }
    }
}

#[test]
fn json_of_others_takes_less_than_ten_times_its_length() {
    let keys: Vec<_> = (0..LENGTH / 15)
        .map(|number| format!("\"key{number}\":\"v\""))
        .collect();
    let object = "{\"name\":\"some\",\"value\":\"other thing\",\"id\":1234567}";
    for (name, text) in [
        ("zeros", format!("{{\"a\":[{}]}}", pieces("0"))),
        ("nulls", format!("[{}]", pieces("null"))),
        ("objects", format!("[{}]", pieces("{\"a\":1}"))),
        ("records", format!("[{}]", pieces(object))),
        ("keys", format!("{{{}}}", keys.join(","))),
        (
            "escapes",
            format!("[{}]", pieces(&format!("\"{}\"", "\\n".repeat(24)))),
        ),
        ("strings", format!("[{}]", pieces("\"abcdefghij\""))),
        ("nested", format!("[{}]", pieces("[[[[[[[]]]]]]]"))),
        ("number", format!("[1{}]", "0".repeat(LENGTH))),
        ("lines", "\n".repeat(LENGTH)),
        ("text", "::x\u{1b}".repeat(LENGTH / 4)),
        (
            "cut",
            format!("{{\"a\":[{},", pieces("\"xxxxxxxxxxxxxxxxx\"")),
        ),
    ] {
        let path = write(&format!("other-{name}.json"), &text);
        let Ended {
            code,
            text: told,
            peak,
        } = run(&["check"], &path);
        assert_eq!(code, 2, "{name}: {told}");
        let most = u64::try_from(text.len()).unwrap() * 10 + BASE;
        assert!(
            peak < most && peak > BASE / 8,
            "{name}: {peak} bytes of {}",
            text.len()
        );
    }
}

const KEY: &str = r#"{"KeyMetadata":{"KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab","Arn":
    "arn:aws:kms:eu-west-1:111122200000:key/1234abcd-12ab-34cd-56ef-1234567890ab"}}"#;

/// Days, accounts and Regions of the records.
const DAYS: usize = 60;
const ACCOUNTS: usize = 40;
const REGIONS: [&str; 5] = [
    "eu-west-1",
    "eu-west-2",
    "us-east-1",
    "us-east-2",
    "us-west-2",
];

/// Records of so many events in one hour of each day, in each Region of each account.
fn records(events: usize) -> String {
    let mut records = Vec::new();
    for day in 0..DAYS {
        for account in 0..ACCOUNTS {
            for region in REGIONS {
                for minute in 0..events {
                    let is_kms = minute % 2 == 0;
                    let (service, name) = if is_kms {
                        ("kms", "Decrypt")
                    } else {
                        ("sts", "AssumeRole")
                    };
                    records.push(format!(
                        "{{\"eventTime\":\"2026-{:02}-{:02}T10:{minute:02}:00Z\",\"eventSource\":\"{service}.amazonaws.com\",\
                         \"eventName\":\"{name}\",\"awsRegion\":\"{region}\",\"readOnly\":{},\"recipientAccountId\":\"1111222{account:05}\",\
                         \"userIdentity\":{{\"type\":\"Root\",\"accountId\":\"1111222{account:05}\"}}}}",
                        day / 28 + 1,
                        day % 28 + 1,
                        minute % 3 != 0,
                    ));
                }
            }
        }
    }
    format!("{{\"Records\":[{}]}}", records.join(","))
}

/// What is kept of a trail depends on its days, accounts and Regions, and not on its events.
#[test]
fn more_events_of_a_trail_take_no_more_memory() {
    let of = |events: usize| {
        let trail = write(&format!("trail-{events}/trail.json"), &records(events));
        let directory = trail.parent().unwrap();
        fs::write(directory.join("key.json"), KEY).unwrap();
        let Ended { text, peak, .. } = run(&["facts", "--no-config"], directory);
        let told = DAYS * ACCOUNTS * REGIONS.len() * events;
        let told = format!("\"events\": {told},");
        (told, text, trail.metadata().unwrap().len(), peak)
    };
    let (few, many) = (of(2), of(16));
    for (told, text, length, peak) in [&few, &many] {
        assert!(text.contains(told.as_str()), "{told}: {text}");
        assert!(
            *peak < BASE + (8 << 20) && *peak > BASE / 8,
            "{peak} bytes of {length}"
        );
    }
    assert!(many.2 > 7 * few.2);
    assert!(many.3 < few.3 + (4 << 20), "{} and {}", few.3, many.3);
}

/// A key's facts are as long as its account has principals that can do something; of many keys only
/// those that are being written are in memory.
#[test]
fn facts_are_not_kept() {
    const ROLES: usize = 150;
    const KEYS: usize = 60;
    let role = |number: usize| {
        serde_json::json!({
            "RoleName": format!("role{number}"), "RoleId": format!("AROA{number:016}"), "Path": "/",
            "Arn": format!("arn:aws:iam::111122223333:role/role{number}"),
            "CreateDate": "2026-01-01T00:00:00Z", "AssumeRolePolicyDocument": {},
            "InstanceProfileList": [], "AttachedManagedPolicies": [], "Tags": [],
            "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
            }}]
        })
    };
    let roles: Vec<_> = (0..ROLES).map(role).collect();
    let account = serde_json::json!({
        "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []
    });
    let path = write("many_facts/account.json", &account.to_string());
    for number in 0..KEYS {
        let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow",
            "Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}}"#;
        write(&format!("many_facts/key{number}.json"), policy);
    }
    let Ended { code, text, peak } = run(&["facts"], path.parent().unwrap());
    assert_eq!(code, 0, "{text}");
    let length = u64::try_from(text.len()).unwrap();
    assert!(peak < length / 2, "{peak} bytes for {length}");
}
