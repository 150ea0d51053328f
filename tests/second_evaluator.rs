//! The evaluator against the naive one of these tests, on random requests with complete context.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod generate;
mod naive;

use kmslint::simulate::answer_line;
use serde_json::Value;

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
    for seed in 1..=4 {
        compare(seed, false, 6_000);
    }
}
