//! The evaluator against the naive one of these tests, on random requests with complete context.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod generate;
mod naive;

use kmslint::simulate::answer_line;
use serde_json::{Value, json};

fn decide(request: &Value) -> Value {
    let mut answer = Vec::new();
    answer_line(request.to_string().as_bytes(), &mut answer);
    serde_json::from_slice(&answer).unwrap()
}

fn compare(seed: u64, contested: bool, count: usize) {
    for request in generate::Requests::new(seed, contested).take(count) {
        let (answer, second) = (decide(&request), naive::decide(&request));
        let same = answer["decision"] == second.decision
            && second
                .reasons
                .contains(answer["reason"].as_str().unwrap_or_default());
        assert!(
            same,
            "seed {seed}: {answer}\nnaive: {second:?}\n{request:#}"
        );
    }
}

#[test]
fn both_evaluators_decide_alike() {
    std::thread::scope(|scope| {
        for seed in 1..=4 {
            scope.spawn(move || compare(seed, false, 6_000));
        }
    });
}

/// The text with every ARN of `aws` in `partition`, and those of `partition` in `aws`.
fn exchanged(text: &str, partition: &str) -> String {
    ["arn:", "arn?"]
        .iter()
        .fold(text.to_owned(), |text, scheme| {
            let (own, other) = (format!("{scheme}aws:"), format!("{scheme}{partition}:"));
            let marked = text.replace(&other, "\u{1}").replace(&own, &other);
            marked.replace('\u{1}', &own)
        })
}

/// Nothing in the way AWS decides depends on the name of the partition.
#[test]
fn in_every_partition_the_same_policies_decide_alike() {
    for (seed, partition) in [(41, "aws-cn"), (42, "aws-us-gov"), (43, "aws-iso-b")] {
        for request in generate::Requests::new(seed, false).take(1_500) {
            let here = decide(&request);
            let text = exchanged(&request.to_string(), partition);
            let there: Value = serde_json::from_str(&text).unwrap();
            let answer = exchanged(&decide(&there).to_string(), partition);
            assert_eq!(answer, here.to_string(), "{partition} {request:#}");
        }
    }
}

/// A caller of another partition is of another account, whatever its number, and gets at nothing:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
#[test]
fn a_caller_of_another_partition_decides_alike_and_is_never_allowed_to_use_a_key() {
    let mut with_key = 0;
    for mut request in generate::Requests::new(44, false).take(3_000) {
        let principal = request["principal"].as_str().unwrap();
        if !principal.starts_with("arn:") {
            continue;
        }
        request["principal"] = json!(exchanged(principal, "aws-us-gov"));
        // As for any caller of another account, these would be those of another organization.
        request["scps"] = json!([]);
        for (key, value) in request["context"].as_object_mut().unwrap() {
            if key.eq_ignore_ascii_case("aws:PrincipalArn") {
                *value = json!(exchanged(value.as_str().unwrap(), "aws-us-gov"));
            }
        }
        let (answer, second) = (decide(&request), naive::decide(&request));
        let reason = answer["reason"].as_str().unwrap_or_default();
        let same = answer["decision"] == second.decision && second.reasons.contains(reason);
        assert!(same, "{answer}\nnaive: {second:?}\n{request:#}");
        with_key += usize::from(reason == "crossAccount");
    }
    assert!(with_key > 1_000, "{with_key}");
}

const WINDOW: &str = "kms:ScheduleKeyDeletionPendingWindowInDays";

/// The requests with a day count in their context, under the name that AWS gives the key.
fn with_window(seed: u64) -> impl Iterator<Item = (Value, String)> {
    generate::Requests::new(seed, false).filter_map(|request| {
        let days = request["context"][WINDOW].as_str()?.to_owned();
        Some((request, days))
    })
}

/// AWS reads the number, however it is written; other numbers and words are no waiting period.
#[test]
fn a_waiting_period_in_other_spellings_decides_alike_and_an_impossible_one_is_refused() {
    let schedules = |request: &Value| request["action"] == "kms:ScheduleKeyDeletion";
    let all = with_window(5).filter(|(request, _)| schedules(request));
    for (number, (mut request, days)) in all.take(1_200).enumerate() {
        let plain = decide(&request);
        let whole: u8 = days.parse().unwrap();
        request["context"][WINDOW] = match number % 5 {
            0 => json!(format!("{days}.0")),
            1 => json!(format!(" {days}")),
            2 => json!(format!("+{days}")),
            3 => json!([format!("0{days}")]),
            _ => json!(whole),
        };
        assert_eq!(decide(&request), plain, "{request:#}");
        let impossible = ["6", "31", "7.5", "-7", "seven", ""];
        request["context"][WINDOW] = json!(impossible[number % impossible.len()]);
        let refused = decide(&request);
        assert!(refused["error"].is_string(), "{refused} {request:#}");
    }
}

/// Only `ScheduleKeyDeletion` takes a waiting period; with other actions AWS ignores the key.
#[test]
fn a_waiting_period_changes_nothing_for_other_actions() {
    let others = with_window(6).filter(|(r, _)| r["action"] != "kms:ScheduleKeyDeletion");
    for (number, (mut request, _)) in others.take(40).enumerate() {
        let given = decide(&request);
        request["context"][WINDOW] = json!(["6", "seven", "7.0"][number % 3]);
        assert_eq!(decide(&request), given, "{request:#}");
        let context = request["context"].as_object_mut().unwrap();
        context.remove(WINDOW);
        assert_eq!(decide(&request), given, "{request:#}");
    }
}
