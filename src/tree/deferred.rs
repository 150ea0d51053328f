//! What a template would compute: a function and its arguments, as written.

use std::borrow::Cow;

use super::Node;

/// A value that the text does not say, but a function of the template's language.
///
/// Nothing is computed here and no function is known by its name: a room that knows the language
/// does that. A map with the one key `Fn::Sub` is a map, as its syntax has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Deferred<'a> {
    /// What would be computed.
    pub function: Function<'a>,
    /// From what, in the order as written.
    pub arguments: Vec<Node<'a>>,
}

impl Deferred<'_> {
    pub(super) fn into_owned(self) -> Deferred<'static> {
        Deferred {
            function: self.function.into_owned(),
            arguments: self.arguments.into_iter().map(Node::into_owned).collect(),
        }
    }
}

/// What computes a deferred value, and what its arguments are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Function<'a> {
    /// A tag of YAML that is not one of its own, without the `!` of a local one: `Sub` of `!Sub x`.
    /// The one argument is the value that has the tag.
    Tag(Cow<'a, str>),
    /// A function that is called by its name, for example `jsonencode`, with the namespaces of
    /// providers: `provider::aws::arn_parse`. The arguments are those of the call.
    Call {
        /// The name.
        name: Cow<'a, str>,
        /// Whether the last argument is a list of arguments: `f(a, b...)`.
        expands: bool,
    },
    /// A name that stands for a value, with what is looked up in it: of `var.x` or
    /// `aws_kms_key.main[0].arn` each part is one argument, names and indices alike. A name is a string,
    /// an index whatever is written between the brackets.
    Reference,
    /// What is looked up in another expression: `f(x)[0].arn`. The first argument is that expression.
    Lookup,
    /// The attributes of every element: `x[*].arn`, `x.*.arn`. The first argument is what has the
    /// elements, the others are looked up in each.
    Splat,
    /// A string of pieces: strings as written, and deferred values between them.
    Template,
    /// `a ? b : c`, also as `%{ if a }b%{ else }c%{ endif }`: the condition and both outcomes.
    Conditional,
    /// What is known only when the thing exists to which it belongs, for example the ARN of a resource that
    /// a plan makes. No syntax writes it; a reader of plans puts it where a value is to come.
    AfterApply,
    /// An operator with its one or two operands: `!`, `-`, `&&`, `==` …
    Operation(&'static str),
    /// `[for v in c : r if d]`, `{for k, v in c : k => r...}`, `%{ for v in c }r%{ endfor }`. The
    /// arguments are the collection, the key of the result for a map, the result, and the condition
    /// where one is written.
    For(ForEach<'a>),
}

impl Function<'_> {
    fn into_owned(self) -> Function<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Tag(name) => Function::Tag(owned(name)),
            Self::Call { name, expands } => Function::Call {
                name: owned(name),
                expands,
            },
            Self::Reference => Function::Reference,
            Self::Lookup => Function::Lookup,
            Self::Splat => Function::Splat,
            Self::Template => Function::Template,
            Self::Conditional => Function::Conditional,
            Self::AfterApply => Function::AfterApply,
            Self::Operation(sign) => Function::Operation(sign),
            Self::For(each) => Function::For(ForEach {
                key: each.key.map(owned),
                element: owned(each.element),
                result: each.result,
                filters: each.filters,
            }),
        }
    }

    /// The name of a tag or function, the sign of an operator, or a word for what has neither.
    pub fn name(&self) -> &str {
        match self {
            Self::Tag(name) | Self::Call { name, .. } => name,
            Self::Reference => "reference",
            Self::Lookup => "lookup",
            Self::Splat => "splat",
            Self::Template => "template",
            Self::Conditional => "conditional",
            Self::AfterApply => "known after apply",
            Self::Operation(sign) => sign,
            Self::For(_) => "for",
        }
    }
}

/// What a `for` expression makes of each element of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForEach<'a> {
    /// The variable that is the key or index, where one is named.
    pub key: Option<Cow<'a, str>>,
    /// The variable that is the element.
    pub element: Cow<'a, str>,
    /// What comes out.
    pub result: ForResult,
    /// Whether the last argument is a condition.
    pub filters: bool,
}

/// What a `for` expression results in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForResult {
    /// A list.
    List,
    /// A map.
    Map,
    /// A map of lists: the results with equal keys together.
    Grouped,
    /// One string.
    Text,
}
