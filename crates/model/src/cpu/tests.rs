use proptest::prelude::*;

use super::*;

fn set(text: &str) -> CpuSet {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_documented_spellings_mean_what_they_say() {
    assert_eq!(set("0-7:2").expanded(), "0,2,4,6");
    assert_eq!(set("1-7:2").expanded(), "1,3,5,7");
    assert_eq!(set("0-3,64-67").expanded(), "0,1,2,3,64,65,66,67");
    assert_eq!(
        set("0-31:2/4").expanded(),
        "0,1,4,5,8,9,12,13,16,17,20,21,24,25,28,29"
    );
    assert_eq!(set("5").expanded(), "5");
}

#[test]
fn equal_sets_have_one_spelling_and_one_name() {
    for (written, canonical, name) in [
        ("0-15", "0-15", "0-15"),
        ("0-7,8-15", "0-15", "0-15"),
        ("0-7:2", "0-7:2", "0-7-2"),
        ("0,2,4,6", "0-7:2", "0-7-2"),
        ("0-6:2", "0-7:2", "0-7-2"),
        ("1-7:2", "1-7:2", "1-7-2"),
        ("3,1,5,7", "1-7:2", "1-7-2"),
        ("0-15,64-79", "0-15,64-79", "0-15_64-79"),
        ("7", "7", "7"),
        ("7-7", "7", "7"),
    ] {
        assert_eq!(set(written).to_string(), canonical, "{written}");
        assert_eq!(set(written).name_part(), name, "{written}");
    }
}

#[test]
fn faults_are_named() {
    for (written, fault) in [
        ("", "a CPU set must not be empty"),
        ("0-3,", "a CPU set must not be empty"),
        ("a", "\"a\" is not a CPU range"),
        ("0-3; rm -rf /", "is not a CPU range"),
        ("-1", "is not a CPU range"),
        ("+1", "is not a CPU range"),
        (" 1", "is not a CPU range"),
        ("1-", "is not a CPU range"),
        ("4:2", "is not a CPU range"),
        ("9-3", "runs backwards; write \"3-9\""),
        ("0-7:0", "must be at least 1"),
        ("0-7:5/4", "must be at least 1"),
        ("8192", "CPU number 8192 is too large"),
        ("0-99999999999999999999", "is too large"),
        ("0-3,2", "CPU 2 is named twice"),
    ] {
        let error = written.parse::<CpuSet>().expect_err(written).to_string();
        assert!(error.contains(fault), "{written:?} says {error:?}");
    }
}

fn any_set() -> impl Strategy<Value = CpuSet> {
    let numbers = proptest::collection::btree_set(0..=MAX_CPU, 1..40);
    let strides = (0..100_u32, 1..20_u32, 1..40_u32)
        .prop_map(|(first, step, count)| (0..count).map(|n| first + n * step).collect());
    let top = (1..20_u32, 1..40_u32)
        .prop_map(|(step, count)| (0..count).map(|n| MAX_CPU - n * step).collect());
    prop_oneof![numbers, strides, top].prop_map(|cpus| CpuSet::of(cpus).expect("not empty"))
}

proptest! {
    #[test]
    fn every_spelling_reads_back_as_the_same_set(cpus in any_set()) {
        prop_assert_eq!(&set(&cpus.to_string()), &cpus);
        prop_assert_eq!(&set(&cpus.expanded()), &cpus);
        prop_assert_eq!(&set(&cpus.kernel_list()), &cpus);
    }

    #[test]
    fn names_differ_when_sets_differ(a in any_set(), b in any_set()) {
        prop_assert_eq!(a == b, a.name_part() == b.name_part());
    }

    #[test]
    fn a_set_is_parted_into_what_is_shared_and_what_is_not(a in any_set(), b in any_set()) {
        let shared = a.intersection(&b).map_or(0, |set| set.len());
        let rest = a.subtract(&b).map_or(0, |set| set.len());
        prop_assert_eq!(shared + rest, a.len());
        prop_assert_eq!(a.union(&b).len(), a.len() + b.len() - shared);
    }

    #[test]
    fn no_text_panics(text in "[0-9,:/ a-]{0,30}") {
        if let Ok(cpus) = text.parse::<CpuSet>() {
            prop_assert_eq!(&set(&cpus.to_string()), &cpus);
        }
    }
}
