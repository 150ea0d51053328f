//! What a room that knows `CloudFormation` or Terraform asks of a tree: the statements of a key
//! policy with their bytes in the file, in each form in which templates have it.

use kmslint::text::Span;
use kmslint::tree::{Content, Embedded, Function, Node, Syntax};

const TEMPLATE: &str = r#"Parameters:
  Admin: {Type: String}
Resources:
  AsMap:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - Sid: Root
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
          # who may administer
          - Sid: Admin
            Effect: Allow
            Principal: {AWS: !Ref Admin}
            Action: [kms:ScheduleKeyDeletion]
            Resource: "*"
  AsString:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy: '{"Statement":[{"Sid":"Root","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}'
  AsSub:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy: !Sub |
        {"Version": "2012-10-17",
         "Statement": [
          {"Sid": "Root", "Effect": "Allow",
           "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:root"},
           "Action": "kms:*", "Resource": "*"}
        ]}
"#;

/// The statements of a policy in whatever form, as their `Sid` and their bytes in the file.
fn statements(syntax: Syntax, text: &str, policy: &Node<'_>) -> Vec<(String, Span)> {
    match &policy.value {
        Content::Object(_) => {
            let items = policy.get("Statement").unwrap().items().unwrap();
            let of = |item: &Node<'_>| {
                (
                    item.get("Sid").unwrap().as_str().unwrap().to_owned(),
                    item.span,
                )
            };
            items.iter().map(of).collect()
        }
        Content::String(_) => {
            let embedded = syntax.embedded(text, policy).unwrap();
            let inner = embedded.parse().unwrap();
            statements(syntax, text, &inner)
        }
        Content::Deferred(deferred) => match &deferred.function {
            Function::Tag(name) if name == "Sub" => {
                statements(syntax, text, &deferred.arguments[0])
            }
            Function::Call { name, .. } if name == "jsonencode" => {
                statements(syntax, text, &deferred.arguments[0])
            }
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn statements_of_a_template_have_their_bytes_in_every_form() {
    let documents = Syntax::Yaml.read(TEMPLATE).unwrap();
    let resources = documents[0].get("Resources").unwrap();
    let policy = |name: &str| {
        let properties = resources.get(name).unwrap().get("Properties").unwrap();
        statements(Syntax::Yaml, TEMPLATE, properties.get("KeyPolicy").unwrap())
    };
    let as_map = policy("AsMap");
    assert_eq!(as_map.len(), 2);
    let root = as_map[0].1.of(TEMPLATE);
    assert!(
        root.starts_with("Sid: Root") && root.ends_with("Resource: \"*\""),
        "{root}"
    );
    assert!(as_map[1].1.of(TEMPLATE).starts_with("Sid: Admin"));
    let as_string = policy("AsString");
    let written = as_string[0].1.of(TEMPLATE);
    assert!(
        written.starts_with("{\"Sid\":\"Root\"") && written.ends_with("\"*\"}"),
        "{written}"
    );
    let as_sub = policy("AsSub");
    let written = as_sub[0].1.of(TEMPLATE);
    assert!(
        written.starts_with("{\"Sid\": \"Root\"") && written.ends_with("\"*\"}"),
        "{written}"
    );
    assert_eq!(super::position(TEMPLATE, as_sub[0].1.start), (30, 11));
}

#[test]
fn statements_of_terraform_have_their_bytes_in_every_form() {
    let text = r#"resource "aws_kms_key" "a" {
  policy = jsonencode({
    Statement = [{ Sid = "Root", Principal = { AWS = "arn:aws:iam::${local.account}:root" } }]
  })
}
resource "aws_kms_key" "b" {
  policy = <<-EOT
    {"Statement": [
      {"Sid": "Root"}
    ]}
  EOT
}
"#;
    let root = &Syntax::Hcl.read(text).unwrap()[0];
    let keys = root.get("resource").unwrap().get("aws_kms_key").unwrap();
    let policy = |name: &str| {
        statements(
            Syntax::Hcl,
            text,
            keys.get(name).unwrap().get("policy").unwrap(),
        )
    };
    assert!(policy("a")[0].1.of(text).starts_with("{ Sid = \"Root\""));
    assert_eq!(policy("b")[0].1.of(text), "{\"Sid\": \"Root\"}");
    // What JSON in a string says of its escapes is the same question.
    let json = r#"{"Policy":"{\"Statement\":[{\"Sid\":\"Root\"}]}"}"#;
    let root = &Syntax::Json.read(json).unwrap()[0];
    let found = statements(Syntax::Json, json, root.get("Policy").unwrap());
    assert_eq!(found[0].1.of(json), r#"{\"Sid\":\"Root\"}"#);
    assert!(Embedded::from_string(json, root.get("Policy").unwrap().span).is_some());
}
