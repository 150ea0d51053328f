//! The condition keys that random requests and policies know, and the values these may have.

/// The window key, as the policies name it.
pub(super) const WINDOW: &str = "kms:ScheduleKeyDeletionPendingWindowInDays";

/// Days without use, as the policies name them.
pub(super) const TRAILING_DAYS: &str = "kms:TrailingDaysWithoutKeyUsage";

/// What a condition key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Number,
    Date,
    Epoch,
    Bool,
    Address,
    Arn,
    Bytes,
}

/// A condition key that policies may ask for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) holds: Type,
    pub(super) multi: bool,
    /// How often, in percent, the context has it.
    pub(super) presence: u64,
    /// What it may be; also where near misses come from.
    pub(super) pool: &'static [&'static str],
}

const fn key(name: &'static str, holds: Type, presence: u64, pool: &'static [&'static str]) -> Key {
    Key {
        name,
        holds,
        multi: false,
        presence,
        pool,
    }
}

const fn multi(name: &'static str, presence: u64, pool: &'static [&'static str]) -> Key {
    Key {
        name,
        holds: Type::Text,
        multi: true,
        presence,
        pool,
    }
}

pub(super) const DAYS: &[&str] = &["7", "8", "13", "14", "15", "21", "29", "30"];
const BOOLS: &[&str] = &["true", "false"];
const TEAMS: &[&str] = &["alpha", "al*ha", "beta", "Alpha"];
const ACCOUNTS: &[&str] = &["111122223333", "444455556666", "111122223334"];
pub(super) const DATES: &[&str] = &[
    "2026-03-01T00:00:00Z",
    "2026-03-01T12:30:00Z",
    "2026-02-28T23:59:59Z",
    "2025-12-31T00:00:00Z",
];
const EPOCHS: &[&str] = &["1772323200", "1772368200", "1772323199", "1767139200"];
const ADDRESSES: &[&str] = &[
    "203.0.113.7",
    "203.0.114.7",
    "10.0.0.1",
    "198.51.100.200",
    "2001:db8::7",
    "2001:db8:1::7",
];
const ALIASES: &[&str] = &[
    "alias/prod-db",
    "alias/prod-web",
    "alias/dev-db",
    "alias/MyTestKey",
];
/// Some with further colons, to tell `ArnLike` from `StringLike`.
const SOURCES: &[&str] = &[
    "arn:aws:backup:us-east-1:999999999999:store/abc:111122223333:plan/nightly",
    "arn:aws:backup:us-east-1:111122223333:plan/nightly",
];
const ARNS: &[&str] = &[
    "arn:aws:iam::111122223333:role/KeyAdmin",
    "arn:aws:iam::111122223333:role/team/ops/Deployer",
    "arn:aws:iam::111122223333:user/Alice",
    "arn:aws:iam::444455556666:role/KeyAdmin",
];

/// All condition keys; those of the caller are filled in by `Scene`.
pub(super) const KEYS: &[Key] = &[
    key(WINDOW, Type::Number, 0, DAYS),
    key(
        TRAILING_DAYS,
        Type::Number,
        50,
        &["0", "89", "90", "91", "400"],
    ),
    key("kms:CallerAccount", Type::Text, 0, ACCOUNTS),
    key(
        "kms:ViaService",
        Type::Text,
        25,
        &["ec2.us-west-2.amazonaws.com", "rds.us-west-2.amazonaws.com"],
    ),
    key(
        "kms:KeyOrigin",
        Type::Text,
        80,
        &["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM"],
    ),
    key(
        "kms:KeySpec",
        Type::Text,
        80,
        &["SYMMETRIC_DEFAULT", "RSA_2048", "RSA_4096", "HMAC_256"],
    ),
    key(
        "kms:KeyUsage",
        Type::Text,
        80,
        &["ENCRYPT_DECRYPT", "SIGN_VERIFY"],
    ),
    key("kms:MultiRegion", Type::Bool, 90, BOOLS),
    key(
        "kms:MultiRegionKeyType",
        Type::Text,
        40,
        &["PRIMARY", "REPLICA"],
    ),
    multi("kms:ResourceAliases", 65, ALIASES),
    key("kms:RequestAlias", Type::Text, 3, ALIASES),
    key("aws:ResourceTag/Project", Type::Text, 70, TEAMS),
    key("aws:PrincipalTag/team", Type::Text, 70, TEAMS),
    // A tag may have an empty value, which the set operators take for none.
    key("aws:PrincipalTag/note", Type::Text, 70, &["", "x"]),
    key(
        "aws:PrincipalTag/blob",
        Type::Bytes,
        60,
        &["aGVsbG8=", "aGVsbG8h", "AAEC/w==", "AAEC/g=="],
    ),
    key("aws:PrincipalArn", Type::Arn, 0, ARNS),
    key("aws:PrincipalAccount", Type::Text, 0, ACCOUNTS),
    key(
        "aws:PrincipalType",
        Type::Text,
        0,
        &["AssumedRole", "User", "Account", "FederatedUser"],
    ),
    key(
        "aws:username",
        Type::Text,
        0,
        &["Alice", "Bob", "KMSKeyAdmin", "Carol"],
    ),
    key(
        "aws:PrincipalOrgID",
        Type::Text,
        60,
        &["o-a1b2c3d4e5", "o-a1b2c3d4e6"],
    ),
    multi(
        "aws:PrincipalOrgPaths",
        40,
        &[
            "o-a1b2c3d4e5/r-ab12/ou-ab12-1/",
            "o-a1b2c3d4e5/r-ab12/ou-ab12-2/",
        ],
    ),
    multi(
        "aws:CalledVia",
        25,
        &[
            "athena.amazonaws.com",
            "dynamodb.amazonaws.com",
            "cloudformation.amazonaws.com",
        ],
    ),
    key("aws:MultiFactorAuthPresent", Type::Bool, 50, BOOLS),
    key(
        "aws:MultiFactorAuthAge",
        Type::Number,
        40,
        &["0", "299", "300", "301", "3600"],
    ),
    key("aws:SourceIp", Type::Address, 75, ADDRESSES),
    key("aws:CurrentTime", Type::Date, 95, DATES),
    key("aws:EpochTime", Type::Epoch, 95, EPOCHS),
    key("aws:TokenIssueTime", Type::Date, 0, DATES),
    key("aws:SecureTransport", Type::Bool, 95, BOOLS),
    key("aws:ViaAWSService", Type::Bool, 95, BOOLS),
    key(
        "aws:SourceVpce",
        Type::Text,
        15,
        &["vpce-1a2b3c4d", "vpce-1a2b3c4e"],
    ),
    key("aws:SourceArn", Type::Arn, 40, SOURCES),
    key(
        "aws:RequestedRegion",
        Type::Text,
        95,
        &["us-west-2", "eu-central-1"],
    ),
];
