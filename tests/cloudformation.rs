//! Templates of AWS CloudFormation: what is read of them, and that a key policy is judged the same wherever it
//! stands.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use kmslint::aws::AccountId;
use kmslint::difference::{Side, WATCHED, between};
use kmslint::facts::{FactMaker, Limits};
use kmslint::finding::Severity;
use kmslint::lint::run_all;
use kmslint::load::{Declared, Loaded, StackValues, load_declared, load_over};
use kmslint::rule::{Catalogue, Outcome};
use kmslint::text::{Discovery, Overlay, Progress};
use serde_json::{Value, json};

fn load(name: &str, text: &str) -> Loaded {
    load_with(name, text, StackValues::default())
}

/// As [`load`], with what is said of the stack.
fn load_with(name: &str, text: &str, stack: StackValues) -> Loaded {
    let mut overlay = Overlay::default();
    overlay.put(Path::new(name), text);
    let discovery = Discovery {
        found: overlay.paths().map(Path::to_path_buf).collect(),
        ..Discovery::default()
    };
    let declared = Declared {
        stack,
        ..Declared::default()
    };
    load_declared(&discovery, &overlay, &declared, &Progress::default())
}

/// Rule, severity and underlined text of each finding.
fn findings(name: &str, text: &str) -> Vec<(String, Severity, String)> {
    let loaded = load(name, text);
    assert!(loaded.errors.is_empty(), "{:?}\n{text}", loaded.errors);
    let facts = FactMaker::new(&loaded.inventory, &loaded.sources, Limits::default()).all();
    let found = run_all(&facts, Catalogue::builtin().unwrap());
    let each = found.into_iter().map(|finding| {
        let written = finding.primary.at.span.of(text).to_owned();
        (finding.rule.to_string(), finding.severity, written)
    });
    each.collect()
}

fn rules(name: &str, text: &str) -> BTreeSet<String> {
    let found = findings(name, text).into_iter();
    found.map(|(rule, ..)| rule).collect()
}

/// The messages of what could not be read, each with its text.
fn errors(name: &str, text: &str) -> Vec<(String, String)> {
    let errors = load(name, text).errors.into_iter();
    let each = errors.map(|failure| {
        let written = failure.error.span.of(text).to_owned();
        (failure.error.message, written)
    });
    each.collect()
}

/// A value in block style.
fn yaml(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                write!(out, "\n{pad}{}:", json!(key)).unwrap();
                yaml(value, indent + 2, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                write!(out, "\n{pad}-").unwrap();
                yaml(item, indent + 2, out);
            }
        }
        other => write!(out, " {other}").unwrap(),
    }
}

fn template(policy: &Value) -> Value {
    json!({"Resources": {"Key": {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain",
        "Properties": {"KeyPolicy": policy}}}})
}

#[test]
fn open_conditions_are_looked_at_both_ways() {
    let policy = |condition: &str| {
        format!(
            "Parameters:
  Stage: {{Type: String, Default: dev}}
Conditions:
  IsProd: {condition}
Resources:
  Key:
    Type: AWS::KMS::Key
    DeletionPolicy: Retain
    Properties:
      KeyPolicy:
        Statement:
          - Effect: Allow
            Principal: {{AWS: !Sub 'arn:aws:iam::${{AWS::AccountId}}:root'}}
            Action: kms:*
            Resource: '*'
          - !If
            - IsProd
            - Effect: Allow
              Principal: '*'
              Action: kms:ScheduleKeyDeletion
              Resource: '*'
            - !Ref AWS::NoValue
"
        )
    };
    let has =
        |condition: &str| rules("t.yaml", &policy(condition)).contains("deletion-open-to-anyone");
    assert!(has("!Equals [!Ref Stage, prod]"));
    assert!(has("!Not [!Equals [!Ref Stage, prod]]"));
    assert!(has("!Equals [a, a]"));
    assert!(!has("!Equals [a, b]"));
    assert!(!has(
        "!And [!Equals [!Ref Stage, prod], !Equals [!Ref Stage, dev]]"
    ));
}

#[test]
fn what_is_given_settles_conditions_and_the_account() {
    let text = "Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Key:
    Type: AWS::KMS::Key
    Condition: IsProd
    Properties:
      KeyPolicy:
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'}
            Action: kms:*
            Resource: '*'
";
    let keys = |stage: &str| {
        let stack = StackValues {
            parameters: [("Stage".to_owned(), stage.to_owned())].into(),
            account: AccountId::parse("111122223333"),
            region: Some("cn-north-1".to_owned()),
        };
        load_with("t.yaml", text, stack).inventory.keys
    };
    assert!(keys("dev").is_empty());
    let keys = keys("prod");
    let document = &keys[0].policy.as_ref().unwrap().document;
    let principal = document.statements[0].principal.as_ref().unwrap();
    let written = principal.entries[0].text().value.to_string();
    assert_eq!(written, "arn:aws-cn:iam::111122223333:root");
}

/// `cdk.out` has the templates, and a tree of what they were made of.
#[test]
fn the_tree_of_constructs_is_passed_over() {
    let tree = json!({"version": "tree-0.1", "tree": {"id": "App", "path": "", "children": {"Key": {
        "attributes": {"aws:cdk:cloudformation:type": "AWS::KMS::Key", "aws:cdk:cloudformation:props":
            {"keyPolicy": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*"}]}}}}}}});
    let loaded = load("cdk.out/tree.json", &tree.to_string());
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    assert_eq!(
        (loaded.passed_over().len(), loaded.inventory.keys.len()),
        (1, 0)
    );
}

#[test]
fn functions_come_to_what_the_template_tells() {
    let text = r#"
Parameters:
  Admin: {Type: String, Default: KeyAdmin}
  Days: {Type: Number, Default: 7}
  People: {Type: CommaDelimitedList, Default: "a,b"}
Mappings:
  Accounts:
    prod: {id: "444455556666"}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {Path: /admins/, RoleName: !Ref Admin}
  Key:
    Type: "AWS::KMS::Key"
    DeletionPolicy: Retain
    Properties:
      PendingWindowInDays: !Ref Days
      KeyPolicy:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal:
              AWS:
                - !GetAtt Role.Arn
                - !Join ["", ["arn:aws:iam::", !FindInMap [Accounts, prod, id], ":root"]]
                - !Select [1, !Split [" ", "x arn:aws:iam::111122223333:role/Selected"]]
                - !Sub ["arn:aws:iam::111122223333:role/${Name}", {Name: !Select [0, !Ref People]}]
                - 111122223333
                - !ImportValue Other
            Action: kms:*
            Resource: !Sub "*"
"#;
    let loaded = load("t.yaml", text);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    let [key] = loaded.inventory.keys.as_slice() else {
        panic!("{:?}", loaded.inventory.keys);
    };
    assert_eq!(key.name, "t.yaml#/Resources/Key");
    let document = &key.policy.as_ref().unwrap().document;
    let principal = document.statements[0].principal.as_ref().unwrap();
    let entries = principal.entries.iter();
    let texts: Vec<_> = entries
        .map(|entry| entry.text().value.to_string())
        .collect();
    assert_eq!(
        texts,
        [
            "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/admins/KeyAdmin",
            "arn:aws:iam::444455556666:root",
            "arn:aws:iam::111122223333:role/Selected",
            "arn:aws:iam::111122223333:role/a",
            "111122223333",
            r#"${Fn::ImportValue("Other")}"#,
        ]
    );
    let declared = key.declared.as_ref().unwrap();
    let days = declared.waiting_period.as_ref().unwrap();
    assert_eq!((days.value, days.at.span.of(text)), (7, "!Ref Days"));
}

#[test]
fn what_nobody_can_tell_is_refused_at_its_place() {
    let with = |policy: &str| {
        format!(
            "Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy: {policy}
"
        )
    };
    let statement = "{Effect: Allow, Principal: '*', Action: 'kms:*', Resource: '*'}";
    for (text, place) in [
        (with("!Ref Policy"), "!Ref Policy"),
        (
            with("{Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://a/b}}}"),
            "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://a/b}}}",
        ),
        (with("{Statement: !Ref Statements}"), "!Ref Statements"),
        (
            format!(
                "Transform: [Mine]
{}",
                with(&format!("{{Statement: [{statement}]}}"))
            ),
            "Mine",
        ),
        (
            "Resources:
  Fn::ForEach::Keys:
    - Name
    - [a, b]
    - Key${Name}: {Type: AWS::KMS::Key}
"
            .to_owned(),
            "AWS::KMS::Key",
        ),
    ] {
        let found = errors("t.yaml", &text);
        assert!(
            found.iter().any(|(_, written)| written.trim() == place),
            "{text}
{found:?}"
        );
    }
}

/// A key that exists under a condition, and two roles that are named after each other.
/// What a template says of keys and nobody reads is told; what is none of ours, or newer than kmslint, is not.
#[test]
fn what_stands_where_it_is_not_read_does_not_pass() {
    const POLICY: &str = "{Version: '2012-10-17', Statement: [{Effect: Allow, Principal: '*', Action: 'kms:*', Resource: '*'}]}";
    for (resource, written) in [
        (
            "Type: AWS::KMS::Key, Properties: {Keypolicy: POLICY}",
            Some("Keypolicy"),
        ),
        (
            "Type: AWS::KMS::Key, Propertis: {KeyPolicy: POLICY}",
            Some("Propertis"),
        ),
        ("Type: AWS::KMS::Key, Properties: []", Some("[]")),
        (
            "Type: AWS::KMS::Key, Properties: {Enabled: false, Next: {KeyPolicy: POLICY}}",
            Some("Statement"),
        ),
        (
            "Type: AWS::KMS::Key, Properties: {Enabled: false, Next: {Size: 3}}",
            None,
        ),
        (
            "Type: AWS::KMS::Key, Properties: {'Fn::Transform': {Name: AWS::Include}}",
            Some("'Fn::Transform'"),
        ),
        (
            "Type: AWS::KMS::Key, 'Fn::Transform': {Name: AWS::Include}",
            Some("'Fn::Transform'"),
        ),
        (
            "Type: My::KMS::Key::MODULE, Properties: {KeyPolicy: POLICY}",
            Some("Statement"),
        ),
        ("Type: My::KMS::Key::MODULE, Properties: {Name: a}", None),
        (
            "Type: Custom::Key, Properties: {Body: {Type: AWS::KMS::Key}}",
            Some("AWS::KMS::Key"),
        ),
        (
            "Type: aws::kms::key, Properties: {KeyPolicy: POLICY}",
            Some("Statement"),
        ),
        (
            "Type: AWS::EC2::VPCEndpoint, Properties: {PolicyDocument: POLICY}",
            None,
        ),
    ] {
        let text = format!(
            "Resources:\n  K: {{{}}}\n",
            resource.replace("POLICY", POLICY)
        );
        let found = errors("t.yaml", &text)
            .into_iter()
            .map(|(_, written)| written);
        assert_eq!(
            found.collect::<Vec<_>>(),
            written.into_iter().collect::<Vec<_>>(),
            "{text}"
        );
    }
}

fn conditional_key(condition: &str) -> String {
    format!(
        "Resources:
  Key:
    Type: AWS::KMS::Key
    Condition: {condition}
    DeletionPolicy: Retain
    Properties:
      Description: !If [{condition}, [a], [b]]
  R1:
    Type: AWS::IAM::Role
    Properties: {{RoleName: !Sub '${{R2}}${{R2}}'}}
  R2:
    Type: AWS::IAM::Role
    Properties: {{RoleName: !Sub '${{R1}}${{R1}}'}}
"
    )
}

#[test]
fn a_template_that_would_have_no_end_is_refused_soon() {
    let mut laughs = String::from(
        "a0: &a0 [x, x, x, x, x, x, x, x, x]
",
    );
    for level in 1..12 {
        let before = level - 1;
        writeln!(
            laughs,
            "a{level}: &a{level} [*a{before}, *a{before}, *a{before}, *a{before}, *a{before}]"
        )
        .unwrap();
    }
    let mut conditions = String::new();
    for level in 0..60 {
        writeln!(
            conditions,
            "  C{level}: !And [!Condition C{next}, !Condition C{next}]",
            next = level + 1
        )
        .unwrap();
    }
    let cycle = "  A: !Not [!Condition B]
  B: !Not [!Condition A]
";
    for (text, is_refused) in [
        (format!("{laughs}{}", conditional_key("X")), true),
        (
            format!(
                "Conditions:
{conditions}{}",
                conditional_key("C0")
            ),
            false,
        ),
        (
            format!(
                "Conditions:
{cycle}{}",
                conditional_key("A")
            ),
            false,
        ),
        (
            format!(
                "a: &a [*a]
{}",
                conditional_key("A")
            ),
            true,
        ),
    ] {
        let start = Instant::now();
        let found = errors("t.yaml", &text);
        assert!(start.elapsed() < Duration::from_secs(5));
        assert_eq!(!found.is_empty(), is_refused, "{found:?}");
    }
}

/// Every example of a rule that is a key policy by itself finds the same in a template in JSON, in YAML, and
/// as a text in either.
#[test]
fn key_policies_have_the_same_findings_bare_and_in_templates() {
    let mut compared = 0;
    for rule in Catalogue::builtin().unwrap().rules() {
        for example in rule.examples() {
            let [(_, text)] = example.files.as_slice() else {
                continue;
            };
            let Ok(policy) = serde_json::from_str::<Value>(text) else {
                continue;
            };
            let is_key_policy =
                policy.get("Statement").is_some() && load("p.json", text).inventory.keys.len() == 1;
            // How long the text of a policy is, a template does not tell, and text in which AWS sees
            // a placeholder the template would replace.
            if !is_key_policy || rule.id.as_str() == "policy-too-large" || text.contains("${") {
                continue;
            }
            // A text by itself may be a part of a policy; what a template says of a key is all.
            let of = |name: &str, text: &str| -> BTreeSet<String> {
                let all = rules(name, text).into_iter();
                let same = |rule: String| match rule.as_str() {
                    "policy-without-administration" => "policy-change-by-nobody".to_owned(),
                    _ => rule,
                };
                all.map(same).collect()
            };
            let bare = of("p.json", text);
            let whole = template(&policy);
            let mut block = String::new();
            yaml(&whole, 0, &mut block);
            let as_text = template(&json!(policy.to_string()));
            let mut literal = String::from(
                "Resources:\n  Key:\n    Type: AWS::KMS::Key\n    DeletionPolicy: Retain\n    \
                 Properties:\n      KeyPolicy: !Sub |\n",
            );
            for line in serde_json::to_string_pretty(&policy).unwrap().lines() {
                writeln!(literal, "        {line}").unwrap();
            }
            for (name, text) in [
                ("t.json", whole.to_string()),
                ("t.yaml", block),
                ("t.json", as_text.to_string()),
                ("t.yaml", literal),
            ] {
                assert_eq!(of(name, &text), bare, "{}: {text}", rule.id);
            }
            compared += 1;
            if example.outcome == Outcome::Fires {
                assert!(!bare.is_empty(), "{}", rule.id);
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

/// The rule, the logical id and whether the gate fails, of a change of templates.
fn changes(before: &str, after: &[(&str, &str)]) -> Vec<(String, String, bool)> {
    let before = load("t.yaml", before);
    let mut overlay = Overlay::default();
    for (name, text) in after {
        overlay.put(Path::new(name), *text);
    }
    let discovery = Discovery {
        found: overlay.paths().map(Path::to_path_buf).collect(),
        ..Discovery::default()
    };
    let after = load_over(&discovery, &overlay);
    let side = |loaded: &'static Loaded| Side {
        inventory: &loaded.inventory,
        sources: &loaded.sources,
        roots: &[],
    };
    let (before, after) = (Box::leak(Box::new(before)), Box::leak(Box::new(after)));
    let found = between(side(before), side(after), WATCHED);
    let each = found.stacks.into_iter().map(|change| {
        let logical_id = change.key().logical_id.clone();
        (change.rule().to_owned(), logical_id, change.fails())
    });
    each.collect()
}

fn declared_key(id: &str, more: &str) -> String {
    format!(
        "Resources:\n  {id}:\n    Type: AWS::KMS::Key\n{more}  Topic:\n    Type: AWS::SNS::Topic\n"
    )
}

#[test]
fn a_key_that_a_change_removes_is_deleted_as_the_template_before_it_says() {
    let removed = |id: &str| vec![("key-removed-from-template".to_owned(), id.to_owned(), true)];
    let plain = declared_key("Key", "");
    let retained = declared_key("Key", "    DeletionPolicy: Retain\n");
    let nothing = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n";
    assert_eq!(changes(&plain, &[("t.yaml", nothing)]), removed("Key"));
    assert_eq!(changes(&plain, &[]), removed("Key"));
    assert!(changes(&retained, &[("t.yaml", nothing)]).is_empty());
    assert!(changes(&plain, &[("t.yaml", &retained)]).is_empty());
    // A key that is kept only from this change on, under another name, is not the same.
    let renamed = declared_key("Other", "    DeletionPolicy: Retain\n");
    assert_eq!(changes(&plain, &[("t.yaml", &renamed)]), removed("Key"));
    let moved = changes(&plain, &[("t.yaml", nothing), ("u.yaml", &plain)]);
    let wanted = (
        "key-removed-from-template".to_owned(),
        "Key".to_owned(),
        false,
    );
    assert_eq!(moved, [wanted]);
    let replica = plain.replace("::Key\n", "::ReplicaKey\n");
    assert!(!changes(&replica, &[])[0].2);
}

#[test]
fn a_property_that_cannot_change_makes_the_update_fail() {
    let of = |spec: &str| declared_key("Key", &format!("    Properties: {{KeySpec: {spec}}}\n"));
    let wanted = (
        "immutable-property-change".to_owned(),
        "Key".to_owned(),
        false,
    );
    let found = changes(&of("RSA_2048"), &[("t.yaml", &of("RSA_4096"))]);
    assert_eq!(found, std::slice::from_ref(&wanted));
    let found = changes(&declared_key("Key", ""), &[("t.yaml", &of("RSA_2048"))]);
    assert_eq!(found, [wanted]);
    let found = changes(
        &declared_key("Key", ""),
        &[("t.yaml", &of("SYMMETRIC_DEFAULT"))],
    );
    assert!(found.is_empty());
    assert!(changes(&of("RSA_2048"), &[("t.yaml", &of("!Ref Spec"))]).is_empty());
}

#[test]
fn waiting_periods_that_do_not_exist_are_told() {
    let key = |days: &str| {
        format!(
            "Parameters:\n  Days: {{Type: Number, Default: 99999}}\n  Open: {{Type: Number}}\nResources:\n  \
             Key:\n    Type: AWS::KMS::Key\n    DeletionPolicy: Retain\n    Properties:\n      \
             PendingWindowInDays: {days}\n"
        )
    };
    let is_found = |days: &str| rules("t.yaml", &key(days)).contains("waiting-period-out-of-range");
    for days in ["6", "31", "65536", "70000", "-1", "'400000'", "!Ref Days"] {
        assert!(is_found(days), "{days}");
    }
    for days in ["7", "30", "'14'", "!Ref Open"] {
        assert!(!is_found(days), "{days}");
    }
    for days in ["soon", "7.5", "[7]", "{}", "99999999999999999999"] {
        let message = "`PendingWindowInDays` must be a number of days".to_owned();
        let wanted = vec![(message, days.to_owned())];
        assert_eq!(errors("t.yaml", &key(days)), wanted, "{days}");
    }
}

#[test]
fn a_default_that_aws_refuses_is_named_with_its_parameter() {
    let text = "Parameters:
  Admin: {Type: String, Default: admin}
  Version: {Type: String, Default: v1}
Resources:
  Key:
    Type: AWS::KMS::Key
    DeletionPolicy: Retain
    Properties:
      KeyPolicy:
        Version: !Sub '${Version}'
        Statement:
          - Effect: Allow
            Principal: {AWS: !Ref Admin}
            Action: kms:*
            Resource: '*'
          - Effect: Allow
            Principal: {AWS: boss}
            Action: kms:*
            Resource: '*'
";
    let helps = load("t.yaml", text).errors.into_iter();
    let helps: Vec<_> = helps
        .map(|of| {
            (
                of.error.span.of(text).to_owned(),
                of.error.help.unwrap_or_default(),
            )
        })
        .collect();
    let of = |written: &str| {
        let found = helps.iter().find(|(of, _)| of == written);
        found.map(|(_, help)| help.as_str()).unwrap_or_default()
    };
    assert!(
        of("!Ref Admin").contains("`--parameter Admin=VALUE`"),
        "{helps:?}"
    );
    assert!(
        of("!Sub '${Version}'").contains("`--parameter Version=VALUE`"),
        "{helps:?}"
    );
    assert!(!of("boss").contains("--parameter"), "{helps:?}");
}

#[test]
fn the_policy_of_a_resource_is_its_keys() {
    let mut overlay = Overlay::default();
    let policy = json!({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"},
        "Action": "kms:*", "Resource": "*"}]});
    overlay.put(Path::new("t.json"), template(&policy).to_string());
    let described = json!({"KeyMetadata": {"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
        "Arn": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}});
    overlay.put(Path::new("describe-key.json"), described.to_string());
    let discovery = Discovery {
        found: overlay.paths().map(Path::to_path_buf).collect(),
        ..Discovery::default()
    };
    let loaded = load_over(&discovery, &overlay);
    let notes: Vec<_> = loaded
        .files
        .iter()
        .map(|file| (&file.path, &file.fate))
        .collect();
    let shown = format!("{notes:?}");
    assert!(!shown.contains("which key this policy is of"), "{shown}");
    assert!(shown.contains("no key policy of it was loaded"), "{shown}");
}

/// A change set with these changes.
fn change_set(changes: &Value, more: &Value) -> String {
    let mut set = json!({
        "Changes": changes, "ChangeSetName": "c", "StackName": "s", "Status": "CREATE_COMPLETE",
        "ChangeSetId": "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/c/1",
        "ExecutionStatus": "AVAILABLE",
    });
    let members = set.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    set.to_string()
}

const KEY_ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// A change of a key: its action, its policy action, its replacement, and what it is before and after.
fn key_change(kind: &str, what: [&str; 3], sides: [Option<Value>; 2]) -> Value {
    let [action, policy_action, replacement] = what;
    let mut change = json!({"LogicalResourceId": "Key", "ResourceType": kind, "Action": action});
    let mut set = |name: &str, value: &str| {
        if !value.is_empty() {
            change[name] = json!(value);
        }
    };
    set("PolicyAction", policy_action);
    set("Replacement", replacement);
    if action != "Add" {
        set("PhysicalResourceId", KEY_ID);
    }
    for (name, side) in ["BeforeContext", "AfterContext"].into_iter().zip(sides) {
        if let Some(properties) = side {
            set(name, &json!({"Properties": properties}).to_string());
        }
    }
    json!([{"Type": "Resource", "ResourceChange": change}])
}

#[test]
fn what_a_change_set_removes_is_a_planned_deletion() {
    let key = "AWS::KMS::Key";
    let of = |what, before: Option<Value>, after: Option<Value>| {
        let changes = key_change(key, what, [before, after]);
        let loaded = load("c.json", &change_set(&changes, &json!({})));
        assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
        let planned = loaded.inventory.planned.iter();
        let planned: Vec<_> = planned
            .map(|of| {
                let resource = of.resource.as_ref().unwrap();
                (of.key.clone(), of.days, resource.days_are_open)
            })
            .collect();
        (planned, loaded.inventory.keys.len())
    };
    let arn = format!("arn:aws:kms:eu-west-1:111122223333:key/{KEY_ID}");
    let removed = ["Remove", "Delete", ""];
    let seven = Some(json!({"PendingWindowInDays": "7"}));
    assert_eq!(
        of(removed, seven.clone(), None),
        (vec![(arn.clone(), Some(7), false)], 1)
    );
    // Left out: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
    assert_eq!(
        of(removed, Some(json!({})), None),
        (vec![(arn.clone(), None, false)], 1)
    );
    // Without `--include-property-values` nothing tells the days.
    assert_eq!(of(removed, None, None), (vec![(arn, None, true)], 1));
    let open = Some(json!({"PendingWindowInDays": "{{changeSet:KNOWN_AFTER_APPLY}}"}));
    assert!(
        of(removed, open, None)
            .0
            .iter()
            .all(|(_, days, is_open)| days.is_none() && *is_open)
    );
    // What stays is no key of the plan.
    assert_eq!(
        of(["Remove", "Retain", ""], seven.clone(), None),
        (vec![], 0)
    );
    assert_eq!(
        of(["Remove", "RetainExceptOnCreate", ""], seven.clone(), None),
        (vec![], 0)
    );
    assert_eq!(
        of(["SyncWithActual", "", ""], seven.clone(), seven.clone()),
        (vec![], 0)
    );
    assert_eq!(of(["Add", "", ""], None, seven.clone()), (vec![], 1));
    assert_eq!(of(["Import", "", ""], None, seven.clone()), (vec![], 1));
    assert_eq!(
        of(["Modify", "", "False"], seven.clone(), seven),
        (vec![], 1)
    );
}

#[test]
fn a_replica_key_that_is_replaced_is_deleted_and_made_anew() {
    let sides = [Some(json!({})), Some(json!({}))];
    let what = ["Modify", "ReplaceAndDelete", "True"];
    let changes = key_change("AWS::KMS::ReplicaKey", what, sides.clone());
    let loaded = load("c.json", &change_set(&changes, &json!({})));
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    let planned = &loaded.inventory.planned;
    assert!(
        planned
            .iter()
            .all(|of| of.resource.as_ref().unwrap().is_replacement)
    );
    assert_eq!((planned.len(), loaded.inventory.keys.len()), (1, 2));
    let what = ["Modify", "ReplaceAndRetain", "True"];
    let changes = key_change("AWS::KMS::ReplicaKey", what, sides);
    let loaded = load("c.json", &change_set(&changes, &json!({})));
    assert_eq!(
        (loaded.inventory.planned.len(), loaded.errors.len()),
        (0, 0)
    );
}

/// The messages about a change set.
fn left_open(changes: &Value, more: &Value) -> Vec<String> {
    let found = errors("c.json", &change_set(changes, more));
    found.into_iter().map(|(message, _)| message).collect()
}

#[test]
fn what_a_change_set_leaves_open_is_an_error() {
    let told = left_open;
    let sides = || [Some(json!({})), Some(json!({}))];
    for what in [
        ["Dynamic", "", ""],
        ["Modify", "", "Conditional"],
        ["Modify", "ReplaceAndDelete", "Conditional"],
        // AWS CloudFormation never replaces such a key.
        ["Modify", "ReplaceAndDelete", "True"],
        ["Modify", "", "True"],
        ["Modify", "Delete", "False"],
        ["Remove", "", ""],
        ["Remove", "Snapshot", ""],
        ["Purge", "", ""],
    ] {
        let found = told(&key_change("AWS::KMS::Key", what, sides()), &json!({}));
        let wanted = "whether the change set deletes the key of `Key` is not known";
        assert_eq!(found, [wanted], "{what:?}");
    }
    let added = key_change("AWS::KMS::Key", ["Add", "", ""], [None, None]);
    let found = told(&added, &json!({}));
    assert_eq!(
        found,
        ["the change set does not tell the properties of the key `Key` after it"]
    );
    let found = told(&json!([]), &json!({"NextToken": "abc"}));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(told(&json!([]), &json!({"NextToken": null})).is_empty());
    assert_eq!(
        told(&json!([]), &json!({"Status": "CREATE_IN_PROGRESS"})).len(),
        1
    );
}

#[test]
fn a_nested_stack_of_which_nothing_is_told_is_an_error() {
    let stack = |change: Value| {
        let mut of =
            json!({"LogicalResourceId": "Nested", "ResourceType": "AWS::CloudFormation::Stack"});
        of.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        left_open(
            &json!([{"Type": "Resource", "ResourceChange": of}]),
            &json!({}),
        )
    };
    assert_eq!(
        stack(json!({"Action": "Remove", "PolicyAction": "Delete"})).len(),
        1
    );
    assert!(stack(json!({"Action": "Remove", "PolicyAction": "Retain"})).is_empty());
    assert_eq!(
        stack(json!({"Action": "Modify", "Replacement": "False"})).len(),
        1
    );
    let nested = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/n/2";
    let found = stack(json!({"Action": "Modify", "ChangeSetId": nested}));
    assert_eq!(
        found,
        ["the change set of the nested stack `Nested` is not read, and may delete keys"]
    );
}

#[test]
fn a_nested_change_set_beside_it_is_read() {
    let nested = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/n/2";
    let outer = json!([{"Type": "Resource", "ResourceChange": {"Action": "Modify", "ChangeSetId": nested,
        "LogicalResourceId": "Nested", "ResourceType": "AWS::CloudFormation::Stack"}}]);
    let inner = key_change("AWS::KMS::Key", ["Remove", "Delete", ""], [None, None]);
    let mut overlay = Overlay::default();
    overlay.put(Path::new("outer.json"), change_set(&outer, &json!({})));
    overlay.put(
        Path::new("inner.json"),
        change_set(&inner, &json!({"ChangeSetId": nested})),
    );
    let discovery = Discovery {
        found: overlay.paths().map(Path::to_path_buf).collect(),
        ..Discovery::default()
    };
    let loaded = load_over(&discovery, &overlay);
    assert_eq!(
        (loaded.errors.len(), loaded.inventory.planned.len()),
        (0, 1)
    );
}

#[test]
fn a_key_policy_of_a_change_set_is_judged_at_its_bytes() {
    let policy = json!({"Statement": [{"Effect": "Allow", "Principal": "*",
        "Action": "kms:*", "Resource": "*"}]});
    for policy in [policy.clone(), json!(policy.to_string())] {
        let sides = [None, Some(json!({"KeyPolicy": policy}))];
        let text = change_set(
            &key_change("AWS::KMS::Key", ["Add", "", ""], sides),
            &json!({}),
        );
        assert!(
            rules("c.json", &text).contains("deletion-open-to-anyone"),
            "{text}"
        );
    }
}

/// The users and roles that can schedule a deletion by policies of a template, as findings name them.
fn who_can_delete(text: &str, stack: StackValues) -> BTreeSet<String> {
    let loaded = load_with("t.yaml", text, stack);
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    let principals = loaded.inventory.principals.iter();
    assert!(principals.clone().all(|of| of.is_declared));
    let facts = FactMaker::new(&loaded.inventory, &loaded.sources, Limits::default()).all();
    let found = run_all(&facts, Catalogue::builtin().unwrap()).into_iter();
    found
        .filter(|finding| &*finding.rule == "deletion-through-iam")
        .flat_map(|finding| finding.principals)
        .collect()
}

#[test]
fn users_and_roles_of_a_template_have_the_policies_that_it_attaches_to_them() {
    let text = include_str!("../fixtures/cloudformation/principals.yaml");
    let stack = || StackValues {
        account: AccountId::parse("111122223333"),
        region: Some("eu-west-1".to_owned()),
        ..StackValues::default()
    };
    let found = who_can_delete(text, stack());
    // A Deny whose condition is open does not protect, one that is certain does, and so does a boundary.
    let wanted = ["role/ci/deployer", "user/alice", "user/bob"];
    let wanted = wanted.map(|name| format!("arn:aws:iam::111122223333:{name}"));
    assert_eq!(found, BTreeSet::from(wanted));
    // Without the account nobody has an ARN.
    assert!(who_can_delete(text, StackValues::default()).is_empty());
    // What denies surely takes the permission away, and what is removed gives it back.
    let no_deny = text.replace("Roles: [!Ref Deployer]", "Roles: [!Ref Auditor]");
    assert!(
        who_can_delete(&no_deny, stack()).contains("arn:aws:iam::111122223333:role/ci/deployer")
    );
    let certain = text.replace(
        "    Condition: Open\n    Properties:\n      Roles",
        "    Properties:\n      Roles",
    );
    assert!(
        !who_can_delete(&certain, stack()).contains("arn:aws:iam::111122223333:role/ci/deployer")
    );
}

#[test]
fn policies_that_nobody_known_has_stay_policies_by_themselves() {
    let text = include_str!("../fixtures/cloudformation/principals.yaml");
    // All policies of the template, whoever has them.
    assert_eq!(load("t.yaml", text).inventory.policies.len(), 6);
}

/// Conditions that leave more cases than are looked at leave open which policies a role has; each may be there.
#[test]
fn policies_behind_too_many_conditions_are_checked() {
    let each = |write: fn(usize) -> String| (0..8).map(write).collect::<String>();
    let template = format!(
        "Parameters:\n{}Conditions:\n{}Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      Policies:\n{}",
        each(|number| format!("  P{number}: {{Type: String}}\n")),
        each(|number| format!("  C{number}: !Equals [!Ref P{number}, x]\n")),
        each(|number| format!(
            "        - !If\n          - C{number}\n          - PolicyName: p{number}\n            PolicyDocument: {{Statement: [{{Effect: Allow, Action: 'kms:ScheduleKeyDeletion', Resource: '*'}}]}}\n          - !Ref AWS::NoValue\n"
        )),
    );
    let found = findings("too-many-conditions.yaml", &template);
    let is_it =
        |(rule, ..): &&(String, Severity, String)| rule == "deletion-of-any-key-by-iam-policy";
    let count = found.iter().filter(is_it).count();
    assert_eq!(count, 8, "{found:?}");
}
