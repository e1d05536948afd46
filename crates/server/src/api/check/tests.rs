use serde_json::{Value, json};

use super::{rules::integer, *};

fn read<T>(value: &Value, rule: impl FnOnce(At<'_>) -> Checked<T>) -> Result<T, Value> {
    let mut faults = Faults::default();
    let read = rule(At::new(value, Loc::of("body").then("x"), &mut faults));
    let faults = serde_json::to_value(faults.into_entries()).expect("JSON");
    read.map_err(|Faulty| faults)
}

fn kinds(faults: &Value) -> Vec<&str> {
    let entries = faults.as_array().expect("a list");
    entries
        .iter()
        .filter_map(|entry| entry["type"].as_str())
        .collect()
}

#[test]
fn whole_numbers_are_read_as_leniently_as_pydantic_does() {
    for value in [json!(4), json!("4"), json!(" +4 "), json!(4.0)] {
        assert_eq!(read(&value, integer), Ok(4), "{value}");
    }
    for (value, kind) in [
        (json!(4.5), "int_from_float"),
        (json!("abc"), "int_parsing"),
        (json!("1_0"), "int_parsing"),
        (json!(""), "int_parsing"),
        (json!([4]), "int_type"),
        (json!(null), "int_type"),
        (json!(true), "int_type"),
        (json!(18_446_744_073_709_551_615_u64), "value_error"),
        (json!("99999999999999999999"), "value_error"),
        (json!(1e300), "value_error"),
    ] {
        let faults = read(&value, integer).expect_err("a fault");
        assert_eq!(kinds(&faults), [kind], "{value}");
    }
}

#[test]
fn a_number_out_of_bounds_is_told_its_bounds() {
    let faults = read(&json!(70_000), within("the SSH port", &(1..=u16::MAX)));
    let faults = faults.expect_err("a fault");
    assert_eq!(
        faults[0]["ctx"]["error"],
        "the SSH port is 1 to 65535, not 70000"
    );
}

#[test]
fn a_tag_of_no_kind_has_a_fault_for_each_kind() {
    let faults = read(&json!({"a": [1, "x"]}), tags).expect_err("faults");
    assert_eq!(kinds(&faults), ["string_type", "int_type", "string_type"]);
    assert_eq!(faults[2]["loc"], json!(["body", "x", "a", "list[str]", 0]));
    let faults = read(&json!({"a": 1.5}), tags).expect_err("faults");
    assert_eq!(
        kinds(&faults),
        ["string_type", "int_from_float", "list_type"]
    );
}

#[test]
fn tags_keep_their_order_and_their_hostile_looking_texts() {
    let given = json!({"z": "{{ 7*7 }}", "a": "$(id)", "n": -3, "l": ["x"]});
    let tags = read(&given, tags).expect("sound tags");
    assert_eq!(Value::from(tags).to_string(), given.to_string());
}

#[test]
fn a_tags_faults_of_meaning_name_their_place() {
    let given =
        json!({"": 1, "a": "x\ny", "b": ["ok", "x\0y"], "c": 18_446_744_073_709_551_615_u64});
    let faults = read(&given, tags).expect_err("faults");
    let places: Vec<&Value> = faults
        .as_array()
        .expect("a list")
        .iter()
        .map(|f| &f["loc"])
        .collect();
    assert_eq!(
        places,
        [
            &json!(["body", "x", "", "[key]"]),
            &json!(["body", "x", "a", "str"]),
            &json!(["body", "x", "b", "list[str]", 1]),
            &json!(["body", "x", "c", "int"]),
        ]
    );
}

#[test]
fn yes_and_no_have_the_words_of_a_query() {
    assert_eq!(read(&json!("Yes"), boolean), Ok(true));
    assert_eq!(read(&json!(0), boolean), Ok(false));
    assert_eq!(
        kinds(&read(&json!("maybe"), boolean).expect_err("a fault")),
        ["bool_parsing"]
    );
    assert_eq!(
        kinds(&read(&json!([]), boolean).expect_err("a fault")),
        ["bool_type"]
    );
}

struct Point {
    x: i64,
    y: Option<i64>,
}

impl Read for Point {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let x = fields.required("x", integer);
        let y = fields.nullable("y", integer);
        Ok(Self { x: x?, y: y? })
    }
}

#[test]
fn every_fault_is_collected_in_field_order() {
    let mut faults = Faults::default();
    let read = read_body::<Point>(Some(&json!({"x": "no"})), &mut faults);
    assert!(read.is_err());
    let faults = serde_json::to_value(faults.into_entries()).expect("JSON");
    assert_eq!(kinds(&faults), ["int_parsing", "missing"]);
}

#[test]
fn a_sound_body_is_read() {
    let mut faults = Faults::default();
    let point = read_body::<Point>(Some(&json!({"x": 1, "y": null, "z": 3})), &mut faults);
    let point = point.expect("sound");
    assert_eq!((point.x, point.y, faults), (1, None, Faults::default()));
}

#[test]
fn what_is_no_object_is_no_body() {
    for (body, kind) in [
        (None, "missing"),
        (Some(json!(null)), "missing"),
        (Some(json!([])), "model_attributes_type"),
        (Some(json!("x")), "model_attributes_type"),
    ] {
        let mut faults = Faults::default();
        assert!(read_body::<Point>(body.as_ref(), &mut faults).is_err());
        let faults = serde_json::to_value(faults.into_entries()).expect("JSON");
        assert_eq!(kinds(&faults), [kind]);
        assert_eq!(faults[0]["loc"], json!(["body"]));
    }
}
