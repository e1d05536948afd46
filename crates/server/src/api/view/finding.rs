//! What a look at a server finds wrong with it.

use kloigos_control::Probed;
use kloigos_model::preflight::Finding;
use serde::Serialize;
use utoipa::ToSchema;

use super::FactsView;

/// Something that is not as it should be, and what to do about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingView {
    /// What it means: `refuses` (units cannot be made), `degrades` (something holds less than it
    /// could) or `notes`.
    pub severity: String,
    /// What is missing or in the way.
    pub fault: String,
    /// What to do.
    pub fix: String,
}

/// What a look at a server of ours saw. Nothing was changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExaminationView {
    /// What is wrong with it; none when nothing is.
    pub findings: Vec<FindingView>,
    /// What the server is by now.
    pub facts: FactsView,
}

impl From<Finding> for FindingView {
    fn from(finding: Finding) -> Self {
        Self {
            severity: finding.severity.to_string(),
            fault: finding.fault,
            fix: finding.fix,
        }
    }
}

impl From<Probed> for ExaminationView {
    fn from(probed: Probed) -> Self {
        let findings = probed.findings.into_iter();
        Self {
            findings: findings.map(FindingView::from).collect(),
            facts: probed.facts.into(),
        }
    }
}
