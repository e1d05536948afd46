//! Hostile values, field by field: what is sent, and a part of the sentence that must answer it.

use kloigos_tests::keys::public_key;
use serde_json::{Value, json};

/// A value and a part of what must be said of it.
pub(crate) type Case = (Value, &'static str);
/// A call, the sound rest of its body, and the fields with their values.
pub(crate) type Hostile = (&'static str, Value, Vec<(&'static str, Vec<Case>)>);

/// What no text of ours may be made of.
fn poison() -> Vec<Value> {
    vec![
        json!("a\nb"),
        json!("a\u{0}b"),
        json!("a\u{1b}[31mb"),
        json!("a\u{7f}b"),
        json!("a\r\nX-Injected: 1"),
        json!("$(reboot)"),
        json!("`reboot`"),
        json!("a; reboot"),
        json!("a && reboot"),
        json!("a | sh"),
        json!("'; DROP TABLE units; --"),
        json!("{{ 7*7 }}"),
        json!("{% for x in [] %}{% endfor %}"),
        json!("${jndi:ldap://x}"),
        json!("../../etc/passwd"),
        json!("a/b"),
        json!("..%2f..%2fetc"),
        json!("-oProxyCommand=reboot"),
        json!(" "),
        json!("a b"),
        json!("ä"),
        json!("a\u{202e}b"),
        json!("x".repeat(5_000)),
    ]
}

/// Each of these with the same sentence.
fn all(values: Vec<Value>, sentence: &'static str) -> Vec<Case> {
    values.into_iter().map(|value| (value, sentence)).collect()
}

fn no_text() -> Vec<Case> {
    let values = [
        json!(5),
        json!(1.5),
        json!(true),
        json!([]),
        json!({}),
        json!(["a"]),
    ];
    all(values.into(), "valid string")
}

const LABEL: &str = "a region or zone is 1 to 63";
const HOSTNAME: &str = "a hostname is made of";

/// For a field that takes a whole number within bounds.
fn numbers(outside: &[i64], bounds: &'static str) -> Vec<Case> {
    let mut cases = all(outside.iter().map(|number| json!(number)).collect(), bounds);
    cases.extend([
        (json!(1.5), "fractional part"),
        (json!("4.5"), "unable to parse"),
        (json!("NaN"), "unable to parse"),
        (json!(""), "unable to parse"),
        (json!("0x10"), "unable to parse"),
        (json!("1e3"), "unable to parse"),
        (json!("$(id)"), "unable to parse"),
        (json!([]), "valid integer"),
        (json!({}), "valid integer"),
        (json!(true), "valid integer"),
        (json!(18_446_744_073_709_551_615_u64), "64 bits"),
        (json!("18446744073709551616"), "64 bits"),
        (json!(1e300), "64 bits"),
    ]);
    cases
}

/// The fields of an allocate.
pub(crate) fn allocate() -> Vec<(&'static str, Vec<Case>)> {
    let wanted_label = || [all(poison(), LABEL), no_text()].concat();
    vec![
        (
            "cpu_count",
            numbers(
                &[0, -1, 8193, i64::MAX, i64::MIN],
                "the number of CPUs is 1 to 8192",
            ),
        ),
        ("region", wanted_label()),
        ("zone", wanted_label()),
        ("tags", tags()),
        ("ssh_public_key", [keys(), no_text()].concat()),
        ("limits", limits()),
    ]
}

/// The fields of what is done to a unit while its tenancy lasts, by path below the unit.
pub(crate) fn changes() -> Vec<Hostile> {
    let key = json!({"ssh_public_key": public_key(3)});
    let modes = || {
        let words = ["", "Stop", "kill", "stop\n", "freeze; reboot", "$(id)"];
        let words = all(words.map(Value::from).into(), "the mode is");
        [words, no_text()].concat()
    };
    let mut new_limits = limits();
    new_limits.push((json!(null), "valid dictionary"));
    vec![
        (
            "keys",
            key,
            vec![
                ("ssh_public_key", [keys(), no_text()].concat()),
                ("reason", reasons()),
            ],
        ),
        (
            "stop",
            json!({}),
            vec![("mode", modes()), ("reason", reasons())],
        ),
        ("start", json!({}), vec![("reason", reasons())]),
        ("reset", json!({}), vec![("reason", reasons())]),
        ("attest", json!({}), vec![("reason", reasons())]),
        (
            "limits",
            json!({"limits": {}}),
            vec![("limits", new_limits), ("reason", reasons())],
        ),
    ]
}

fn reasons() -> Vec<Case> {
    let texts = [
        "",
        " ",
        "a\nb",
        "a\u{0}b",
        "\u{1b}[31m",
        "a\u{202e}b",
        "a\u{2028}b",
        &"x".repeat(501),
    ];
    let texts = all(texts.map(Value::from).into(), "a reason is one line");
    [texts, no_text()].concat()
}

fn limits() -> Vec<Case> {
    let amounts = [
        json!(-1),
        json!("-1"),
        json!("1.5G"),
        json!("4g"),
        json!("4GB"),
        json!("4 G"),
        json!("infinity"),
        json!("0x10"),
        json!("1e3"),
        json!("$(id)"),
        json!("8388608T"),
        json!("9223372036854775808"),
        json!(""),
        json!("\u{0663}G"),
    ];
    let mut cases = all(
        amounts.map(|amount| json!({"memory_max": amount})).into(),
        "an amount is a whole number",
    );
    cases.extend([
        (json!({"swap_max": true}), "valid integer"),
        (json!({"swap_max": []}), "valid integer"),
        (json!({"swap_max": {}}), "valid integer"),
        (json!({"tasks_max": 1.5}), "fractional part"),
        (json!({"tasks_max": 15}), "at least 16 tasks"),
        (
            json!({"disk_bytes": 18_446_744_073_709_551_615_u64}),
            "64 bits",
        ),
        (json!({"disk_bytes": 1e300}), "64 bits"),
        (json!({"disk_bytes": "1K"}), "at least 1 MiB"),
        (json!({"disk_inodes": 1}), "64 files"),
        (json!({"memory_max": "1M"}), "at least 16 MiB"),
        (json!({"memory_high": 0}), "at least 16 MiB"),
        (json!({"io_read_bytes": 1}), "at least 4096"),
        (json!({"io_write_bytes": "0"}), "at least 4096"),
        (json!({"io_weight": 0}), "an IO weight is 1 to 10000"),
        (json!({"io_weight": 10_001}), "an IO weight is 1 to 10000"),
        (json!({"io_weight": "1G"}), "unable to parse"),
        (json!({"memory": "4G"}), "there is no limit"),
        (json!({"memory_max\n": 1}), "there is no limit"),
        (json!([]), "valid dictionary"),
        (json!("4G"), "valid dictionary"),
        (json!(4096), "valid dictionary"),
    ]);
    cases
}

fn tags() -> Vec<Case> {
    let many: serde_json::Map<String, Value> = (0..65).map(|n| (n.to_string(), json!(n))).collect();
    vec![
        (json!([]), "valid dictionary"),
        (json!("a"), "valid dictionary"),
        (json!(5), "valid dictionary"),
        (json!({"": "x"}), "a tag's name"),
        (json!({"a\nb": "x"}), "a tag's name"),
        (json!({"k".repeat(129): 1}), "a tag's name"),
        (json!({"a": "x\u{0}y"}), "a tag's text"),
        (json!({"a": "\u{1b}[31m"}), "a tag's text"),
        (json!({"a": "x".repeat(1025)}), "a tag's text"),
        (json!({"a": ["ok", "x\ny"]}), "a tag's text"),
        (json!({"a": vec!["x"; 65]}), "a tag's list"),
        (json!({"a": [["x"]]}), "valid string"),
        (json!({"a": {"b": 1}}), "valid list"),
        (json!({"a": null}), "valid list"),
        (json!({"a": true}), "valid list"),
        (json!({"a": 1.5}), "fractional part"),
        (json!({"a": 18_446_744_073_709_551_615_u64}), "64 bits"),
        (json!({"a": 1e300}), "64 bits"),
        (Value::Object(many), "at most 64 tags"),
    ]
}

fn keys() -> Vec<Case> {
    let key = public_key(1);
    let (kind, rest) = key.split_once(' ').expect("a type and a blob");
    let blob = rest.split(' ').next().expect("a blob");
    let many: Vec<String> = (0..65).map(public_key).collect();
    let mut cases = all(poison(), "key");
    let begins = "begins with its type";
    cases.extend([
        (json!(""), "no SSH public key"),
        (json!("\n \n"), "no SSH public key"),
        (json!(format!("command=\"reboot\" {key}")), begins),
        (json!(format!("from=\"*\",no-pty {key}")), begins),
        (json!(format!("restrict {key}")), begins),
        (
            json!(format!("{key}\ncommand=\"reboot\" {}", public_key(2))),
            begins,
        ),
        (json!(format!("{key}\nroot:x:0:0")), begins),
        (json!(format!("# {key}")), begins),
        (json!(format!("{kind}\n{blob}")), "damaged"),
        (json!(format!("{kind} {}", &blob[..20])), "damaged"),
        (json!(format!("{kind} not-base64!")), "damaged"),
        (json!(format!("ssh-rsa {blob}")), "damaged"),
        (json!(format!("{kind} {blob} a\u{0}b")), "comment"),
        (
            json!(format!("{kind} {blob} {}", "x".repeat(257))),
            "comment",
        ),
        (json!("ssh-dss AAAAB3NzaC1kc3M="), "too weak"),
        (
            json!("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk"),
            "private key",
        ),
        (json!(format!("{key}\n{key}")), "given twice"),
        (json!(many.join("\n")), "at most 64"),
    ]);
    cases
}

/// The fields of an init.
pub(crate) fn init() -> Vec<(&'static str, Vec<Case>)> {
    let with = |sentence, empty: Value| {
        [
            all(poison(), sentence),
            vec![(empty, sentence)],
            no_text(),
            vec![(json!(null), "valid string")],
        ]
        .concat()
    };
    let mut hostnames = with(HOSTNAME, json!(""));
    hostnames.extend(all(
        ["a_b", "-a", "a-", "a..b", ".", "..", "a.", &"a".repeat(254)]
            .map(Value::from)
            .into(),
        HOSTNAME,
    ));
    let mut fields = vec![
        ("ip", addresses()),
        ("region", with(LABEL, json!(""))),
        ("zone", with(LABEL, json!(""))),
        ("hostname", hostnames),
        ("cpu_ranges", ranges()),
        (
            "first_port",
            numbers(
                &[0, -1, 65_536, 70_000, i64::MAX],
                "the first port is 1 to 65535",
            ),
        ),
        (
            "port_step",
            numbers(
                &[0, -1, 65_536],
                "the number of ports of a unit is 1 to 65535",
            ),
        ),
        (
            "first_uid",
            numbers(
                &[0, 999, -1, 4_294_967_295],
                "the first uid is 1000 to 2000000000",
            ),
        ),
        (
            "warm",
            vec![
                (json!("maybe"), "valid boolean"),
                (json!(2), "valid boolean"),
                (json!([]), "valid boolean"),
                (json!("$(id)"), "valid boolean"),
            ],
        ),
        ("limits", limits()),
        ("decline", declined()),
        (
            "confine_host",
            vec![
                (json!("maybe"), "valid boolean"),
                (json!([]), "valid boolean"),
            ],
        ),
        ("volumes", volumes()),
    ];
    fields.extend(login());
    fields
}

fn declined() -> Vec<Case> {
    let mut cases: Vec<Case> = poison()
        .into_iter()
        .map(|word| (json!([word]), "is no Measure"))
        .collect();
    cases.extend([
        (json!("guard_cron"), "valid list"),
        (json!({}), "valid list"),
        (json!([1]), "valid string"),
        (json!(["Guard_Cron"]), "is no Measure"),
        (json!([""]), "is no Measure"),
    ]);
    cases
}

fn volumes() -> Vec<Case> {
    let one = |path: Value| json!([{"cpu_range": "0-3", "path": path}]);
    let mut cases: Vec<Case> = poison()
        .into_iter()
        .map(|path| (one(path), "path that stays the same"))
        .collect();
    let sound = "/dev/disk/by-id/nvme-1";
    cases.extend([
        (json!("/dev/sdb"), "valid list"),
        (json!([sound]), "valid dictionary"),
        (json!([{}]), "Field required"),
        (one(json!("/dev/sdb")), "path that stays the same"),
        (one(json!("/etc/passwd")), "path that stays the same"),
        (
            one(json!("/dev/disk/by-id/../../sda")),
            "the name of a device",
        ),
        (one(json!("/dev/mapper/control")), "the name of a device"),
        (one(json!("/dev/mapper/a\nb")), "the name of a device"),
        (one(json!(5)), "valid string"),
        (
            json!([{"cpu_range": "8-9", "path": sound}]),
            "no unit has the CPUs 8-9",
        ),
        (
            json!([{"cpu_range": "$(id)", "path": sound}]),
            "is not a CPU range",
        ),
        (
            json!([{"cpu_range": "0-3", "path": sound, "wipe": "maybe"}]),
            "valid boolean",
        ),
        (
            json!([{"cpu_range": "0-3", "path": sound}, {"cpu_range": "4-7", "path": sound}]),
            "another unit's already",
        ),
        (
            json!([
                {"cpu_range": "0-3", "path": sound},
                {"cpu_range": "0,1,2,3", "path": "/dev/disk/by-id/nvme-2"}
            ]),
            "has a volume already",
        ),
    ]);
    cases
}

/// The fields of a probe.
pub(crate) fn probe() -> Vec<(&'static str, Vec<Case>)> {
    let mut fields = vec![("ip", addresses()), ("layout", layouts())];
    fields.extend(login());
    fields
}

/// Layouts that are thought of.
fn layouts() -> Vec<Case> {
    const ONE: &str = "give one of cpu_ranges, split and by";
    vec![
        (json!({}), ONE),
        (json!({"split": 2, "by": "numa"}), ONE),
        (json!({"split": 2, "cpu_ranges": ["0-3"]}), ONE),
        (json!({"split": 0}), "the number of units is 1 to 512"),
        (json!({"split": 513}), "the number of units is 1 to 512"),
        (json!({"split": "$(id)"}), "unable to parse"),
        (json!({"by": "NUMA"}), "numa, l3, core"),
        (json!({"by": 1}), "valid string"),
        (
            json!({"split": 2, "housekeeping": -1}),
            "host's CPUs is 0 to",
        ),
        (json!({"cpu_ranges": ["0-3", "2-5"]}), "share CPU 2"),
        (json!({"cpu_ranges": ["0-3;id"]}), "CPU"),
        (
            json!({"split": 2, "first_port": 0}),
            "the first port is 1 to",
        ),
    ]
}

fn login() -> Vec<(&'static str, Vec<Case>)> {
    let mut logins = all(poison(), "a login is 1 to 31");
    logins.extend([
        (json!(""), "a login is"),
        (json!("Root"), "a login is"),
        (json!("root;id"), "a login is"),
    ]);
    logins.extend(no_text());
    let mut host_keys = all(poison(), "key");
    host_keys.extend([
        (json!(""), "begins with its type"),
        (
            json!(format!("{}\n{}", public_key(1), public_key(2))),
            "comment",
        ),
        (
            json!(format!("@cert-authority * {}", public_key(1))),
            "begins with its type",
        ),
        (
            json!(format!("host1 {}", public_key(1))),
            "begins with its type",
        ),
    ]);
    host_keys.extend(no_text());
    vec![
        (
            "ssh_port",
            numbers(&[0, -1, 65_536, 99_999], "the SSH port is 1 to 65535"),
        ),
        ("ssh_user", logins),
        ("host_key", host_keys),
    ]
}

fn addresses() -> Vec<Case> {
    let mut cases = all(poison(), "write an IPv4 or IPv6 address");
    cases.extend(all(
        [
            "",
            "localhost",
            "127.0.0.1:22",
            "127.1",
            "0x7f000001",
            "256.1.1.1",
            "10.0.0.0/8",
            "fe80::1%eth0",
            "[::1]",
        ]
        .map(Value::from)
        .into(),
        "write an IPv4 or IPv6 address",
    ));
    cases.extend(all(
        ["0.0.0.0", "::", "255.255.255.255", "224.0.0.1", "ff02::1"]
            .map(Value::from)
            .into(),
        "not one server's",
    ));
    cases.extend(no_text());
    cases.push((json!(null), "valid string"));
    cases
}

fn ranges() -> Vec<Case> {
    let one = |text: &str| json!([text]);
    let mut cases: Vec<Case> = poison()
        .into_iter()
        .map(|text| (json!([text]), "is not a CPU range"))
        .collect();
    cases.extend([
        (json!("0-3"), "valid list"),
        (json!({"0": "0-3"}), "valid list"),
        (json!(null), "valid list"),
        (json!([1]), "valid string"),
        (json!([["0-3"]]), "valid string"),
        (json!([]), "at least one CPU range"),
        (one(""), "must not be empty"),
        (one("0-3,"), "must not be empty"),
        (one("-1"), "is not a CPU range"),
        (one("0-"), "is not a CPU range"),
        (one("a-b"), "is not a CPU range"),
        (one("0x1"), "is not a CPU range"),
        (one("NaN"), "is not a CPU range"),
        (one("3-0"), "runs backwards"),
        (one("0-7:0"), "the step in"),
        (one("0-31:4/2"), "the step in"),
        (one("0-8192"), "too large"),
        (one("99999999999999999999"), "too large"),
        (one("0,0"), "named twice"),
        (one("0-3,2"), "named twice"),
        (json!(["0-3", "0-3"]), "share CPU 0"),
        (json!(["0-3", "2-5"]), "share CPU 2"),
        (json!(["0-7:2", "0,2,4,6"]), "share CPU 0"),
        (json!(["0-3", "0-1,2-3"]), "share CPU 0"),
        (
            json!((0..400).map(|cpu| cpu.to_string()).collect::<Vec<_>>()),
            "end past 65535",
        ),
        (
            json!((0..600).map(|cpu| cpu.to_string()).collect::<Vec<_>>()),
            "at most 512 units",
        ),
    ]);
    cases
}

/// The parameters of the two lists.
pub(crate) fn filters() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let text = vec![
        "a%0Ab",
        "a%00b",
        "%1B",
        "%24%28id%29",
        "%60id%60",
        "a%3Bb",
        "%7B%7B7*7%7D%7D",
        "..%2F..",
        "a%20b",
        "%C3%A4",
        "%FF",
    ];
    let number = vec![
        "0",
        "-1",
        "8193",
        "1.5",
        "abc",
        "",
        "NaN",
        "18446744073709551616",
        "%24%28id%29",
    ];
    let word = vec!["nope", "", "free%00", "%24%28id%29", "free%2Callocated"];
    let units = "/api/compute_units/";
    vec![
        (units, "compute_id", text.clone()),
        (units, "hostname", text.clone()),
        (units, "region", text.clone()),
        (units, "zone", text.clone()),
        (units, "cpu_count", number.clone()),
        (units, "deployment_id", vec!["a%0Ab", "a%00b", "%1B"]),
        (units, "status", word.clone()),
        ("/api/jobs", "kind", word.clone()),
        ("/api/jobs", "status", word),
        ("/api/jobs", "hostname", text.clone()),
        ("/api/jobs", "compute_id", text),
        (
            "/api/jobs",
            "limit",
            [number, vec!["1001"]]
                .concat()
                .into_iter()
                .filter(|n| *n != "8193")
                .collect(),
        ),
    ]
}
