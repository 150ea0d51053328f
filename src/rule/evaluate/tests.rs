//! The evaluator beside the engine of jsonpath-rust, and its steps.

use jsonpath_rust::parser::parse_json_path;
use jsonpath_rust::query::js_path_vals;
use serde_json::{Value, json};

use super::super::Selector;
use super::*;
use crate::document::written;

/// Of every kind that the parser takes.
const SELECTORS: [&str; 60] = [
    "$",
    "$[*]",
    "$..*",
    "$..b",
    "$..c[0]",
    "$.a[-1]",
    "$.a[-9]",
    "$.a[9]",
    "$.l[0]",
    "$.a.b",
    "$.a[0:2]",
    "$.a[::-1]",
    "$.a[1:]",
    "$.a[-2:]",
    "$.a[:-1]",
    "$.a[3:0:-2]",
    "$.a[0:4:0]",
    "$.a[::2].c",
    "$['a','l'][*]",
    "$.a[0,0,1].b",
    "$['é']",
    "$.a[1]['\\u00e9']",
    "$['a'][0]",
    "$.a[?@.b]",
    "$.a[?!@.b]",
    "$.a[?@.c[*]]",
    "$.a[?@.c[1]].c[1]",
    "$.a[?@.b <= 1]",
    "$.a[?@.b >= 2.5]",
    "$.a[?@.b > 1 || @ == 7]",
    "$.a[?@ == 'x']",
    "$.a[?@ < 'y']",
    "$.a[?@.z <= @.y]",
    "$.a[?@.z == @.y]",
    "$.a[?@.z != @.y]",
    "$.a[?$.s == @]",
    "$.a[?$.l.o[?@[0] == 1]]",
    "$.a[?length(@.c) == 2]",
    "$.a[?length(@) == 1]",
    "$.a[?length(@.b) == 1]",
    "$.a[?count(@.c[*]) == 2]",
    "$.a[?count(@.*) > 2]",
    "$.a[?value(@.c[0]) == 'x']",
    "$.a[?match(@, 'x')]",
    "$.a[?match(@.c[1], 'y.')]",
    "$.a[?search(@.c[1], 'y')]",
    "$.a[?match(@.c[1], 'y')]",
    "$.a[?match(@.é, 'q.')]",
    "$.a[?search(@.c[0], $.s)]",
    "$.l.o[?@ == $.l.o[1]]",
    "$.l.o[?@ != $.l.o[2]]",
    "$[?@[?@.b == 1]]",
    "$[?@.m]",
    "$.a[?@.t == true && (@.b == 1 || @.b == 2)]",
    "$..[?@.b]",
    "$..[0]",
    "$.l..[?@ == 1]",
    "$.n",
    "$[?@ == null]",
    "$.a[?@.n == null]",
];

fn facts() -> Value {
    json!({
        "a": [{"b": 1, "c": ["x", "yy"], "t": true}, {"b": 2.5, "c": [], "é": "q\n"}, 7, "x"],
        "l": {"m": 2, "e": {}, "o": [[1, 2], [1, 3.5], {"b": 1}, [1, 2.0]]},
        "s": "x", "n": null
    })
}

/// What a selector selects.
fn selected(selector: &str, facts: &Value) -> Vec<Value> {
    let facts = written(facts).unwrap();
    let nodes = Selector::parse(selector).unwrap().select(&facts).unwrap();
    let nodes = nodes.iter();
    nodes
        .map(|node| serde_json::to_value(node.value()).unwrap())
        .collect()
}

/// The same, and what the engine says to it.
fn both(selector: &str, facts: &Value) -> [Vec<Value>; 2] {
    let by_engine = js_path_vals(selector, facts).unwrap();
    [
        selected(selector, facts),
        by_engine.into_iter().cloned().collect(),
    ]
}

/// The engine of jsonpath-rust is the judge of all that the parser takes.
#[test]
fn the_engine_agrees() {
    let mut some = 0;
    for selector in SELECTORS {
        let [own, by_engine] = both(selector, &facts());
        if selector.contains("[?@[?") {
            // The engine finds nothing directly behind `@`.
            assert_eq!((own.len(), by_engine.len()), (1, 0), "{selector}");
            continue;
        }
        some += usize::from(!own.is_empty());
        assert_eq!(own, by_engine, "{selector}");
    }
    assert!(some > 30, "{some}");
}

/// Every operator on every pair of kinds of values, on paths that lead to something or nothing.
#[test]
fn the_engine_agrees_on_comparisons() {
    let facts = json!({
        "a": [{"b": 1, "c": ["x"], "t": true, "n": null}, {"b": 2.5, "s": "y", "r": {"q": []}}],
        "l": {"m": 2, "e": [], "o": {}}
    });
    let judge = |text: &str| {
        let [own, by_engine] = both(text, &facts);
        assert_eq!(own, by_engine, "{text}");
    };
    let values = [
        "1", "2", "2.5", "'x'", "'y'", "true", "false", "null", "$.l.m", "$.z", "@.b",
    ];
    for field in ["b", "c", "t", "n", "s", "r", "r.q", "z", "c[0]", "r.q[0]"] {
        judge(&format!("$.a[?@.{field}]"));
        judge(&format!("$.a[?!@.{field}].b"));
        judge(&format!("$.a[*].{field}"));
        judge(&format!("$.l[?@.{field}]"));
        for value in values {
            for operator in ["==", "!=", "<", ">", "<=", ">="] {
                judge(&format!("$.a[?@.{field} {operator} {value}]"));
                judge(&format!("$.a[?!(@.{field} {operator} {value}) && @.b].c"));
                judge(&format!(
                    "$.a[?@.t == true || @.{field} {operator} {value}].s"
                ));
                judge(&format!("$.a[?@.c[?@ {operator} {value}]].{field}"));
            }
        }
    }
}

/// Where the engine leaves RFC 9535: of nothing there are none (2.4.5), equal numbers are equal in
/// lists too (2.3.5.2.2), and the nodes of several selectors follow one another node by node
/// (2.5.1.2).
#[test]
fn the_standard_stands_above_the_engine() {
    assert_eq!(
        both("$.a[?count(@.z[*]) == 0].b", &facts()),
        [vec![json!(1), json!(2.5)], vec![]]
    );
    assert_eq!(
        both("$.l.o[?@ == $.l.o[0]]", &facts()).map(|found| found.len()),
        [2, 1]
    );
    let [own, by_engine] = both("$.a[*]['c','b']", &facts());
    assert_eq!(own, [json!(["x", "yy"]), json!(1), json!([]), json!(2.5)]);
    assert_ne!(own, by_engine);
}

#[test]
fn what_takes_too_long_is_refused() {
    let many =
        json!({"a": (0..3_000).map(|n| json!({"b": n, "c": [[[[n]]]]})).collect::<Vec<_>>()});
    let facts = written(&many).unwrap();
    let wide = format!("[{}]", ["*"; 30].join(","));
    for selector in [
        format!("${wide}{wide}{wide}"),
        "$..[*,*,*,*]..[*,*,*,*]..[*,*,*,*]..[*,*,*,*]".to_owned(),
        "$.a[?@.b < 0 || $.a[?count($.a[*]) == @.b]]".to_owned(),
        "$.a[?$..[?count($..*) == @.b]]".to_owned(),
        "$.a[?count($.a[?@.b >= 0]) == @.b]".to_owned(),
    ] {
        let selector = Selector::parse(&selector).unwrap();
        assert_eq!(
            selector.select(&facts).err(),
            Some(TooManySteps),
            "{}",
            selector.text()
        );
        assert!(selector.may_select(&facts.words()));
    }
}

/// Steps of a query over `count` items.
fn steps(selector: &str, count: usize) -> u32 {
    let items: Vec<_> = (0..count).map(|n| json!({"b": n, "c": ["x"]})).collect();
    let facts = json!({"a": items, "l": [1]});
    let facts = written(&facts).unwrap();
    let run = Run::of(&facts, MOST_STEPS);
    let query = parse_json_path(selector).unwrap();
    run.each(&query.segments, &facts, &mut |_| Ok(())).unwrap();
    MOST_STEPS - run.steps.get()
}

#[test]
fn what_is_asked_of_the_whole_is_asked_once() {
    for selector in [
        "$.a[?@.b >= 0 && !$.a[?@.b < 0]]",
        "$.a[?$.a[?$.a[?$.a[?@.b < 0] || @.z] || @.z] || @.z]",
        "$.a[?search(@.c[0], '^x$')]",
        "$..c[?@ == 'x']",
    ] {
        let [one, two] = [1_000, 2_000].map(|count| steps(selector, count));
        assert!(
            two < one * 21 / 10 && one > 1_000,
            "{selector}: {one} {two}"
        );
    }
}

#[test]
fn expression_of_many_states_takes_many_steps() {
    let text = "01".repeat(400);
    let [few, many] = ["^[01]*1$", "[01]*1([01]{50}){50}x"].map(|pattern| {
        let regexp = IRegexp::new(pattern, Match::Part).unwrap();
        regexp.steps(&text)
    });
    assert!(few <= 101 && many > few * 16, "{few} {many}");
    assert!(IRegexp::new("(([01]{999}){999}){999}", Match::Part).is_none());
}
