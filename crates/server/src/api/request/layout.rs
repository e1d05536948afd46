//! How a server is cut: as an init asks for it, and as it is thought of beside a probe.

use kloigos_control::{Cutting, WantedLayout};
use kloigos_model::{
    cpu::CpuSet,
    layout::{self, LayoutError, Numbering, Split},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::check::{At, Checked, Faulty, Fields, Read, list_of, parsed, within};

/// The most units of one server; with the usual step of ports no more would fit by far.
const MAX_RANGES: usize = 512;
/// How many faults of a layout are told at once.
const MAX_LAYOUT_FAULTS: usize = 16;

/// A layout that is thought of: one of `cpu_ranges`, `split` and `by`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LayoutRequest {
    /// The CPUs of each unit, such as `0-15`, `0-7:2` or `0-3,64-67`.
    pub cpu_ranges: Option<Vec<String>>,
    /// Into how many units with equally many whole cores.
    #[schema(minimum = 1, maximum = 512)]
    pub split: Option<u32>,
    /// A unit for each of these: `numa`, `l3` or `core`.
    pub by: Option<String>,
    /// How many CPUs at least stay with the host, in whole cores, where `split` or `by` cuts; an
    /// eighth and at most four when it is left out.
    #[schema(minimum = 0, maximum = 8192)]
    pub housekeeping: Option<u32>,
    /// The first port of its first unit.
    #[schema(default = 2000, minimum = 1, maximum = 65535)]
    pub first_port: Option<u16>,
    /// How many ports each unit has.
    #[schema(default = 200, minimum = 1, maximum = 65535)]
    pub port_step: Option<u16>,
    /// The uid of its first unit's user.
    #[schema(default = 70001, minimum = 1000, maximum = 2_000_000_000)]
    pub first_uid: Option<u32>,
}

/// A sound [`LayoutRequest`].
pub(super) fn read(mut at: At<'_>) -> Checked<WantedLayout> {
    let Wanted(wanted) = at.object()?;
    at.sound(wanted.ok_or("give one of cpu_ranges, split and by"))
}

/// What the fields say; `None` when they say not one cut.
struct Wanted(Option<WantedLayout>);

impl Read for Wanted {
    fn read(fields: &mut Fields<'_>) -> Checked<Self> {
        let given = fields.optional("cpu_ranges", ranges);
        let units = within("the number of units", &(1..=MAX_RANGES));
        let units = fields.optional("split", units);
        let by = fields.optional("by", parsed);
        let kept = within("the number of the host's CPUs", &(0..=8192));
        let kept = fields.optional("housekeeping", kept);
        let numbering = numbering(fields);
        let (given, numbering) = (given?, numbering?);
        if let Some(given) = &given {
            fields.required("cpu_ranges", |at| splits(at, given, numbering))?;
        }
        let housekeeping = kept?;
        let split = |how| Cutting::Split { how, housekeeping };
        let cutting = match (given, units?, by?) {
            (Some(given), None, None) => Some(Cutting::Ranges(given)),
            (None, Some(units), None) => Some(split(Split::Equal(units))),
            (None, None, Some(shared)) => Some(split(Split::By(shared))),
            _ => None,
        };
        Ok(Self(
            cutting.map(|cutting| WantedLayout { cutting, numbering }),
        ))
    }
}

/// Where the numbers of units begin.
pub(super) fn numbering(fields: &mut Fields<'_>) -> Checked<Numbering> {
    let usual = Numbering::default();
    let port = fields.optional("first_port", within("the first port", &(1..=u16::MAX)));
    let step = within("the number of ports of a unit", &(1..=u16::MAX));
    let step = fields.optional("port_step", step);
    let uid = fields.optional(
        "first_uid",
        within("the first uid", &(1000..=2_000_000_000)),
    );
    Ok(Numbering {
        first_port: port?.unwrap_or(usual.first_port),
        port_step: step?.unwrap_or(usual.port_step),
        first_uid: uid?.unwrap_or(usual.first_uid),
    })
}

/// The CPUs of each unit.
pub(super) fn ranges(mut at: At<'_>) -> Checked<Vec<CpuSet>> {
    let given = at.value.as_array().map_or(0, Vec::len);
    if given > MAX_RANGES {
        return at.broken(&format_args!(
            "a server is cut into at most {MAX_RANGES} units, not {given}"
        ));
    }
    list_of(&mut at, parsed)
}

/// Whether the ranges can be the units of one server. Each range at fault is told, with the first
/// thing that is wrong with it beside those before it.
pub(super) fn splits(mut at: At<'_>, ranges: &[CpuSet], numbering: Numbering) -> Checked<()> {
    let mut sound: Vec<(usize, CpuSet)> = ranges.iter().cloned().enumerate().collect();
    for told in 0..=MAX_LAYOUT_FAULTS {
        let sets: Vec<CpuSet> = sound.iter().map(|(_, set)| set.clone()).collect();
        let Err(fault) = layout::plan(&sets, numbering) else {
            return if told == 0 { Ok(()) } else { Err(Faulty) };
        };
        let Some(index) = fault.index() else {
            return at.broken(&fault);
        };
        at.broken_at(sound.remove(index).0, &fault);
        if matches!(fault, LayoutError::Ports { .. }) {
            return Err(Faulty);
        }
    }
    Err(Faulty)
}
