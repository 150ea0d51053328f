//! Everyone who is asked about a key: loaded users and roles, those that are decided alike
//! together; the root user; the other principals that the key policy names; and everyone who was not
//! loaded.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::aws::{AccountId, KeyArn, KmsAction, PrincipalKind};
use crate::eval::{Caller, CaseSet, Decisions};
use crate::policy::{PrincipalEntry, PrincipalForm, Statement};

use super::candidate::Candidate;
use super::cast::Cast;
use super::grant::{Dependency, Grant, GrantingPolicy, GrantingStatement, Standing};
use super::identities::Identities;
use super::key::AskedKey;
use super::loaded_principal::LoadedPrincipal;
use super::named::NamedPrincipal;
use super::questions::KeyQuestions;
use super::restriction::{BoundaryLimit, Limits};
use super::tested_attributes::TestedAttributes;

/// A principal that was asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked<'a> {
    /// What it is. [`PrincipalKind::Account`]: the users and roles of the account that were not loaded.
    pub kind: PrincipalKind,
    /// Its ARN, or as the key policy names it; the account's id of those that were not loaded.
    pub text: Cow<'a, str>,
}

/// Principals that are decided alike, and what they can do: one answer for each action.
#[derive(Clone, Debug)]
pub(crate) struct ClassStanding<'a> {
    /// Sorted by kind and name.
    pub(crate) who: Arc<[Asked<'a>]>,
    pub(crate) standings: Arc<[Standing]>,
    /// Equal for answers that are equal, of those that have a number.
    pub(crate) number: Option<usize>,
}

impl<'a> ClassStanding<'a> {
    pub(super) fn new(mut who: Vec<Asked<'a>>, standings: Vec<Standing>) -> Self {
        who.sort();
        Self {
            who: who.into(),
            standings: standings.into(),
            number: None,
        }
    }
}

/// Loaded users and roles of all accounts.
#[derive(Debug)]
pub(crate) struct Population<'a> {
    pub(super) identities: &'a Identities<'a>,
    pub(super) accounts: BTreeMap<AccountId, AccountPopulation<'a>>,
}

/// Those of one account.
#[derive(Debug)]
pub(super) struct AccountPopulation<'a> {
    pub(super) principals: &'a [LoadedPrincipal<'a>],
    /// Positions of those that do not differ in what decides about them, unless a key policy names them
    /// or tests an attribute of theirs.
    pub(super) classes: Vec<Vec<usize>>,
    /// By name without the path: a session's ARN tells no path.
    by_name: BTreeMap<&'a str, Vec<usize>>,
    by_id: BTreeMap<&'a str, usize>,
}

impl<'a> AccountPopulation<'a> {
    fn new(principals: &'a [LoadedPrincipal<'a>], identities: &Identities<'_>) -> Self {
        let all: Vec<usize> = (0..principals.len()).collect();
        let mut by_name: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut by_id = BTreeMap::new();
        for (position, of) in principals.iter().enumerate() {
            by_name
                .entry(of.principal.name.as_str())
                .or_default()
                .push(position);
            by_id.extend(of.principal.id.as_deref().map(|id| (id, position)));
        }
        let mut made = Self {
            principals,
            classes: Vec::new(),
            by_name,
            by_id,
        };
        made.classes = made.alike(&all, &TestedAttributes::default(), identities);
        made
    }

    /// The principals at these positions, those together that a policy which tests these attributes
    /// does not tell apart.
    fn alike(
        &self,
        positions: &[usize],
        tested: &TestedAttributes,
        identities: &Identities<'_>,
    ) -> Vec<Vec<usize>> {
        let mut classes: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for position in positions {
            if let Some(principal) = self.principals.get(*position) {
                let all = identities.tested_attributes(principal, tested);
                let traits = principal.deciding_traits(&all, false);
                let groups = identities.groups_of(principal);
                classes.entry((traits, groups)).or_default().push(*position);
            }
        }
        classes.into_values().collect()
    }

    /// Classes for a key policy: who is singled out by it stands alone, and is marked.
    fn classes_for(
        &self,
        key: &AskedKey<'_>,
        identities: &Identities<'_>,
    ) -> Vec<(bool, Vec<usize>)> {
        let Some(alone) = self.singled_out(key) else {
            let all = 0..self.principals.len();
            return all.map(|at| (true, vec![at])).collect();
        };
        let mut classes: Vec<Vec<usize>> = Vec::new();
        for class in &self.classes {
            let rest: Vec<_> = class
                .iter()
                .copied()
                .filter(|at| !alone.contains(at))
                .collect();
            if key.tested.is_empty() {
                classes.push(rest);
            } else {
                classes.extend(self.alike(&rest, &key.tested, identities));
            }
        }
        classes.retain(|class| !class.is_empty());
        let classes = classes.into_iter().map(|class| (false, class));
        let alone = alone.into_iter().map(|at| (true, vec![at]));
        classes.chain(alone).collect()
    }

    /// Whom the key policy may be about other than everyone; nothing where a placeholder may name anybody.
    pub(super) fn singled_out(&self, key: &AskedKey<'_>) -> Option<BTreeSet<usize>> {
        let statements = key.policy.into_iter().flat_map(|policy| &policy.statements);
        let elements = statements.filter_map(|statement| statement.principal.as_ref());
        let mut found = BTreeSet::new();
        for entry in elements.flat_map(|element| &element.entries) {
            if entry.is_placeholder() {
                return None;
            }
            let name = match entry.form() {
                PrincipalForm::UniqueId(id) => {
                    found.extend(self.by_id.get(id));
                    continue;
                }
                PrincipalForm::AssumedRole(_, role, _) => role,
                PrincipalForm::Role(_, name)
                | PrincipalForm::User(_, name)
                | PrincipalForm::FederatedUser(_, name) => name.rsplit('/').next().unwrap_or(name),
                PrincipalForm::Everyone
                | PrincipalForm::Account(_)
                | PrincipalForm::Service(_)
                | PrincipalForm::NoCaller => continue,
            };
            found.extend(self.by_name.get(name).into_iter().flatten());
        }
        Some(found)
    }
}

impl<'a> Population<'a> {
    pub(crate) fn new(identities: &'a Identities<'a>) -> Self {
        let of = |account| AccountPopulation::new(identities.of_account(account), identities);
        Self {
            accounts: identities.accounts().map(|own| (own, of(own))).collect(),
            identities,
        }
    }

    /// The questions about one key.
    pub(super) fn asker<'q>(
        &'q self,
        key: &'q AskedKey<'q>,
        actions: &'q [KmsAction],
    ) -> Asker<'q, 'a> {
        Asker {
            population: self,
            key,
            questions: KeyQuestions::new(key, self.identities),
            cast: Cast::new(key, self.identities),
            actions,
        }
    }
}

/// The questions about one key.
pub(super) struct Asker<'q, 'a> {
    population: &'q Population<'a>,
    key: &'q AskedKey<'q>,
    questions: KeyQuestions<'q>,
    cast: Cast<'q>,
    actions: &'q [KmsAction],
}

impl<'q, 'a> Asker<'q, 'a> {
    fn identities(&self) -> &'a Identities<'a> {
        self.population.identities
    }

    fn account(&self) -> Option<AccountId> {
        self.key.identity.account
    }

    /// Everyone but loaded users and roles; `others` are asked, too.
    pub(super) fn beside_loaded(&self, others: &[Caller]) -> Vec<ClassStanding<'a>> {
        let mut all = self.root_users();
        all.extend(self.named());
        all.extend(self.not_loaded());
        all.extend(self.placeholders());
        all.extend(others.iter().filter_map(|caller| self.other(caller)));
        all
    }

    /// Whether some of the actions reach from the one account to the key.
    pub(super) fn is_reached_from(&self, account: AccountId) -> bool {
        let is_own = self.account().is_none_or(|own| own == account);
        let mut actions = self.actions.iter();
        actions.any(|action| is_own || action.cross_account_possible())
    }

    /// Loaded users and roles.
    pub(super) fn loaded(&self) -> Vec<ClassStanding<'a>> {
        let mut found = Vec::new();
        for (account, people) in &self.population.accounts {
            if !self.is_reached_from(*account) {
                continue;
            }
            for (is_alone, class) in people.classes_for(self.key, self.identities()) {
                let members = class.iter().filter_map(|at| people.principals.get(*at));
                let Some(first) = members.clone().next() else {
                    continue;
                };
                let standings = self.of_loaded(first, is_alone);
                found.push(ClassStanding::new(members.map(asked).collect(), standings));
            }
        }
        found
    }

    /// One user or role for its class; `is_alone`: the key policy may name it.
    pub(super) fn of_loaded(
        &self,
        principal: &'a LoadedPrincipal<'a>,
        is_alone: bool,
    ) -> Vec<Standing> {
        let mut candidate = None;
        // One that a plan or a state declares may have other policies. Where those that are known give it nothing,
        // it is one of the users and roles that were not loaded.
        let mut given = self.actions.iter();
        let is_open = principal.principal.is_declared
            && given.any(|action| self.identities().may_allow(principal, *action));
        let each = self.actions.iter().map(|action| {
            // Most users and roles have no policy that allows it.
            let may = is_alone
                || is_open
                || self.identities().may_allow(principal, *action)
                || self.is_open_to_all(*action);
            if !may {
                return Standing::Cannot;
            }
            let candidate = candidate.get_or_insert_with(|| {
                Candidate::loaded(principal, self.key.seen(), self.identities())
            });
            candidate.standing(*action, self.key, self.identities())
        });
        each.collect()
    }

    /// Whether the key policy may give the action to one that it does not name, without a policy of its own.
    fn is_open_to_all(&self, action: KmsAction) -> bool {
        let is_open = |statement: &Statement| {
            statement.principal.as_ref().is_none_or(|element| {
                let everyone = |entry: &PrincipalEntry| entry.form() == PrincipalForm::Everyone;
                element.negated || element.entries.iter().any(everyone)
            })
        };
        let mut granting = self.questions.possibly_granting(action);
        self.key.policy.is_none() || granting.any(|(_, statement)| is_open(statement))
    }

    /// A principal that is asked by itself, with the best answer of its callers.
    fn one(&self, asked: Asked<'a>, candidates: &[Candidate<'q>]) -> ClassStanding<'a> {
        let each = self.actions.iter().map(|action| {
            let standings = candidates
                .iter()
                .map(|candidate| candidate.standing(*action, self.key, self.identities()));
            let grants = standings.filter_map(|standing| match standing {
                Standing::Can(grant) => Some(Arc::unwrap_or_clone(grant)),
                Standing::Stopped(_) | Standing::Cannot => None,
            });
            let best = grants.reduce(Grant::or);
            best.map_or(Standing::Cannot, |grant| Standing::Can(grant.into()))
        });
        ClassStanding::new(vec![asked], each.collect())
    }

    fn partition(&self) -> &str {
        let arn = self.key.identity.arn.as_ref();
        arn.map_or("aws", KeyArn::partition)
    }

    /// The root users of the key's account and of those that its policy names.
    fn root_users(&self) -> Vec<ClassStanding<'a>> {
        let accounts = self.named_accounts().into_iter().chain(self.account());
        let accounts: BTreeSet<_> = accounts.collect();
        let roots = accounts.into_iter().filter_map(|account| {
            let text = format!("arn:{}:iam::{account}:root", self.partition());
            let root = Caller::parse(&text).ok()?;
            let asked = Asked {
                kind: PrincipalKind::Root,
                text: text.into(),
            };
            Some(self.one(asked, &[self.cast.one(root)]))
        });
        roots.collect()
    }

    fn named_accounts(&self) -> BTreeSet<AccountId> {
        let named = self.questions.everyone_named();
        let accounts = named.filter(|of| of.kind == PrincipalKind::Account);
        accounts.filter_map(|of| of.account).collect()
    }

    /// Whom the key policy names and who was not loaded.
    fn named(&self) -> Vec<ClassStanding<'a>> {
        let named = self.questions.everyone_named();
        named.flat_map(|named| self.of_named(named)).collect()
    }

    fn of_named(&self, named: &NamedPrincipal<'q>) -> Vec<ClassStanding<'a>> {
        use PrincipalKind::{
            AnyService, Everyone, FederatedUser, Role, Service, Session, UniqueId, User,
        };
        let account = self.key.account_text();
        let of_class = |kind, text: &str| {
            let asked = Asked {
                kind,
                text: text.to_owned().into(),
            };
            self.one(asked, &self.cast.class(kind, &account))
        };
        match named.kind {
            Everyone => vec![of_class(Everyone, "*"), of_class(AnyService, "service")],
            UniqueId if !self.is_known_id(named.text) => {
                let candidate = self.cast.with_id(named.text, &account);
                vec![self.one(as_named(named), &Vec::from_iter(candidate))]
            }
            Role | User | Session | FederatedUser | Service => {
                let caller = Caller::parse(named.text).ok();
                let caller = caller.filter(|caller| !self.is_loaded(caller));
                let candidate = caller.map(|caller| self.cast.one(caller));
                vec![self.one(as_named(named), &Vec::from_iter(candidate))]
            }
            // An account is its root user, and those who were not loaded.
            _ => Vec::new(),
        }
    }

    /// Whether the id is that of a loaded user or role, or all of the account were loaded and none has it.
    fn is_known_id(&self, id: &str) -> bool {
        let mut accounts = self.population.accounts.values();
        let own = self.account();
        accounts.any(|people| people.by_id.contains_key(id))
            || own.is_some_and(|own| self.identities().is_whole(own))
    }

    /// Whether it was asked as a loaded user or role.
    fn is_loaded(&self, caller: &Caller) -> bool {
        caller.session().is_none() && self.identities().principal_of(caller).is_some()
    }

    /// Users and roles that were not loaded, of the key's account and those that its policy names.
    fn not_loaded(&self) -> Vec<ClassStanding<'a>> {
        let accounts = self.named_accounts().into_iter().chain(self.account());
        let accounts: BTreeSet<_> = accounts.collect();
        let open = accounts
            .into_iter()
            .filter(|account| !self.identities().is_whole(*account));
        let each = open.map(|account| {
            let account = account.to_string();
            let candidates = self.cast.class(PrincipalKind::Account, &account);
            let asked = Asked {
                kind: PrincipalKind::Account,
                text: account.into(),
            };
            self.one(asked, &candidates)
        });
        each.collect()
    }

    /// Principals that a template has yet to fill in.
    fn placeholders(&self) -> Vec<ClassStanding<'a>> {
        let mut by_text: BTreeMap<&str, Vec<Standing>> = BTreeMap::new();
        for (slot, action) in self.actions.iter().enumerate() {
            let cases = self.questions.cases_of_placeholders(*action);
            if cases.is_empty() {
                continue;
            }
            for (text, through) in self.granted_to_placeholders(*action) {
                let standings = by_text.entry(text).or_default();
                standings.resize(self.actions.len(), Standing::Cannot);
                let grant = self.of_placeholder(*action, (text, cases), through);
                if let Some(standing) = standings.get_mut(slot) {
                    *standing = Standing::Can(grant.into());
                }
            }
        }
        let each = by_text.into_iter().map(|(text, standings)| {
            let asked = Asked {
                kind: PrincipalKind::Placeholder,
                text: text.to_owned().into(),
            };
            ClassStanding::new(vec![asked], standings)
        });
        each.collect()
    }

    /// The placeholders that statements name which allow the action, each with those statements.
    fn granted_to_placeholders(&self, action: KmsAction) -> BTreeMap<&'q str, Vec<usize>> {
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, statement) in self.questions.granting(action) {
            let entries = statement.principal.iter().flat_map(|of| &of.entries);
            for entry in entries.filter(|entry| entry.is_placeholder()) {
                let text = entry.text().value.as_str();
                found.entry(text).or_default().push(index);
            }
        }
        found
    }

    fn of_placeholder(
        &self,
        action: KmsAction,
        (text, cases): (&str, CaseSet),
        through: Vec<usize>,
    ) -> Grant {
        let statements = &self.questions.statements;
        let through = through.into_iter().filter_map(|index| {
            let statement = statements.get(index)?;
            Some(GrantingStatement {
                policy: GrantingPolicy::KeyPolicy,
                index,
                sid: statement.sid.as_ref().map(|sid| sid.value.to_string()),
                at: None,
            })
        });
        let rcps = self
            .identities()
            .applicable(None, None, self.account())
            .rcps;
        Grant {
            action,
            decisions: Decisions {
                conditional: cases,
                ..Decisions::default()
            },
            depends_on: vec![Dependency::Placeholder(text.to_owned())],
            through: through.collect(),
            limits: Limits {
                boundary: BoundaryLimit::None,
                service_control: self.identities().restriction(None, false),
                resource_control: self
                    .identities()
                    .restriction(self.account(), !rcps.is_empty()),
            },
        }
    }

    /// A caller that was neither loaded nor named.
    fn other(&self, caller: &Caller) -> Option<ClassStanding<'a>> {
        let named = self.questions.everyone_named();
        let is_named = named
            .into_iter()
            .any(|named| named.text == caller.as_str() && named.kind != PrincipalKind::Account);
        let is_root = caller.is_root()
            && caller.account().is_some_and(|own| {
                Some(own) == self.account() || self.named_accounts().contains(&own)
            });
        if self.is_loaded(caller) || is_named || is_root {
            return None;
        }
        let asked = Asked {
            kind: caller.kind_of_principal(),
            text: caller.as_str().to_owned().into(),
        };
        Some(self.one(asked, &[self.cast.one(caller.clone())]))
    }
}

/// A loaded user or role.
pub(super) fn asked<'a>(of: &LoadedPrincipal<'a>) -> Asked<'a> {
    Asked {
        kind: of.kind(),
        text: of.principal.arn.value.as_str().into(),
    }
}

fn as_named<'a>(named: &NamedPrincipal<'_>) -> Asked<'a> {
    Asked {
        kind: named.kind,
        text: named.text.to_owned().into(),
    }
}
