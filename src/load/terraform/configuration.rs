//! What a plan says of the configuration that it was made from.
//! <https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation>

use crate::tree::Node;

use super::ResourceName;

/// The configuration.
#[derive(Clone, Copy)]
pub(super) struct Configuration<'n, 'a> {
    node: Option<&'n Node<'a>>,
}

impl<'n, 'a> Configuration<'n, 'a> {
    pub(super) fn of(root: &'n Node<'a>) -> Self {
        Self {
            node: root.get("configuration"),
        }
    }

    /// The block of a resource.
    fn block(self, name: &ResourceName<'_>) -> Option<&'n Node<'a>> {
        let mut module = self.node?.get("root_module")?;
        for called in name.modules() {
            module = module.get("module_calls")?.get(called)?.get("module")?;
        }
        let mut blocks = module.get("resources")?.items()?.iter();
        blocks.find(|block| {
            let is = |member: &str, wanted: &str| {
                block.get(member).and_then(Node::as_str) == Some(wanted)
            };
            is("type", name.kind) && is("name", name.name) && !is("mode", "data")
        })
    }

    /// Whether the block of the resource leaves the attribute out; not known without the block.
    pub(super) fn leaves_out(self, name: &ResourceName<'_>, attribute: &str) -> bool {
        let block = self.block(name);
        block.is_some_and(|block| {
            let written = block.get("expressions").and_then(|of| of.get(attribute));
            written.is_none()
        })
    }

    /// The resources of the same module to which the attribute refers, as `aws_kms_key.main`.
    pub(super) fn references(self, name: &ResourceName<'_>, attribute: &str) -> Vec<&'n str> {
        let block = self.block(name);
        let written = block.and_then(|of| of.get("expressions")?.get(attribute)?.get("references"));
        let texts = written.and_then(Node::items).unwrap_or_default().iter();
        texts.filter_map(Node::as_str).collect()
    }

    /// Whether a provider hides some tags: those of a resource are not all then.
    pub(super) fn ignores_tags(self) -> bool {
        let providers = self.node.and_then(|node| node.get("provider_config"));
        let providers = providers.and_then(Node::members).unwrap_or_default();
        providers.iter().any(|provider| {
            let written = provider.value.get("expressions");
            written.is_some_and(|written| written.get("ignore_tags").is_some())
        })
    }
}
