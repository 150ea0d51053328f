//! The one way to facts: everything that they depend on is given once, and each is complete when it
//! is made.

use rayon::prelude::*;

use crate::access::{AskedKey, Identities, KeyIdentity, RequestContext, key_context};
use crate::aws::{AccountId, KeyArn, PendingWindowInDays};
use crate::inventory::{Inventory, Key, KeyMetadata, LoadedPolicy, Located, Tag, TrailIndex};
use crate::policy::{
    PolicyDocument, PolicySize, Rendered, Text, Version, rendered, rendered_foreign,
};
use crate::text::{SourceFile, Sources, Span};

use super::policy_context::PolicyContext;
use super::related::KeyStates;
use super::source_index::SourceIndex;
use super::surroundings::Surroundings;
use super::{
    Access, AccessTable, Facts, KeyRecord, Limits, PolicyRecord, SubjectKind, TooLarge, access,
    any_key, evidence, gates, key, planned, statement,
};

/// Version of the shape of [`Facts`].
const FORMAT: u8 = 1;

/// Makes the facts of keys and policies among everything that was loaded.
#[derive(Debug)]
pub struct FactMaker<'a> {
    inventory: &'a Inventory,
    sources: &'a Sources,
    limits: Limits,
    trusted: &'a [String],
    has_access: bool,
    identities: Identities<'a>,
    around: Surroundings<'a>,
    states: KeyStates<'a>,
    trail: TrailIndex<'a>,
}

impl<'a> FactMaker<'a> {
    /// Prepares what was loaded. Nobody is trusted.
    pub fn new(inventory: &'a Inventory, sources: &'a Sources, limits: Limits) -> Self {
        Self {
            inventory,
            sources,
            limits,
            trusted: &[],
            has_access: true,
            identities: Identities::new(inventory),
            around: Surroundings::new(inventory),
            states: KeyStates::new(&inventory.keys),
            trail: TrailIndex::new(&inventory.trail),
        }
    }

    /// Trusts the principals that one of these ARN patterns names. `*` is any run of characters and
    /// `?` one, as in a policy.
    #[must_use]
    pub fn trusting(self, patterns: &'a [String]) -> Self {
        Self {
            trusted: patterns,
            ..self
        }
    }

    /// Leaves out who can do what, for rules that do not read it.
    #[must_use]
    pub fn without_access(self) -> Self {
        Self {
            has_access: false,
            ..self
        }
    }

    /// As this one, among what was loaded as it is after an edit.
    pub(crate) fn after(&self, inventory: &'a Inventory) -> Self {
        Self::new(inventory, self.sources, self.limits).trusting(self.trusted)
    }

    /// The shortest waiting period that the configuration has nothing against.
    pub const fn minimum_waiting_period(&self) -> PendingWindowInDays {
        self.limits.minimum_waiting_period
    }

    /// What was loaded.
    pub const fn inventory(&self) -> &'a Inventory {
        self.inventory
    }

    /// The files.
    pub const fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// Users and roles that were loaded.
    pub(crate) const fn identities(&self) -> &Identities<'a> {
        &self.identities
    }

    /// The recorded events by key.
    pub(crate) const fn trail(&self) -> &TrailIndex<'a> {
        &self.trail
    }

    /// The facts of everything that was loaded, on all cores: of keys, then of the policies that
    /// people can change and that are no key's.
    pub fn all(&self) -> Vec<Facts> {
        let subjects = self.subjects();
        subjects.par_iter().map(|of| self.of(*of)).collect()
    }

    /// Gives `take` what `conclude` makes of a few of [`all`](Self::all) at a time, in their order. The
    /// facts of thousands of keys need not be kept, nor what is concluded of them. While one core takes, the
    /// others go on.
    pub fn few_in_turn<T: Send>(
        &self,
        conclude: impl Fn(Vec<Facts>) -> T + Sync,
        take: impl FnMut(T) + Send,
    ) {
        // Those of one key may tell of thousands of principals that were loaded.
        let few = if self.inventory.principals.is_empty() {
            FEW
        } else {
            1
        };
        let concluded = |some: &[FactSubject<'_>]| {
            let facts = some.iter().map(|of| self.of(*of));
            conclude(facts.collect())
        };
        let at_once = rayon::current_num_threads().saturating_mul(AT_ONCE);
        let mut take = take;
        let mut ready: Vec<T> = Vec::new();
        for some in self.subjects().chunks(at_once.max(1)) {
            // Each may be made by whichever core is free.
            let some = some.par_chunks(few).with_max_len(1);
            let take = || ready.into_iter().for_each(&mut take);
            ready = rayon::join(take, || some.map(concluded).collect()).1;
        }
        ready.into_iter().for_each(take);
    }

    /// How many facts there are.
    pub fn count(&self) -> usize {
        self.each_subject().count()
    }

    /// Everything that facts are made of, in their order.
    fn subjects(&self) -> Vec<FactSubject<'a>> {
        self.each_subject().collect()
    }

    fn each_subject(&self) -> impl Iterator<Item = FactSubject<'a>> {
        let keys = self.inventory.keys.iter().map(FactSubject::Key);
        let policies = self.inventory.policies_of_people();
        keys.chain(policies.map(FactSubject::Policy))
    }

    fn of(&self, subject: FactSubject<'_>) -> Facts {
        match subject {
            FactSubject::Key(key) => self.of_key(key),
            FactSubject::Policy(policy) => self.of_policy(policy),
        }
    }

    /// Gives `take` what `conclude` makes of each of [`all`](Self::all), in their order. As many as there
    /// are cores are made at once, and no more are kept.
    ///
    /// # Errors
    /// The first that `take` returns.
    pub fn each_in_turn<T: Send, E>(
        &self,
        conclude: impl Fn(Facts) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let at_once = rayon::current_num_threads().max(1);
        for subjects in self.subjects().chunks(at_once) {
            let made = subjects.par_iter().map(|of| conclude(self.of(*of)));
            let made: Vec<_> = made.collect();
            made.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    }

    /// The facts of a key: one that was loaded, or the same with another key policy. Every loaded user
    /// and role is asked about with its own policies; of an account without any it is said what its IAM
    /// policies could give at most.
    pub fn of_key(&self, key: &Key) -> Facts {
        let policy = key.policy.as_ref().filter(|_| !key.is_going());
        let document = policy.map(|policy| &policy.document);
        let partition = key.arn.as_ref().map(KeyArn::partition);
        let read = |rendered: Option<&Rendered>| {
            let reading = Reading {
                document: rendered.map(|rendered| &rendered.document).or(document),
                account: rendered.map(|rendered| rendered.account).or(key.account),
            };
            self.of_reading(key, &reading)
        };
        let rendered = document.and_then(|document| rendered(document, key.account, partition));
        let foreign = rendered.as_ref().and(document);
        let foreign = foreign.and_then(|own| rendered_foreign(own, key.account, partition));
        let mut facts = read(rendered.as_ref());
        facts.other_reading = foreign.map(|foreign| Box::new(read(Some(&foreign))));
        facts
    }

    fn of_reading(&self, key: &Key, reading: &Reading<'_>) -> Facts {
        let source_index = SourceIndex::new(self.sources);
        let mut record = Box::new(key::record(key, &source_index, self.limits.day));
        let identity = KeyIdentity {
            arn: key.arn.clone(),
            account: reading.account,
            partition: None,
        };
        // Of a key that a plan deletes its policy is none that the plan puts in place.
        let policy = key.policy.as_ref().filter(|_| !key.is_going());
        let subject = policy.zip(reading.document).map(|(policy, document)| {
            let file = (policy.source, source_index.file(policy.source));
            let asked = AskedKey::new(identity, key_context(&key.metadata), Some(document));
            let mut subject = PolicyContext::new(document, asked, file);
            subject.imported_material = key::material_is_imported(&key.metadata);
            subject.identities = Some(&self.identities);
            subject
        });
        let statements = subject.as_ref().map(statement::records).unwrap_or_default();
        let access = subject
            .as_ref()
            .filter(|_| self.has_access)
            .map(|subject| {
                let asked = (&self.identities, self.trusted);
                access::table(subject, &statements, asked, &source_index)
            })
            .unwrap_or_default();
        let pending = record.pending.as_ref().map(|pending| pending.at);
        let at = pending.unwrap_or(record.at);
        record.waits_for_replicas = self.states.waits(key, at);
        record.last_related = self.states.last(key, at);
        let state = (at, pending.is_some());
        let evidence = evidence::record(key, &self.trail, self.limits, &source_index, state);
        record.evidence = evidence.map(Box::new);
        if key.declared.is_some() {
            let opened = self.opened(key, reading, &source_index);
            record.planned = planned::record(key, opened, &source_index).map(Box::new);
        }
        Facts {
            format: FORMAT,
            subject: key
                .arn
                .as_ref()
                .map_or_else(|| key.name.clone(), |arn| arn.as_str().to_owned()),
            kind: SubjectKind::Key,
            limits: self.limits,
            key: record,
            policy: subject
                .as_ref()
                .zip(policy)
                .map(|(subject, policy)| PolicyRecord {
                    whole: key.arn.is_some()
                        || key.declared.is_some()
                        || is_embedded(policy, self.sources),
                    ..policy_record(subject, policy)
                }),
            statements,
            access,
            sources: source_index.names(),
            other_reading: None,
        }
    }

    /// Who can schedule the deletion of the key after a plan changes its tags or aliases, and could not before,
    /// or only with a longer waiting period. Nothing where no plan does.
    fn opened(
        &self,
        key: &Key,
        reading: &Reading<'_>,
        source_index: &SourceIndex<'_>,
    ) -> Option<Vec<String>> {
        let planned = key.declared.as_ref()?.planned.as_deref()?;
        let changed = planned.gate_attributes.as_ref()?;
        let policy = key.policy.as_ref()?;
        let document = reading.document?;
        let file = (policy.source, source_index.file(policy.source));
        let aliases = changed.aliases.as_ref();
        let with = |tags: Option<&Vec<Tag>>, aliases: Option<&Vec<String>>| {
            let mut metadata = KeyMetadata::clone(&key.metadata);
            let at = changed.at;
            let tags = tags.cloned().map(|value| Located { value, at });
            let aliases = aliases.cloned().map(|value| Located { value, at });
            metadata.tags = tags.or(metadata.tags);
            metadata.aliases = aliases.or(metadata.aliases);
            let identity = KeyIdentity {
                arn: key.arn.clone(),
                account: reading.account,
                partition: None,
            };
            let asked = AskedKey::new(identity, key_context(&metadata), Some(document));
            let mut subject = PolicyContext::new(document, asked, file);
            subject.identities = Some(&self.identities);
            let statements = statement::records(&subject);
            let asked = (&self.identities, self.trusted);
            access::table(&subject, &statements, asked, source_index).schedule
        };
        let before = with(changed.tags.as_ref(), aliases.map(|of| &of.before));
        let after = with(None, aliases.map(|of| &of.after));
        // For how many day counts it is allowed, and for how many the answer is conditional.
        let reach = |access: &Access| {
            let sure = access.days.len();
            (sure, sure.saturating_add(access.conditional_days.len()))
        };
        let is_opened = |access: &&Access| {
            let same =
                |old: &&Access| (old.kind, &old.principal) == (access.kind, &access.principal);
            let old = before.iter().find(same).map_or((0, 0), reach);
            let new = reach(access);
            old.0 < new.0 || old.1 < new.1
        };
        let opened = after.iter().filter(is_opened);
        Some(opened.map(|access| access.name.clone()).collect())
    }

    /// The facts of a policy that is no key's: one that was loaded, or the same after an edit.
    pub fn of_policy(&self, policy: &LoadedPolicy) -> Facts {
        let source_index = SourceIndex::new(self.sources);
        let file = (policy.source, source_index.file(policy.source));
        let no_key = AskedKey::new(KeyIdentity::default(), RequestContext::open(), None);
        let subject = PolicyContext::new(&policy.document, no_key, file);
        let mut statements = statement::records(&subject);
        if !self.around.is_in_use(policy) {
            any_key::find(&mut statements, &subject);
        }
        gates::find(&mut statements, &subject, (&self.around, &self.identities));
        Facts {
            format: FORMAT,
            subject: policy.name.clone(),
            kind: SubjectKind::Policy,
            limits: self.limits,
            key: Box::new(KeyRecord {
                at: subject.place(Span::default()),
                ..KeyRecord::default()
            }),
            policy: Some(policy_record(&subject, policy)),
            statements,
            access: AccessTable::default(),
            sources: source_index.names(),
            other_reading: None,
        }
    }
}

/// Of so many keys facts are made before anything is concluded from them: the code of either is long, and
/// need not be fetched for each key anew.
const FEW: usize = 8;

/// So many keys for each core are concluded from before any of it is taken.
const AT_ONCE: usize = 64 * FEW;

/// What facts are made of.
#[derive(Clone, Copy)]
enum FactSubject<'a> {
    Key(&'a Key),
    /// A policy that people can change and that is no key's.
    Policy(&'a LoadedPolicy),
}

/// A key policy with a principal in place of each placeholder, and the account that is the key's then.
struct Reading<'a> {
    document: Option<&'a PolicyDocument>,
    account: Option<AccountId>,
}

fn policy_record(subject: &PolicyContext<'_>, policy: &LoadedPolicy) -> PolicyRecord {
    let document = subject.document;
    let start = Span {
        end: document.span.start.saturating_add(1),
        ..document.span
    };
    let too_large = policy.size.filter(PolicySize::is_too_large);
    PolicyRecord {
        kind: document.kind,
        version: document.version.map(|(version, _)| match version {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        }),
        whole: false,
        of_aws_key: document.id.as_ref().is_some_and(is_of_aws_key),
        too_large: too_large.map(|size| TooLarge {
            length: size.length,
            limit: size.limit,
            unit: size.unit,
            at: subject.place(start),
        }),
        at: subject.place(document.span),
    }
}

/// Whether the policy is a member of something larger, which names it, and no file of its own.
fn is_embedded(policy: &LoadedPolicy, sources: &Sources) -> bool {
    let before = |file: &SourceFile| {
        let before = Span::new(0, policy.document.span.start as usize);
        before.of(file.text()).contains('"')
    };
    policy.encoding.is_some() || sources.get(policy.source).is_some_and(before)
}

/// AWS writes `auto-ebs-2` and the like:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-viewing.html>
fn is_of_aws_key(id: &Text) -> bool {
    id.value.starts_with("auto-")
}
