//! Reading CloudTrail: a gigabyte of events, compressed in a thousand files, against decompressing
//! the same files alone, and against decompressing and parsing them with `serde_json`, on the same
//! cores. Prints ratios and the peak of memory. `KMSLINT_BENCH_MEGABYTES` sets another size.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark")]

mod measure;

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use kmslint::load::load;
use kmslint::text::{Filter, discover};
use rayon::prelude::*;

use measure::{median, time};

const ROUNDS: usize = 3;
const FILE: usize = 1 << 20;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// Services and calls as a busy account has them; KMS is one event of ten.
const CALLS: [(&str, &str); 10] = [
    ("kms", "Decrypt"),
    ("sts", "AssumeRole"),
    ("ec2", "DescribeInstances"),
    ("ec2", "DescribeNetworkInterfaces"),
    ("s3", "GetBucketAcl"),
    ("logs", "CreateLogStream"),
    ("ssm", "UpdateInstanceInformation"),
    ("elasticloadbalancing", "DescribeTargetHealth"),
    ("autoscaling", "DescribeAutoScalingGroups"),
    ("lambda", "ListFunctions20150331"),
];

fn record(text: &mut String, random: &mut Random) {
    let (service, name) = CALLS[usize::try_from(random.below(10)).unwrap()];
    let (role, key) = (random.below(40), random.below(25));
    let (day, second) = (random.below(28) + 1, random.below(86_400));
    let clock = format!(
        "{:02}:{:02}:{:02}",
        second / 3_600,
        second / 60 % 60,
        second % 60
    );
    let arn = format!("arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-{key:012}");
    let request = match service {
        "kms" => format!(
            r#"{{"encryptionContext":{{"aws:s3:arn":"arn:aws:s3:::bucket-{key}/objects/{:x}"}},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}}"#,
            random.next()
        ),
        _ => format!(
            r#"{{"filterSet":{{"items":[{{"name":"vpc-id","valueSet":{{"items":[{{"value":"vpc-{:x}"}}]}}}},{{"name":"note","text":"a \"quoted\" {{word}}"}}]}},"maxResults":{}}}"#,
            random.next(),
            random.below(1000)
        ),
    };
    let resources = match service {
        "kms" => format!(
            r#""resources":[{{"accountId":"111122223333","type":"AWS::KMS::Key","ARN":"{arn}"}}],"#
        ),
        _ => String::new(),
    };
    write!(
        text,
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"AssumedRole","principalId":"AROAEXAMPLE{role:08}:session","arn":"arn:aws:sts::111122223333:assumed-role/app{role}/i-{a:016x}","accountId":"111122223333","accessKeyId":"ASIA{b:016X}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAEXAMPLE{role:08}","arn":"arn:aws:iam::111122223333:role/app{role}","accountId":"111122223333","userName":"app{role}"}},"attributes":{{"creationDate":"2026-10-{day:02}T{clock}Z","mfaAuthenticated":"false"}},"ec2RoleDelivery":"2.0"}}}},"eventTime":"2026-10-{day:02}T{clock}Z","eventSource":"{service}.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"10.{c}.{d}.17","userAgent":"aws-sdk-java/2.20.68 Linux/5.10.0 OpenJDK_64-Bit_Server_VM/17.0.9+9 Java/17.0.9 vendor/Amazon.com_Inc. cfg/retry-mode/standard","requestParameters":{request},"responseElements":null,"requestID":"{e:08x}-{f:04x}-4b5a-9c7d-{a:012x}","eventID":"{b:016x}-1111-4222-8333","readOnly":true,{resources}"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.eu-west-1.amazonaws.com"}}}}"#,
        a = random.next() >> 16,
        b = random.next(),
        c = random.below(256),
        d = random.below(256),
        e = random.next() >> 32,
        f = random.next() >> 48,
    )
    .unwrap();
}

/// Writes one file; how many bytes it has when decompressed.
fn write_file(path: &Path, number: u64) -> usize {
    let mut random = Random(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut text = String::from(r#"{"Records":["#);
    while text.len() < FILE {
        record(&mut text, &mut random);
        text.push(',');
    }
    text.pop();
    text.push_str("]}");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    fs::write(path, encoder.finish().unwrap()).unwrap();
    text.len()
}

/// The files, and how many bytes they have when decompressed.
fn write_files(directory: &Path) -> (Vec<PathBuf>, usize) {
    let size = std::env::var("KMSLINT_BENCH_MEGABYTES").ok();
    let size: u64 = size.map_or(1024, |size| size.parse().unwrap());
    let _ = fs::remove_dir_all(directory);
    fs::create_dir_all(directory).unwrap();
    let numbers: Vec<u64> = (0..size).collect();
    let path = |number: &u64| directory.join(format!("{number:05}.json.gz"));
    let written = numbers.par_iter().map(|n| write_file(&path(n), *n));
    let content = written.sum();
    (numbers.iter().map(path).collect(), content)
}

/// The most memory that this process has had, megabytes; none where the system does not say.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}

fn decompressed(path: &Path, buffer: &mut Vec<u8>) {
    buffer.clear();
    let file = fs::read(path).unwrap();
    MultiGzDecoder::new(&file[..]).read_to_end(buffer).unwrap();
}

fn main() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cloudtrail-bench");
    let (files, content) = write_files(&directory);
    let sizes = files.iter().map(|file| file.metadata().unwrap().len());
    let stored: u64 = sizes.sum();
    let before = peak();

    let read = || {
        let loaded = load(&discover(
            std::slice::from_ref(&directory),
            &Filter::default(),
        ));
        assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
        black_box(loaded.inventory.trail.coverage)
    };
    let coverage = read();
    let after = peak();
    let (mut to_decompression, mut to_parsing, mut rates) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let alone = time(|| {
            files.par_iter().for_each_init(Vec::new, |buffer, path| {
                decompressed(path, buffer);
                black_box(buffer);
            });
        });
        let parsed = time(|| {
            files.par_iter().for_each_init(Vec::new, |buffer, path| {
                decompressed(path, buffer);
                let value: serde_json::Value = serde_json::from_slice(buffer).unwrap();
                black_box(value);
            });
        });
        let ours = time(|| drop(read())).as_secs_f64();
        to_decompression.push(ours / alone.as_secs_f64());
        to_parsing.push(ours / parsed.as_secs_f64());
        rates.push(f64::from(u32::try_from(content >> 20).unwrap()) / ours);
    }
    println!(
        "{} MB of events, {} MB compressed, {} files, {} events, {} of KMS; median of {ROUNDS} rounds",
        content >> 20,
        stored >> 20,
        files.len(),
        coverage.events,
        coverage.kms_events
    );
    println!(
        "reading / decompressing alone: {:.2}; / decompressing and serde_json: {:.2}; {:.0} MB/s",
        median(to_decompression),
        median(to_parsing),
        median(rates)
    );
    if let (Some(before), Some(after)) = (before, after) {
        println!("peak of memory: {after} MB, {before} MB of it before reading began");
    }
    let _ = fs::remove_dir_all(&directory);
}
