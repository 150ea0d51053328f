//! What a fix says of its effects holds of the facts before and after it.

use kmslint::aws::KmsAction;
use kmslint::config::FAIL_ON_GAIN;
use kmslint::difference::{EVERY, Side, between};
use kmslint::facts::{FactMaker, Facts, Limits};
use kmslint::finding::{Finding, fingerprint};
use kmslint::fix::{FixEngine, FixKind, Proposal, Repaired};
use kmslint::lint::{run, run_all};
use kmslint::load::Loaded;
use kmslint::report::difference::{Named, effects};
use kmslint::rule::Catalogue;
use kmslint::tree::edit::apply;

use super::accounts::{ACCOUNT, account};
use super::ask::load;
use super::rng::Rng;

fn kind(finding: &Finding) -> Option<FixKind> {
    let rules = Catalogue::builtin().unwrap().rules().iter();
    let mut own = rules.filter(|rule| *rule.id.as_str() == *finding.rule);
    FixKind::from_name(own.next()?.fix.as_ref()?)
}

/// Every file of an account, with these of them edited.
fn edited(files: &[(String, String)], loaded: &Loaded, done: &Repaired) -> Vec<(String, String)> {
    let mut files = files.to_vec();
    for (source, text) in &done.files {
        let name = loaded.sources.get(*source).unwrap().name();
        let name = name.strip_prefix("account/").unwrap();
        let own = files.iter_mut().find(|(own, _)| own == name);
        own.unwrap().1.clone_from(text);
    }
    files
}

fn side(loaded: &Loaded) -> Side<'_> {
    Side {
        inventory: &loaded.inventory,
        sources: &loaded.sources,
        roots: &[],
    }
}

/// The facts of what was loaded, and the findings on them.
fn found(loaded: &Loaded) -> (Vec<Facts>, Vec<Finding>) {
    let facts = fact_maker(loaded).all();
    let mut findings = run_all(&facts, Catalogue::builtin().unwrap());
    fingerprint(&mut findings, &loaded.sources);
    (facts, findings)
}

fn fact_maker(loaded: &Loaded) -> FactMaker<'_> {
    FactMaker::new(&loaded.inventory, &loaded.sources, Limits::default())
}

fn engine<'a>(facts: &'a FactMaker<'a>) -> FixEngine<'a> {
    FixEngine {
        facts,
        organization: None,
        check: &|facts| run(facts, Catalogue::builtin().unwrap()),
    }
}

/// What `fix` makes and calls safe, `diff` does not fail on, and whoever it tells of, `fix` told of.
#[test]
fn safe_fixes_and_the_difference_do_not_contradict_each_other() {
    let mut rng = Rng::new(4_711);
    let (mut sets, mut changes, mut in_repair) = (0, 0, 0);
    for number in 0..30 {
        let account = account(&mut rng);
        if account.has_organization {
            continue;
        }
        let files = account.files();
        let before = load(&files);
        let (_, findings) = found(&before);
        let maker = fact_maker(&before);
        let engine = engine(&maker);
        let done = engine.repair(&findings, &kind, &Proposal::is_safe);
        for seen in &done.found {
            let is_same = |of: &Finding| of.rule == seen.rule && of.message == seen.message;
            let is_found = findings.iter().any(is_same);
            assert!(is_found, "account {number}: only `fix` finds {seen:?}");
            in_repair += 1;
        }
        let after = load(&edited(&files, &before, &done));
        let told = between(side(&before), side(&after), EVERY);
        assert!(!told.fails(FAIL_ON_GAIN), "account {number}: {told:#?}");
        sets += done.totals.len();
        for subject in &told.subjects {
            let totals = done
                .totals
                .iter()
                .filter(|of| of.subject == subject.subject);
            let lines: Vec<_> = totals
                .flat_map(|total| effects(&total.effects, Named::All))
                .collect();
            for change in &subject.changes {
                changes += 1;
                let short = change.who.name.rsplit(':').next().unwrap();
                let mut of_them = lines.iter().filter(|line| line.contains(short));
                let is_told = of_them.any(|line| line.contains(change.action.name()));
                assert!(is_told, "account {number}: {change:?} {lines:#?}");
            }
        }
        for total in &done.totals {
            let is_changed = told.subjects.iter().any(|of| of.subject == total.subject);
            let nothing = effects(&total.effects, Named::Few) == ["no permission changes"];
            assert_eq!(nothing, !is_changed, "account {number}: {total:?}");
        }
    }
    assert!(
        sets > 20 && changes > 50 && in_repair > 50,
        "{sets} {changes} {in_repair}"
    );
}

/// The account as an ARN.
const ROOT: &str = "arn:aws:iam::111122223333:root";

/// Key, principal, action, and what it can do.
type Row<'a> = (&'a str, &'a str, KmsAction, String);

/// Principals with entries of their own, what they can do, and how sure it is.
fn told(facts: &[Facts]) -> Vec<Row<'_>> {
    let mut all = Vec::new();
    for of_key in facts {
        for (action, list) in [
            (KmsAction::ScheduleKeyDeletion, &of_key.access.schedule),
            (KmsAction::CancelKeyDeletion, &of_key.access.cancel),
            (KmsAction::PutKeyPolicy, &of_key.access.put_key_policy),
        ] {
            all.extend(list.iter().map(|of| {
                // Either spelling names the account.
                let name = if *of.name == *ACCOUNT { ROOT } else { &of.name };
                let said = format!("{:?} {:?} {:?}", of.decision, of.days, of.conditional_days);
                (&*of_key.subject, name, action, said)
            }));
        }
    }
    all.sort();
    all
}

#[test]
fn effects_of_a_fix_name_everyone_whose_answer_changes() {
    let mut rng = Rng::new(2026);
    let mut count = 0;
    for number in 0..40 {
        let account = account(&mut rng);
        if account.has_organization {
            continue;
        }
        let files = account.files();
        let before = load(&files);
        let (facts, findings) = found(&before);
        let maker = fact_maker(&before);
        let engine = engine(&maker);
        for proposal in engine.propose(&findings, &kind).left {
            let file = before.sources.get(proposal.at.source).unwrap();
            let edited = apply(file.text(), &proposal.edits()).unwrap();
            let name = file.name().strip_prefix("account/").unwrap();
            let mut files = files.clone();
            for (own, text) in &mut files {
                if own == name {
                    text.clone_from(&edited);
                }
            }
            let after = load(&files);
            let then = fact_maker(&after).all();
            let (old, new) = (told(&facts), told(&then));
            let gone = old.iter().filter(|row| !new.contains(row));
            let changed = gone.chain(new.iter().filter(|row| !old.contains(row)));
            let effects = effects(&proposal.effects, Named::Few).join("\n");
            // Whom a policy names beside everyone is told of among these.
            let of_everyone = |row: &&Row<'_>| {
                let mut rows = old.iter().chain(&new);
                rows.any(|other| other.1 == "*" && (other.0, other.2) == (row.0, row.2))
            };
            // A session that a statement names no more is told of under its role, where that can.
            let of_role = |row: &&Row<'_>| {
                let session = row.1.strip_prefix("assumed-role/");
                let role = session.and_then(|of| of.split('/').next());
                let mut rows = old.iter().chain(&new);
                role.is_some_and(|role| {
                    let is_role = |name: &str| name.starts_with("role/") && name.ends_with(role);
                    rows.any(|other| is_role(other.1) && (other.0, other.2) == (row.0, row.2))
                })
            };
            for row in changed.filter(|row| !of_everyone(row) && !of_role(row)) {
                count += 1;
                let account = row.1.ends_with(":root");
                // A placeholder as a whole stands for a role.
                let whole = row
                    .1
                    .strip_prefix("role/")
                    .filter(|of| of.starts_with("${"));
                let name = whole.unwrap_or(row.1);
                let is_told = effects.contains(if account { ACCOUNT } else { name });
                let title = &proposal.title;
                assert!(
                    is_told,
                    "account {number}, {title}: {row:?}\n{effects}\n{edited}"
                );
            }
        }
    }
    assert!(count > 20, "{count}");
}
