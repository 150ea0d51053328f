//! How Terraform names a resource.

use crate::tree::Node;

/// The names of an instance of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ResourceName<'n> {
    /// The whole of it: `module.a["x"].aws_kms_key.main[0]`.
    pub(super) address: &'n str,
    /// The module: `module.a["x"]`; empty for the root module.
    pub(super) module: &'n str,
    /// The type: `aws_kms_key`.
    pub(super) kind: &'n str,
    /// Its own name: `main`.
    pub(super) name: &'n str,
}

impl<'n> ResourceName<'n> {
    /// The names of what a plan or a state describes at `node`, where it is a resource that Terraform manages
    /// and not a data source, which only reads.
    pub(super) fn of(node: &'n Node<'_>) -> Option<Self> {
        let text = |name: &str| node.get(name).and_then(Node::as_str);
        if text("mode").is_some_and(|mode| mode != "managed") {
            return None;
        }
        let (address, kind, name) = (text("address")?, text("type")?, text("name")?);
        // States name no module: it is what stands before the resource.
        let own = format!("{kind}.{name}");
        let before = address.rfind(&own).and_then(|at| address.get(..at));
        let module = text("module_address").or(before).unwrap_or_default();
        Some(Self {
            address,
            module: module.trim_end_matches('.'),
            kind,
            name,
        })
    }

    /// What of the address tells the instance from others of its resource: `["x"]`, `[0]`, or nothing.
    pub(super) fn index(&self) -> &'n str {
        let own = format!("{}.{}", self.kind, self.name);
        let rest = self.address.get(self.module.len()..).unwrap_or_default();
        let rest = rest.trim_start_matches('.');
        rest.strip_prefix(own.as_str()).unwrap_or_default()
    }

    /// The names of the modules around it, from the outermost one, without their instances.
    pub(super) fn modules(&self) -> Vec<&'n str> {
        let mut names = Vec::new();
        let mut rest = self.module;
        while let Some(after) = rest.trim_start_matches('.').strip_prefix("module.") {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            names.extend(after.get(..end));
            rest = after_index(after.get(end..).unwrap_or_default());
        }
        names
    }
}

/// What follows `["x"]` or `[0]`, where one stands here.
fn after_index(text: &str) -> &str {
    let Some(inside) = text.strip_prefix('[') else {
        return text;
    };
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ']' if !is_quoted => {
                return inside.get(at.saturating_add(1)..).unwrap_or_default();
            }
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_named_without_their_instances() {
        let name = |address, module| ResourceName {
            address,
            module,
            kind: "aws_kms_key",
            name: "k",
        };
        let plain = name("aws_kms_key.k", "");
        assert_eq!((plain.modules(), plain.index()), (vec![], ""));
        let nested = name(
            r#"module.a["x.y]\"["].module.b[0].aws_kms_key.k["e.u"]"#,
            r#"module.a["x.y]\"["].module.b[0]"#,
        );
        assert_eq!(nested.modules(), ["a", "b"]);
        assert_eq!(nested.index(), r#"["e.u"]"#);
    }
}
